import libsamplerate from '@alexanderolsen/libsamplerate-js';
import { RecordingError } from '../core/error.js';

/**
 * The range of sample rates of recordings, Hz. Other rates are damaged headers, and converting them could turn a few
 * bytes into gigabytes.
 */
const LOWEST_RATE_HZ = 4000;
const HIGHEST_RATE_HZ = 768_000;

/**
 * Converts a mono signal to another sample rate with libsamplerate's best sinc converter (band-limited, 97 dB, without
 * delay).
 *
 * @param samples ±1
 * @returns the number of samples for the same duration, rounded
 * @throws RecordingError if the rate is not one of a recording
 */
export async function resample(
  samples: Float32Array,
  fromHz: number,
  toHz: number,
  file: string,
): Promise<Float32Array> {
  if (fromHz < LOWEST_RATE_HZ || fromHz > HIGHEST_RATE_HZ) {
    throw new RecordingError(file, `is at ${fromHz} Hz, expected ${LOWEST_RATE_HZ} to ${HIGHEST_RATE_HZ} Hz`);
  }
  const converter = await libsamplerate.create(1, fromHz, toHz, {
    converterType: libsamplerate.ConverterType.SRC_SINC_BEST_QUALITY,
  });
  // Recordings of more than 4 MB are converted in pieces, and samples that are still in the converter after the last
  // piece are lost. Silence after the signal pushes them out.
  const padded = new Float32Array(samples.length + Math.max(256, Math.ceil(fromHz / 10)));
  padded.set(samples);
  try {
    return converter.simple(padded).subarray(0, Math.round((samples.length * toHz) / fromHz));
  } finally {
    converter.destroy();
  }
}
