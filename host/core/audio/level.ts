/** Level of digital silence, and of what is below the last bit, decibels. */
const FLOOR_DBFS = -96;

/** Root mean square of int16 samples in decibels below full scale; at least −96. */
export function levelDbfs(samples: Int16Array): number {
  let sum = 0;
  for (let k = 0; k < samples.length; k++) sum += samples[k] * samples[k];
  const level = Math.sqrt(sum / Math.max(1, samples.length)) / 32_768;
  return level === 0 ? FLOOR_DBFS : Math.max(FLOOR_DBFS, 20 * Math.log10(level));
}
