import {
  COEFFICIENTS,
  FEATURE_SCALE,
  FeatureError,
  type FeatureParameters,
  MULTIPLIER_FRACTION_BITS,
} from './parameters.js';

/**
 * The parameters that give each coefficient of these clips mean 0 and standard deviation 32 (as nearly as integers
 * can). `rawClips` are the results of `FrontEnd.rawMfcc`, [49][10]; `frames` is 49, or 48 to leave out the last.
 * Sums are exact (integers in float64), so the order of the clips does not matter. Throws FeatureError without clips.
 */
export function fitFeatureParameters(rawClips: Iterable<Int32Array>, frames: number): FeatureParameters {
  const sums = new FeatureSums(frames);
  for (const clip of rawClips) sums.add(clip);
  return sums.parameters();
}

/** Running sums over clips: small, exact, and mergeable, so that threads can share the work. */
export class FeatureSums {
  private count = 0;
  private readonly sum = new Float64Array(COEFFICIENTS);
  private readonly squares = new Array<bigint>(COEFFICIENTS).fill(0n);

  constructor(private readonly frames: number) {}

  /** `raw`: [49][10], fraction bits as of rawMfcc. */
  add(raw: Int32Array): void {
    for (let c = 0; c < COEFFICIENTS; c++) {
      let sum = 0;
      let squares = 0;
      for (let k = c; k < this.frames * COEFFICIENTS; k += COEFFICIENTS) {
        sum += raw[k];
        squares += raw[k] * raw[k];
      }
      this.sum[c] += sum;
      this.squares[c] += BigInt(squares);
    }
    this.count += this.frames;
  }

  parameters(): FeatureParameters {
    const { count, frames } = this;
    if (count === 0) throw new FeatureError('no clip to fit the feature parameters on');
    const mean = Array.from(this.sum, (sum) => Math.round(sum / count));
    const multiplier = Array.from(this.sum, (sum, c) => {
      const exact = sum / count;
      const variance = Number(this.squares[c]) / count - exact * exact;
      const ideal = 2 ** MULTIPLIER_FRACTION_BITS / (FEATURE_SCALE * Math.sqrt(Math.max(variance, 1)));
      return Math.max(1, Math.min(2 ** 24 - 1, Math.round(ideal)));
    });
    return { frames, mean, multiplier };
  }
}
