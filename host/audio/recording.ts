import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { SAMPLE_RATE_HZ, toInt16 } from '../core/audio/index.js';
import { RecordingError } from '../core/error.js';
import { decodeRecording, type Recording, UnsupportedRecordingError } from '../core/recording/index.js';
import { resample } from './resample.js';

export interface ReadOptions {
  /** Whether another sample rate is converted instead of being refused. */
  readonly resample?: boolean;
}

/**
 * Reads a recording: WAV, MP3, FLAC, Ogg; and, where ffmpeg is installed, everything that it decodes.
 *
 * @returns int16 samples, 16 kHz, the mean of all channels
 * @throws RecordingError if the file cannot be read, is malformed, or has another sample rate and `resample` is not set
 */
export async function readRecording(path: string, options: ReadOptions = {}): Promise<Int16Array> {
  return at16kHz(await readWhole(path), path, options);
}

/** Reads a recording at its own sample rate, like `readRecording`. */
export async function readWhole(path: string): Promise<Recording> {
  const bytes = await readBytes(path);
  try {
    return await decodeRecording(bytes, path);
  } catch (error) {
    if (error instanceof UnsupportedRecordingError) return decodeWithFfmpeg(path, error);
    throw error;
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    // Reading a pipe without a writer would never end, and a thread that waits for it cannot be interrupted.
    if ((await stat(path)).isFile()) return await readFile(path);
  } catch (cause) {
    throw new RecordingError(path, `cannot be read: ${(cause as Error).message}`, { cause });
  }
  throw new RecordingError(path, 'cannot be read: it is not a file');
}

/** More than an hour in stereo at 48 kHz, in floats. */
const MOST_BYTES = 2 ** 31 - 1;

/** Decodes what this library does not; throws `unsupported` where ffmpeg is not installed. */
async function decodeWithFfmpeg(path: string, unsupported: UnsupportedRecordingError): Promise<Recording> {
  const options = ['-v', 'error', '-nostdin', '-i', `file:${path}`, '-vn', '-c:a', 'pcm_f32le', '-f', 'wav', '-'];
  try {
    const { stdout } = await promisify(execFile)('ffmpeg', options, { encoding: 'buffer', maxBuffer: MOST_BYTES });
    return await decodeRecording(stdout, path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') throw unsupported;
    if (cause instanceof RecordingError) throw cause;
    const said = String((cause as { stderr?: Buffer }).stderr ?? cause)
      .trim()
      .split('\n')
      .at(-1);
    throw new RecordingError(path, `ffmpeg cannot decode it: ${said}; record or download it again`, { cause });
  }
}

/** Decodes a recording that is already in memory, like `readRecording`; `file` is its name in messages. */
export async function decodeSamples(bytes: Uint8Array, file: string, options: ReadOptions = {}): Promise<Int16Array> {
  return at16kHz(await decodeRecording(bytes, file), file, options);
}

async function at16kHz({ samples, sampleRateHz }: Recording, file: string, options: ReadOptions): Promise<Int16Array> {
  if (sampleRateHz === SAMPLE_RATE_HZ) return toInt16(samples);
  if (options.resample !== true) {
    throw new RecordingError(file, `is at ${sampleRateHz} Hz, expected ${SAMPLE_RATE_HZ} Hz (use --resample)`);
  }
  return toInt16(await resample(samples, sampleRateHz, SAMPLE_RATE_HZ, file));
}
