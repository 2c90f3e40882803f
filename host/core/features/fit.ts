import { CLIP_FRAMES } from '../audio/index.js';
import { NetworkError } from '../error.js';
import { COEFFICIENTS, MULTIPLIER_FRACTION_BITS } from './generated.js';
import { FEATURE_SCALE, type FeatureParameters } from './parameters.js';

/**
 * The parameters that give each coefficient of these clips mean 0 and standard deviation 32, as closely as integers
 * can. `rawClips` are results of `FrontEnd.rawMfcc`, [49][10]; `frames` is 49, 48 to leave out the last, or more. Sums
 * are exact, so the order of the clips does not matter. Throws NetworkError without clips.
 */
export function fitFeatureParameters(rawClips: Iterable<Int32Array>, frames: number): FeatureParameters {
  const sums = new FeatureSums(frames);
  for (const clip of rawClips) sums.add(clip);
  return sums.parameters();
}

/** `FeatureSums` as it travels between threads. */
export interface SavedSums {
  readonly count: number;
  readonly sum: readonly bigint[];
  readonly squares: readonly bigint[];
}

/** Sums and sums of squares per coefficient over clips: small, exact and mergeable. */
export class FeatureSums {
  private count = 0;
  private readonly sum = new Array<bigint>(COEFFICIENTS).fill(0n);
  private readonly squares = new Array<bigint>(COEFFICIENTS).fill(0n);

  /** Frames of a clip that count: all, or fewer if a window has fewer. */
  private readonly rows: number;

  /** `frames` of a window; those of a window longer than a clip are fitted on clips. */
  constructor(private readonly frames: number) {
    this.rows = Math.min(frames, CLIP_FRAMES);
  }

  /** `raw`: a result of `FrontEnd.rawMfcc`, [49][10]. */
  add(raw: Int32Array): void {
    for (let c = 0; c < COEFFICIENTS; c++) {
      // Raw values stay below 2^19, so the sums of one clip are exact in float64.
      let sum = 0;
      let squares = 0;
      for (let k = c; k < this.rows * COEFFICIENTS; k += COEFFICIENTS) {
        sum += raw[k];
        squares += raw[k] * raw[k];
      }
      this.sum[c] += BigInt(sum);
      this.squares[c] += BigInt(squares);
    }
    this.count += this.rows;
  }

  save(): SavedSums {
    return { count: this.count, sum: this.sum, squares: this.squares };
  }

  merge(other: SavedSums): void {
    this.count += other.count;
    for (let c = 0; c < COEFFICIENTS; c++) {
      this.sum[c] += other.sum[c];
      this.squares[c] += other.squares[c];
    }
  }

  /** Throws NetworkError if no clip was added. */
  parameters(): FeatureParameters {
    const { count, frames } = this;
    if (count === 0) throw new NetworkError('there are no clips to compute the feature parameters from');
    const mean = this.sum.map((sum) => Math.round(Number(sum) / count));
    const multiplier = this.sum.map((sum, c) => {
      const exact = Number(sum) / count;
      const variance = Number(this.squares[c]) / count - exact * exact;
      // A coefficient that never changes gets the scale of a deviation of one unit.
      const deviation = Math.sqrt(Math.max(variance, 1));
      const ideal = 2 ** MULTIPLIER_FRACTION_BITS / (FEATURE_SCALE * deviation);
      return Math.max(1, Math.min(2 ** 24 - 1, Math.round(ideal)));
    });
    return { frames, mean, multiplier };
  }
}
