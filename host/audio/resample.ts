import libsamplerate from '@alexanderolsen/libsamplerate-js';
import { WavError } from '../core/error.js';

/** Sample rates that recordings have, Hz. Others are damaged headers, and would blow up a few bytes into gigabytes. */
const LOWEST_RATE_HZ = 4000;
const HIGHEST_RATE_HZ = 768_000;

/**
 * Band-limited conversion of a mono signal to another sample rate, by libsamplerate's best sinc converter (97 dB,
 * without delay).
 *
 * @param samples ±1
 * @returns as many samples as the duration asks for, rounded
 * @throws WavError if no recording has the rate
 */
export async function resample(
  samples: Float32Array,
  fromHz: number,
  toHz: number,
  file: string,
): Promise<Float32Array> {
  if (fromHz < LOWEST_RATE_HZ || fromHz > HIGHEST_RATE_HZ) {
    throw new WavError(file, `${fromHz} Hz, expected ${LOWEST_RATE_HZ} to ${HIGHEST_RATE_HZ} Hz`);
  }
  const converter = await libsamplerate.create(1, fromHz, toHz, {
    converterType: libsamplerate.ConverterType.SRC_SINC_BEST_QUALITY,
  });
  // Recordings of more than 4 MB are converted in pieces, and what the converter still holds after the last one is
  // lost: silence behind the signal pushes it out.
  const padded = new Float32Array(samples.length + Math.max(256, Math.ceil(fromHz / 10)));
  padded.set(samples);
  try {
    return converter.simple(padded).subarray(0, Math.round((samples.length * toHz) / fromHz));
  } finally {
    converter.destroy();
  }
}
