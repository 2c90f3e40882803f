/** The greatest magnitude that int16 samples can have: 0 dBFS. */
export const FULL_SCALE = 32_768;
/** Level of digital silence, and of what is below the last bit, decibels. */
const FLOOR_DBFS = -96;

/** The sum of the squares of `samples` from `from` to before `to`. Exact for int16, whatever their number. */
export function sumOfSquares(samples: ArrayLike<number>, from = 0, to = samples.length): number {
  let sum = 0;
  for (let k = from; k < to; k++) sum += samples[k] * samples[k];
  return sum;
}

/** The root of the mean square of `samples` from `from` to before `to`, in the unit of the samples; NaN of none. */
export function rootMeanSquare(samples: ArrayLike<number>, from = 0, to = samples.length): number {
  return Math.sqrt(sumOfSquares(samples, from, to) / (to - from));
}

/** Root mean square of int16 samples in decibels below full scale; at least −96, which is also that of none. */
export function levelDbfs(samples: Int16Array, from = 0, to = samples.length): number {
  const level = to > from ? rootMeanSquare(samples, from, to) / FULL_SCALE : 0;
  return level === 0 ? FLOOR_DBFS : Math.max(FLOOR_DBFS, 20 * Math.log10(level));
}

/** What an amplitude is multiplied with to change it by so many decibels. */
export function amplitudeOf(decibels: number): number {
  return 10 ** (decibels / 20);
}
