/** The greatest magnitude that int16 samples can have: 0 dBFS. */
export const FULL_SCALE = 32_768;
/** Level of digital silence, and of anything below the last bit, in decibels. */
const FLOOR_DBFS = -96;

/** The sum of the squares of `samples` in [from, to). Exact for any number of int16 samples. */
export function sumOfSquares(samples: ArrayLike<number>, from = 0, to = samples.length): number {
  let sum = 0;
  for (let k = from; k < to; k++) sum += samples[k] * samples[k];
  return sum;
}

/** The root mean square of `samples` in [from, to), in the unit of the samples; NaN for an empty range. */
export function rootMeanSquare(samples: ArrayLike<number>, from = 0, to = samples.length): number {
  return Math.sqrt(sumOfSquares(samples, from, to) / (to - from));
}

/** Root mean square of int16 samples in decibels of full scale; at least −96, also for an empty range. */
export function levelDbfs(samples: Int16Array, from = 0, to = samples.length): number {
  return to > from ? dbfsOf(rootMeanSquare(samples, from, to)) : FLOOR_DBFS;
}

/** Returns a root mean square of int16 samples in decibels of full scale; at least −96. */
export function dbfsOf(level: number): number {
  return level === 0 ? FLOOR_DBFS : Math.max(FLOOR_DBFS, 20 * Math.log10(level / FULL_SCALE));
}

/** The factor that changes an amplitude by this many decibels. */
export function amplitudeOf(decibels: number): number {
  return 10 ** (decibels / 20);
}
