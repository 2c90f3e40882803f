import { parentPort, workerData } from 'node:worker_threads';
import { CLIP_SAMPLES, SAMPLE_RATE_HZ } from '../core/audio/index.js';
import { COEFFICIENTS, type FeatureParameters } from '../core/features/index.js';
import { Random } from '../core/random.js';
import {
  type AugmentationSettings,
  augmentSamples,
  LIVE_KINDS,
  liveWindow,
  maskFeatures,
} from '../core/training/index.js';
import { type SamplePack as OpenPack, SamplePack } from '../dataset/index.js';
import { openFrontEnd } from '../features/index.js';

/** What a worker is given once; the arrays lie in shared memory. */
export interface AugmentationWork {
  readonly pack: ReturnType<OpenPack['descriptor']>;
  readonly parameters: FeatureParameters;
  readonly settings: AugmentationSettings;
  readonly seed: number;
  readonly noises: readonly Int16Array[];
  /** [clip], of `LIVE_KINDS`; read when the settings are live. */
  readonly kinds: Uint8Array;
  /** int8 features, [clip][frame][coefficient], of even and of odd epochs. */
  readonly buffers: readonly [Int8Array, Int8Array];
  /** [0]: the next clip that nobody has taken yet. */
  readonly next: Int32Array;
}

/** Sent to every worker to begin an epoch, and back when there is nothing left of it to take. */
export interface AugmentationEpoch {
  readonly epoch: number;
}

/** Clips taken at a time: small enough that no worker is left with the rest, large enough to make taking cheap. */
const CLIPS_PER_PIECE = 16;
/** Separates the stream of augmentation from those of weights and shuffling under the same seed. */
const STREAM = 0xa06;

const { pack, parameters, settings, seed, noises, kinds, buffers, next } = workerData as AugmentationWork;
const samplePack = SamplePack.open(pack);
const frontEnd = openFrontEnd(parameters);
const samples = new Int16Array(CLIP_SAMPLES);
const window = new Int16Array(CLIP_SAMPLES);
const otherSamples = new Int16Array(CLIP_SAMPLES);
const featuresPerClip = parameters.frames * COEFFICIENTS;

/** The draws of a clip depend on seed, epoch and clip alone: neither on threads nor on what was computed before. */
function augmentClip(epoch: number, clip: number): void {
  const random = new Random(STREAM, seed, epoch, clip);
  samplePack.read(clip, samples);
  const { live } = settings;
  if (live !== undefined) {
    liveWindow(
      window,
      { kind: kinds[clip], clip: samples, another: (from) => otherThan(clip, from) },
      { ...settings, live },
      noises,
      random,
    );
    samples.set(window);
  } else augmentSamples(samples, settings, noises, SAMPLE_RATE_HZ, random);
  const target = buffers[epoch % 2].subarray(clip * featuresPerClip, (clip + 1) * featuresPerClip);
  frontEnd.features(samples, target);
  maskFeatures(target, COEFFICIENTS, settings, random);
}

/** A clip of another word; a live task has at least one besides its own. */
function otherThan(clip: number, random: Random): Int16Array {
  for (;;) {
    const other = random.below(samplePack.count);
    if (kinds[other] === LIVE_KINDS.silence || wordOf(other) === wordOf(clip)) continue;
    samplePack.read(other, otherSamples);
    return otherSamples;
  }
}

/** The folder in the clip's path. */
function wordOf(clip: number): string {
  return samplePack.names[clip].split('/')[0];
}

parentPort?.on('message', ({ epoch }: AugmentationEpoch) => {
  for (;;) {
    const first = Atomics.add(next, 0, CLIPS_PER_PIECE);
    if (first >= samplePack.count) break;
    const end = Math.min(first + CLIPS_PER_PIECE, samplePack.count);
    for (let clip = first; clip < end; clip++) augmentClip(epoch, clip);
  }
  parentPort?.postMessage({ epoch } satisfies AugmentationEpoch);
});
