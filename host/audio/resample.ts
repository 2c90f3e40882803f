import libsamplerate from '@alexanderolsen/libsamplerate-js';
import { WavError } from './error.js';

/** What libsamplerate converts: a ratio of at most 256 either way (its SRC_MAX_RATIO). */
const MAX_RATIO = 256;

/**
 * Band-limited conversion of a mono signal to another sample rate, by libsamplerate's best sinc converter (97 dB, without
 * delay).
 *
 * @param samples ±1
 * @returns as many samples as the duration asks for, rounded
 * @throws WavError if the rates lie too far apart
 */
export async function resample(
  samples: Float32Array,
  fromHz: number,
  toHz: number,
  file: string,
): Promise<Float32Array> {
  if (Math.max(fromHz / toHz, toHz / fromHz) > MAX_RATIO) {
    throw new WavError(file, `${fromHz} Hz cannot be converted to ${toHz} Hz`);
  }
  const converter = await libsamplerate.create(1, fromHz, toHz, {
    converterType: libsamplerate.ConverterType.SRC_SINC_BEST_QUALITY,
  });
  try {
    return converter.simple(samples);
  } finally {
    converter.destroy();
  }
}
