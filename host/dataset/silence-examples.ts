import { amplitudeOf, CLIP_SAMPLES } from '../core/audio/index.js';
import { BACKGROUND_NOISE, SILENCE, type Split } from '../core/dataset/index.js';
import type { Random } from '../core/random.js';
import { DatasetError } from '../system/index.js';
import { recordingSamples } from './background-noise.js';
import { fileOf } from './dataset.js';
import { noiseStretch } from './noise-split.js';
import type { Dataset } from './recordings.js';

/** A second of background noise: `offset` in samples, `gain` 0 to 1. */
export interface NoiseSecond {
  readonly file: string;
  readonly offset: number;
  readonly gain: number;
}

/** Share of the silence of a live task that is digital: only zeros, as from a muted microphone. */
const DIGITAL = 0.1;
/** The lowest level of the other silence: below it, few recordings still use more than one bit. */
const LOWEST_GAIN_DB = -50;

/**
 * Draws seconds of background noise, anywhere in the recordings and at a volume of 0 to 1, as in the dataset's own
 * example code.
 */
export function classicSilence(dataset: Dataset, count: number, random: Random): NoiseSecond[] {
  if (count === 0) return [];
  const lengths = noiseLengths(dataset);
  return Array.from({ length: count }, () => {
    const which = random.below(lengths.length);
    const offset = random.below(Math.max(1, lengths[which] - CLIP_SAMPLES + 1));
    return { file: dataset.backgroundNoise[which], offset, gain: random.uniform() };
  });
}

/**
 * Draws silence as a microphone hears it: digital silence, and seconds from the stretch of each noise recording that
 * belongs to the split. The levels are spread evenly over 50 dB, because rooms differ by orders of magnitude.
 */
export function liveSilence(dataset: Dataset, count: number, split: Split, random: Random): NoiseSecond[] {
  if (count === 0) return [];
  const stretches = noiseLengths(dataset).map((length) => noiseStretch(length, split));
  return Array.from({ length: count }, () => {
    const which = random.below(stretches.length);
    const [from, to] = stretches[which];
    const offset = from + random.below(Math.max(1, to - from - CLIP_SAMPLES + 1));
    const digital = random.uniform() < DIGITAL;
    const gain = amplitudeOf(random.uniform() * LOWEST_GAIN_DB);
    return { file: dataset.backgroundNoise[which], offset, gain: digital ? 0 : gain };
  });
}

/** @throws DatasetError if there is no recording of noise */
function noiseLengths(dataset: Dataset): number[] {
  if (dataset.backgroundNoise.length === 0) {
    throw new DatasetError(
      `${dataset.root}: ${SILENCE} needs recordings of noise in ${BACKGROUND_NOISE} or in ${SILENCE}, but there are none`,
    );
  }
  return dataset.backgroundNoise.map((file) => recordingSamples(fileOf(dataset, file)));
}
