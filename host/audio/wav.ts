import { readFile, stat } from 'node:fs/promises';
import { SAMPLE_RATE_HZ, toInt16 } from '../core/audio/index.js';
import { WavError } from '../core/error.js';
import { checkWav, monoSamples } from '../core/wav/index.js';
import { resample } from './resample.js';

export interface WavOptions {
  /** Whether another sample rate is converted instead of being refused. */
  readonly resample?: boolean;
}

/**
 * Reads a WAV file: PCM of 8, 16, 24 or 32 bit or 32-bit float, plain or WAVE_FORMAT_EXTENSIBLE.
 *
 * @returns int16 samples, 16 kHz, the mean of all channels
 * @throws WavError if the file cannot be read, is malformed, or has another sample rate and `resample` is not set
 */
export async function readWav(path: string, options: WavOptions = {}): Promise<Int16Array> {
  return decodeWav(await readWhole(path), path, options);
}

async function readWhole(path: string): Promise<Uint8Array> {
  try {
    // Reading a pipe without a writer would never end, and a thread that waits for it cannot be interrupted.
    if ((await stat(path)).isFile()) return await readFile(path);
  } catch (cause) {
    throw new WavError(path, `cannot be read: ${(cause as Error).message}`, { cause });
  }
  throw new WavError(path, 'cannot be read: it is not a file');
}

/** Decodes a WAV file that is already in memory, like `readWav`; `file` is its name in messages. */
export async function decodeWav(bytes: Uint8Array, file: string, options: WavOptions = {}): Promise<Int16Array> {
  const layout = checkWav(bytes, file);
  const { sampleRateHz } = layout;
  if (sampleRateHz !== SAMPLE_RATE_HZ && options.resample !== true) {
    throw new WavError(file, `is at ${sampleRateHz} Hz, expected ${SAMPLE_RATE_HZ} Hz (use --resample)`);
  }
  const mono = monoSamples(bytes, layout, file);
  return toInt16(sampleRateHz === SAMPLE_RATE_HZ ? mono : await resample(mono, sampleRateHz, SAMPLE_RATE_HZ, file));
}
