import { CLIP_SAMPLES, rootMeanSquare, wordExtent } from '../../core/audio/index.js';
import type { Split } from '../../core/dataset/index.js';
import { DetectionError } from '../../core/error.js';
import {
  type ClipFile,
  type Dataset,
  loadNoiseOfSplit,
  openDataset,
  packSamples,
  type SamplePack,
} from '../../dataset/index.js';
import { planStreams, type StreamClip, type StreamPlan, type StreamSettings } from './plan.js';
import type { DenseSounds } from './sounds.js';

/** The sources of the sounds in generated streams. */
export interface StreamSource extends StreamSettings {
  /** Folder of recordings. */
  readonly data: string;
  readonly split: Split;
  /** Converts recordings at other sample rates instead of refusing them. */
  readonly resample?: boolean;
  /** Reports the current step and its progress. */
  stage?(label: string, total: number): { update(done: number): void; stop(): void };
}

/** Planned streams and the sounds that they are rendered from. Close the pack when done. */
export interface PreparedStreams {
  readonly dataset: Dataset;
  readonly plans: readonly StreamPlan[];
  readonly pack: SamplePack;
  /** The plans of each half of the speakers, if that was asked for; otherwise all plans. */
  readonly parts: readonly (readonly number[])[];
  /** The clips in the pack, in its order. */
  readonly clips: readonly ClipFile[];
  readonly noises: readonly Int16Array[];
}

/** Returns what threads need to render the streams. */
export function soundsOf({ pack, noises, plans }: PreparedStreams): DenseSounds {
  return { pack: pack.descriptor(), noises, plans };
}

/** Returns the clip with its extent, level and peak. Overwrites `samples`. */
function describeClip(
  pack: SamplePack,
  { index, word, label }: Pick<StreamClip, 'index' | 'word' | 'label'>,
  samples: Int16Array,
): StreamClip {
  pack.read(index, samples);
  const extent = wordExtent(samples);
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return { index, word, label, extent, level: rootMeanSquare(samples, ...extent), peak };
}

/** Returns the background noise of a split, without recordings of digital silence, which no gain makes audible. */
export async function audibleNoises(
  dataset: Dataset,
  { split, resample }: Pick<StreamSource, 'split' | 'resample'>,
): Promise<Int16Array[]> {
  const noises = await loadNoiseOfSplit(dataset, split, { resample });
  return noises.filter((noise) => noise.some((sample) => sample !== 0));
}

/**
 * Plans streams from all clips of a split and from the split's parts of the background noise. `keywords` are the words
 * to detect with their labels; all others are other words. `halves` asks for streams of each half of the speakers, as
 * long together; there are none if a half says no keyword. Throws `DatasetError` and `RecordingError` for recordings
 * that cannot be read, and `DetectionError` if there is no keyword or no noise.
 */
export async function prepareStreams(
  keywords: ReadonlyMap<string, number>,
  source: StreamSource,
  { halves = false } = {},
): Promise<PreparedStreams> {
  const { data, split, resample, stage } = source;
  const dataset = openDataset(data);
  const clips = dataset.clips.filter((clip) => clip.split === split);
  const examples = clips.map((clip) => ({ label: keywords.get(clip.word) ?? -1, name: clip.path, clip, noise: null }));
  if (!examples.some(({ label }) => label >= 0)) {
    throw new DetectionError(
      `${data}: the ${split} split has no clip of any of these words: ${[...keywords.keys()].join(' ')}`,
    );
  }
  const noises = await audibleNoises(dataset, source);
  if (noises.length === 0) throw new DetectionError(`${data}: a stream needs recordings in _background_noise_`);
  const bar = stage?.('reading clips', examples.length);
  const pack = await packSamples(dataset, examples, { resample, onProgress: (done) => bar?.update(done) }).finally(() =>
    bar?.stop(),
  );
  const samples = new Int16Array(CLIP_SAMPLES);
  const described = examples.map(({ label, clip }, index) =>
    describeClip(pack, { index, word: clip.word, label }, samples),
  );
  const voices = halves ? halvesOf(described, clips) : [described];
  const settings = { ...source, hours: source.hours / voices.length };
  const plans = voices.map((some) => planStreams(settings, some, noises));
  const parts = plans.map((part, k) => part.map((_, stream) => stream + (k === 0 ? 0 : plans[0].length)));
  return { dataset, plans: plans.flat(), parts, pack, clips, noises };
}

/** Divides clips by their speakers, so that each half has every other one; returns all if a half has no keyword. */
function halvesOf(described: readonly StreamClip[], clips: readonly ClipFile[]): (readonly StreamClip[])[] {
  const speakers = [...new Set(clips.map(({ speaker }) => speaker))].sort();
  const first = new Set(speakers.filter((_, k) => k % 2 === 0));
  const isFirst = ({ index }: StreamClip): boolean => first.has(clips[index].speaker);
  const halves = [described.filter(isFirst), described.filter((clip) => !isFirst(clip))];
  return halves.every((half) => half.some(({ label }) => label >= 0)) ? halves : [described];
}
