// A thread of `AugmentedFeatures`.

import { CLIP_SAMPLES, SAMPLE_RATE_HZ, windowSamples } from '../core/audio/index.js';
import { COEFFICIENTS, type FeatureParameters } from '../core/features/index.js';
import { Random } from '../core/random.js';
import {
  type AmbientSource,
  type AugmentationSettings,
  augmentSamples,
  Convolver,
  changesSpeed,
  drawSpeed,
  LIVE_KINDS,
  liveWindow,
  maskFeatures,
  playAt,
  type Spectrum,
} from '../core/training/index.js';
import { AmbientPack, type AmbientPackDescriptor, type SamplePack as OpenPack, SamplePack } from '../dataset/index.js';
import { openFrontEnd } from '../features/index.js';
import { serveJobs, takePieces } from '../system/index.js';

/** The setup of a worker. Its arrays are in shared memory. */
export interface AugmentationSetup {
  readonly pack: ReturnType<OpenPack['descriptor']>;
  readonly parameters: FeatureParameters;
  readonly settings: AugmentationSettings;
  readonly seed: number;
  readonly noises: readonly Int16Array[];
  /** [clip], from `LIVE_KINDS`; empty unless the settings are live. */
  readonly kinds: Uint8Array;
  /** Ambient sound; the clips behind those of the pack are windows of it. */
  readonly ambient: AmbientPackDescriptor | null;
  /** Responses of rooms; empty if no window is heard in one. */
  readonly rooms: readonly Spectrum[];
  /** The label of `_unknown_`, behind those of the words that a live task is to detect; −1 for another task. */
  readonly unknown: number;
  /** int8 features, [clip][frame][coefficient]: one buffer for even epochs and one for odd epochs. */
  readonly buffers: readonly [Int8Array, Int8Array];
  /** The next clip that no worker has taken. */
  readonly next: Int32Array;
}

/** A job: the features of one epoch. */
export interface AugmentationJob {
  readonly epoch: number;
  /** Whether the other buffer has the features of the epoch before. */
  readonly hasPrevious: boolean;
}

const CLIPS_PER_PIECE = 16;
/** Separates the random stream of augmentation from those of weights and shuffling, which have the same seed. */
const STREAM = 0xa06;
/** A stream of its own, so that other changes of a clip do not depend on whether its speed changes. */
const SPEED_STREAM = 0x59eed;

serveJobs<AugmentationSetup, AugmentationJob>((setup) => {
  const {
    pack,
    ambient: ambientPack,
    parameters,
    settings,
    seed,
    noises,
    kinds,
    unknown,
    rooms,
    buffers,
    next,
  } = setup;
  const samplePack = SamplePack.open(pack);
  const frontEnd = openFrontEnd(parameters);
  const samples = new Int16Array(CLIP_SAMPLES);
  const window = new Int16Array(windowSamples(parameters.frames));
  const otherSamples = new Int16Array(CLIP_SAMPLES);
  const featuresPerClip = parameters.frames * COEFFICIENTS;

  const count = Math.max(samplePack.count, kinds.length);
  const ambient = ambientPack === null ? undefined : ambientSource(AmbientPack.open(ambientPack));

  const convolver = rooms.length === 0 ? null : new Convolver();

  /** Returns the folder in the path of a clip; undefined for ambient sound. */
  const wordOf = (clip: number): string | undefined => samplePack.names[clip]?.split('/')[0];

  /** Reads a clip of another word; a live task has at least one other word. */
  const otherThan = (clip: number, random: Random): Int16Array => {
    for (;;) {
      const other = random.below(samplePack.count);
      if (kinds[other] === LIVE_KINDS.silence || wordOf(other) === wordOf(clip)) continue;
      samplePack.read(other, otherSamples);
      return otherSamples;
    }
  };

  /** Reads a clip of a word that is not to be detected. */
  const unknownWord = (random: Random): Int16Array => {
    for (;;) {
      const other = random.below(samplePack.count);
      if (kinds[other] !== LIVE_KINDS.word || samplePack.labels[other] < unknown) continue;
      samplePack.read(other, otherSamples);
      return otherSamples;
    }
  };

  /** Random numbers depend only on seed, epoch and clip: not on threads, and not on what was computed before. */
  const augmentClip = (epoch: number, clip: number, target: Int8Array): void => {
    const random = new Random(STREAM, seed, epoch, clip);
    if (clip < samplePack.count) samplePack.read(clip, samples);
    const { live } = settings;
    if (live !== undefined) {
      const source = {
        kind: kinds[clip],
        clip: samples,
        another: (from: Random) => otherThan(clip, from),
        filler: unknownWord,
        unknown: samplePack.labels[clip] === unknown,
        ambient,
        reverberate:
          convolver === null
            ? undefined
            : (speech: Float64Array, from: Random) => {
                convolver.convolve(speech, rooms[from.below(rooms.length)]);
              },
      };
      liveWindow(window, source, { ...settings, live }, noises, random);
    } else {
      if (changesSpeed(settings)) playAt(samples, drawSpeed(settings, new Random(SPEED_STREAM, seed, epoch, clip)));
      augmentSamples(samples, settings, noises, SAMPLE_RATE_HZ, random);
    }
    frontEnd.features(settings.live === undefined ? samples : window, target);
    maskFeatures(target, COEFFICIENTS, settings, random);
  };

  /** The epoch whose draw of a clip is used in an epoch. */
  const drawnIn = (epoch: number, clip: number): number =>
    Math.max(0, epoch - ((epoch + clip) % (settings.redraw ?? 1)));

  return ({ epoch, hasPrevious }) =>
    takePieces(next, count, CLIPS_PER_PIECE, (first, end) => {
      for (let clip = first; clip < end; clip++) {
        const target = buffers[epoch % 2].subarray(clip * featuresPerClip, (clip + 1) * featuresPerClip);
        const drawn = drawnIn(epoch, clip);
        if (hasPrevious && drawnIn(epoch - 1, clip) === drawn) {
          const from = clip * featuresPerClip;
          target.set(buffers[(epoch + 1) % 2].subarray(from, from + featuresPerClip));
        } else augmentClip(drawn, clip, target);
      }
    });
});

function ambientSource(pack: AmbientPack): AmbientSource {
  return {
    speech: (samples, random) => pack.stretch('speech', samples, random),
    word: (random) => pack.word(random),
    sound: (samples, random) => pack.stretch('sound', samples, random),
    hasSound: pack.has('sound'),
  };
}
