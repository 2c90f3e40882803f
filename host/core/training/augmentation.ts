import { amplitudeOf, rootMeanSquare, roundedSample } from '../audio/index.js';
import type { Random } from '../random.js';
import { addStretch } from './stretch.js';

/** How a training clip is changed, drawn again for every epoch. All zero: not at all. */
export interface AugmentationSettings {
  /** The clip is moved by up to this many milliseconds either way. */
  readonly shiftMs: number;
  /** The clip is made up to this many decibels louder or quieter. */
  readonly gainDb: number;
  /** Share of the clips that get background noise, 0 to 1. */
  readonly noise: number;
  /** Signal-to-noise ratio, drawn uniformly between these, decibels. */
  readonly snrDb: readonly [low: number, high: number];
  /** Number of masks in time, and of masks in frequency, on the feature map. */
  readonly masks: number;
  /** Longest time mask, frames. */
  readonly maskFrames: number;
  /** Widest frequency mask, coefficients. */
  readonly maskCoefficients: number;
  /**
   * Words are played so much faster, drawn between these with a uniform logarithm; below 1 slower. Pitch and formants
   * move with the speed, as if by other voices. Default: not at all.
   */
  readonly speed?: readonly [low: number, high: number];
  /** Epochs in which a clip's draw is used before it is drawn again; default 1. The clips take turns. */
  readonly redraw?: number;
  /**
   * For a network that listens to a stream: windows of a stream instead of clips, see `liveWindow`; `shiftMs` is
   * unused.
   */
  readonly live?: LiveSettings;
}

/** How the windows of a stream are made from clips. */
export interface LiveSettings {
  /** Least share of a word that is inside its window, 0 to 1. */
  readonly wordInside: number;
  /**
   * A word of the task begins at least so long after the window's beginning, and ends at least so long before its end,
   * milliseconds. A network that listens sees a word in many windows, of which the best one counts; those at whose edge
   * the word stands need not be recognised. Without them the word may stand anywhere.
   */
  readonly leadMs?: number;
  readonly tailMs?: number;
  /** Share of a word that is inside if only a piece of it is, which counts as `_unknown_`. */
  readonly pieceInside: readonly [low: number, high: number];
  /** Pieces of the task's words among the examples, as a share of the number of its words. */
  readonly pieces: number;
  /**
   * Words joined from one of the task's words and another, which count as `_unknown_`, as a share of the number of its
   * words.
   */
  readonly joined: number;
  /** Share of the windows that a piece of another word reaches into, if there is room, 0 to 1. */
  readonly neighbour: number;
  /** Level of silence, drawn uniformly between these, decibels of full scale. */
  readonly silenceDb: readonly [low: number, high: number];
  /** Windows of ambient speech among the examples, which are `_unknown_`, as a share of the number of words. */
  readonly ambientSpeech: number;
  /** Windows with an ambient word, which are `_unknown_`, as a share of the number of words. */
  readonly ambientWords: number;
  /** Windows of ambient music and noise, which are `_silence_`, as a share of the number of words. */
  readonly ambientSilence: number;
  /** Share of the noise behind words that is ambient music and noise, 0 to 1. */
  readonly ambientNoise: number;
  /** Share of the windows with speech that are heard in a room, 0 to 1. */
  readonly rooms: number;
  /** Share of the windows that are heard through a microphone without low or high tones, 0 to 1. */
  readonly bandLimit: number;
  /** Share of the words that are `_unknown_` that are played backwards, 0 to 1. */
  readonly reversed: number;
}

/** No change at all. */
export const NO_AUGMENTATION: AugmentationSettings = {
  shiftMs: 0,
  gainDb: 0,
  noise: 0,
  snrDb: [0, 0],
  masks: 0,
  maskFrames: 0,
  maskCoefficients: 0,
};

/** Windows of a stream in which the word is whole, anywhere, and not changed otherwise. */
export const PLAIN_WINDOWS: LiveSettings = {
  wordInside: 1,
  pieceInside: [0.15, 0.4],
  pieces: 0,
  joined: 0,
  neighbour: 0,
  silenceDb: [-70, -10],
  ambientSpeech: 0,
  ambientWords: 0,
  ambientSilence: 0,
  ambientNoise: 0,
  rooms: 0,
  bandLimit: 0,
  reversed: 0,
};

/** Whether the settings change anything. */
export function augments(settings: AugmentationSettings): boolean {
  const { shiftMs, gainDb, noise, masks, live } = settings;
  return live !== undefined || shiftMs > 0 || gainDb > 0 || noise > 0 || masks > 0 || changesSpeed(settings);
}

