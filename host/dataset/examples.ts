import { SAMPLE_RATE_HZ } from '../audio/index.js';
import { Random } from '../random.js';
import { noiseSamples } from './background-noise.js';
import { BACKGROUND_NOISE } from './dataset.js';
import { DatasetError } from './error.js';
import type { ClipFile, Dataset } from './recordings.js';
import type { Split } from './split.js';
import { SPLITS } from './split.js';
import { SILENCE, type Task, UNKNOWN } from './task.js';
import { refuseMissingWords } from './task-words.js';

/** Every clip has this many samples: one second. */
export const CLIP_SAMPLES = SAMPLE_RATE_HZ;

/** `_silence_` and `_unknown_` get this share of the number of word clips, each. */
const SHARE = 0.1;

/** A second of sound with its class: a clip of the dataset, or a piece of background noise. */
export interface Example {
  /** The index in the task's labels. */
  readonly label: number;
  /** The clip's path, or 'silence/FILE@OFFSET'. */
  readonly name: string;
  readonly clip: ClipFile | null;
  /** `offset` in samples, `gain` 0 to 1. */
  readonly noise: { readonly file: string; readonly offset: number; readonly gain: number } | null;
}

/**
 * The examples of a task in one split: all clips of its words in the order of the labels, then `_unknown_`, then
 * `_silence_`, in an order that depends on nothing but the dataset and the seed.
 *
 * As in the dataset's paper (Warden, arXiv:1804.03209, section 7) and the example code it comes with, `_unknown_` are
 * clips drawn from the words outside the task, and `_silence_` are seconds of background noise at a volume of 0 to 1; of
 * each there are 10 % of the number of word clips, or as many as there are.
 *
 * @throws DatasetError if the dataset lacks a word of the task, or what `_unknown_` or `_silence_` is drawn from
 */
export function taskExamples(dataset: Dataset, task: Task, split: Split, seed: number): Example[] {
  refuseMissingWords(dataset, task);
  const words = new Map(task.labels.map((label, index) => [label, index]));
  const clips = dataset.clips.filter((clip) => clip.split === split);
  const examples = clips
    .flatMap((clip) => {
      const label = words.get(clip.word);
      return label === undefined ? [] : [clipExample(clip, label)];
    })
    // Stable: within a label the order stays that of the paths.
    .sort((a, b) => a.label - b.label);
  if (examples.length === 0) {
    throw new DatasetError(`${dataset.root}: no clip of the task ${task.name} in the ${split} split`);
  }
  const share = Math.ceil(examples.length * SHARE);
  const splitIndex = SPLITS.indexOf(split);
  const unknown = words.get(UNKNOWN);
  if (unknown !== undefined) {
    const others = clips.filter((clip) => !words.has(clip.word));
    if (others.length === 0) {
      throw new DatasetError(`${dataset.root}: ${UNKNOWN} needs words outside the task, the ${split} split has none`);
    }
    const drawn = new Random(seed, splitIndex, 1).shuffle(others).slice(0, share);
    examples.push(...drawn.map((clip) => clipExample(clip, unknown)));
  }
  const silence = words.get(SILENCE);
  if (silence !== undefined) {
    examples.push(...silenceExamples(dataset, silence, share, new Random(seed, splitIndex, 2)));
  }
  return examples;
}

function clipExample(clip: ClipFile, label: number): Example {
  return { label, name: clip.path, clip, noise: null };
}

function silenceExamples(dataset: Dataset, label: number, count: number, random: Random): Example[] {
  const files = dataset.backgroundNoise;
  if (files.length === 0) {
    throw new DatasetError(`${dataset.root}: ${SILENCE} needs recordings in ${BACKGROUND_NOISE}, there are none`);
  }
  const lengths = files.map((file) => noiseSamples(dataset, file));
  return Array.from({ length: count }, () => {
    const which = random.below(files.length);
    const offset = random.below(Math.max(1, lengths[which] - CLIP_SAMPLES + 1));
    const name = `silence/${files[which].slice(BACKGROUND_NOISE.length + 1)}@${offset}`;
    return { label, name, clip: null, noise: { file: files[which], offset, gain: random.uniform() } };
  });
}
