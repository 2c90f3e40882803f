import { bytesOf, concatenated } from '../bytes.js';

/** Rounds a sample and clips it to the int16 range. Avoids Math.round, which takes several times as long. */
export function roundedSample(value: number): number {
  return Math.max(-32768, Math.min(32767, Math.floor(value + 0.5)));
}

/** Converts ±1 to int16, rounded and clipped to the range. */
export function toInt16(samples: Float32Array): Int16Array {
  const result = new Int16Array(samples.length);
  for (let k = 0; k < samples.length; k++) result[k] = roundedSample(samples[k] * 32768);
  return result;
}

/** Puts pieces of sound together. */
export function joinSamples(pieces: readonly Int16Array[]): Int16Array {
  return new Int16Array(concatenated(pieces.map(bytesOf)).buffer);
}