/** Whether the settings play words faster or slower. */
export function changesSpeed({ speed: [low, high] = [1, 1] }: AugmentationSettings): boolean {
  return low !== 1 || high !== 1;
}

/** Draws a speed; 1 if the settings have none. */
export function drawSpeed({ speed = [1, 1] }: AugmentationSettings, random: Random): number {
  return random.logUniform(speed);
}

/**
 * Plays a clip `speed` times as fast, in place: its middle stays where it is, and what is then missing at its ends is
 * silence.
 */
export function playAt(samples: Int16Array, speed: number): void {
  const middle = (samples.length - 1) / 2;
  const played = new Float64Array(samples.length);
  addStretch(played, samples, middle - middle * speed, speed, 1);
  for (let n = 0; n < samples.length; n++) samples[n] = roundedSample(played[n]);
}

/** Root mean square below which a clip counts as silence when noise is scaled to it: −60 dBFS. */
const QUIET_RMS = 32.768;

/** Moves the samples in place: later for a positive number of samples; zeros fill the other end. */
export function shiftSamples(samples: Int16Array, by: number): void {
  if (by >= 0) {
    samples.copyWithin(by, 0, samples.length - by);
    samples.fill(0, 0, by);
  } else {
    samples.copyWithin(0, -by);
    samples.fill(0, samples.length + by);
  }
}

/** samples · gain + noise[offset…] · noiseGain in place, rounded, clipped at the int16 range. */
function mix(samples: Int16Array, gain: number, noise: Int16Array | null, offset: number, noiseGain: number): void {
  for (let k = 0; k < samples.length; k++) {
    samples[k] = roundedSample(samples[k] * gain + (noise === null ? 0 : noise[offset + k] * noiseGain));
  }
}

/**
 * Shift, gain and noise of one clip, in place. Every draw is made whether or not it is used, so that the settings of
 * one augmentation do not change the draws of another. Noise keeps the drawn ratio to the whole clip after its gain;
 * clips quieter than −60 dBFS get the noise of a clip of −60 dBFS.
 *
 * @param samples int16, one clip
 * @param noises recordings of background noise, each at least as long as the clip; shorter ones are not used
 */
export function augmentSamples(
  samples: Int16Array,
  settings: AugmentationSettings,
  noises: readonly Int16Array[],
  sampleRateHz: number,
  random: Random,
): void {
  const shift = Math.round(((2 * random.uniform() - 1) * settings.shiftMs * sampleRateHz) / 1000);
  const gain = amplitudeOf((2 * random.uniform() - 1) * settings.gainDb);
  const noisy = random.uniform() < settings.noise;
  const [low, high] = settings.snrDb;
  const snrDb = low + (high - low) * random.uniform();
  const usable = noises.filter((noise) => noise.length >= samples.length);
  const which = random.uniform();
  const where = random.uniform();

  shiftSamples(samples, shift);
  if (!noisy || usable.length === 0) {
    if (gain !== 1) mix(samples, gain, null, 0, 0);
    return;
  }
  const noise = usable[Math.floor(which * usable.length)];
  const offset = Math.floor(where * (noise.length - samples.length + 1));
  const noiseRms = rootMeanSquare(noise, offset, offset + samples.length);
  const clipRms = Math.max(QUIET_RMS, rootMeanSquare(samples) * gain);
  const noiseGain = noiseRms === 0 ? 0 : (clipRms / noiseRms) * amplitudeOf(-snrDb);
  mix(samples, gain, noise, offset, noiseGain);
}

/**
 * Masks of one feature map in place: each covers 0 to `maskFrames` frames, or 0 to `maskCoefficients` coefficients,
 * with 0, the mean of every feature (SpecAugment, Park et al., arXiv:1904.08779).
 *
 * @param features int8, [frame][coefficient]
 */
export function maskFeatures(
  features: Int8Array,
  coefficients: number,
  settings: AugmentationSettings,
  random: Random,
): void {
  const frames = features.length / coefficients;
  for (let mask = 0; mask < settings.masks; mask++) {
    const length = random.below(Math.min(settings.maskFrames, frames) + 1);
    const start = random.below(frames - length + 1);
    features.fill(0, start * coefficients, (start + length) * coefficients);
    const width = random.below(Math.min(settings.maskCoefficients, coefficients) + 1);
    const first = random.below(coefficients - width + 1);
    for (let frame = 0; frame < frames; frame++) {
      features.fill(0, frame * coefficients + first, frame * coefficients + first + width);
    }
  }
}
