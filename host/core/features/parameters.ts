import { NetworkError } from '../error.js';
import { COEFFICIENTS } from './generated.js';

/** The value of one unit of an int8 feature as the network's input: features have a standard deviation of 32. */
export const FEATURE_SCALE = 1 / 32;

/**
 * The parameters that turn raw MFCCs into int8 features, per coefficient c, in integers:
 * feature = clamp((raw[c] − mean[c]) · multiplier[c] + 2^(F−1) >> F, −128, 127), F = MULTIPLIER_FRACTION_BITS,
 * where raw and mean have MFCC_FRACTION_BITS. The product is computed in 64 bits.
 * Fitted on the training split so that each coefficient has mean 0 and standard deviation 32.
 */
export interface FeatureParameters {
  /** 49; 48, without the last; or more, for a network that listens to windows longer than a clip. */
  readonly frames: number;
  /** [10], MFCC_FRACTION_BITS fraction bits. */
  readonly mean: readonly number[];
  /** [10], positive, below 2^24. */
  readonly multiplier: readonly number[];
}

/** Throws NetworkError, naming the value, if the integers of the front end cannot use these parameters. */
export function checkFeatureParameters({ frames, mean, multiplier }: FeatureParameters): void {
  if (!Number.isInteger(frames) || frames < 1) throw new NetworkError(`${frames} frames, expected a whole number`);
  for (const [name, values] of Object.entries({ mean, multiplier })) {
    if (values.length !== COEFFICIENTS) {
      throw new NetworkError(`${name} has ${values.length} values, expected ${COEFFICIENTS}`);
    }
  }
  for (const value of mean) {
    if (!Number.isInteger(value) || Math.abs(value) >= 2 ** 31) {
      throw new NetworkError(`mean ${value}, expected a 32-bit integer`);
    }
  }
  for (const value of multiplier) {
    if (!Number.isInteger(value) || value <= 0 || value >= 2 ** 24) {
      throw new NetworkError(`multiplier ${value}, expected a positive integer below 2^24`);
    }
  }
}
