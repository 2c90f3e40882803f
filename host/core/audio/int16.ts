/** A sample as int16 holds it: rounded, clipped at the range. Not by Math.round, which takes several times as long. */
export function roundedSample(value: number): number {
  return Math.max(-32768, Math.min(32767, Math.floor(value + 0.5)));
}

/** ±1 to int16, rounded, clipped at the range. */
export function toInt16(samples: Float32Array): Int16Array {
  const result = new Int16Array(samples.length);
  for (let k = 0; k < samples.length; k++) result[k] = roundedSample(samples[k] * 32768);
  return result;
}
