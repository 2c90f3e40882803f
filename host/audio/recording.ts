import { spawn } from 'node:child_process';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { setImmediate as otherWork } from 'node:timers/promises';
import {
  HIGHEST_RATE_HZ,
  joinSamples,
  LOWEST_RATE_HZ,
  Resampler,
  SAMPLE_RATE_HZ,
  toInt16,
} from '../core/audio/index.js';
import { RecordingError } from '../core/error.js';
import {
  type ByteSource,
  decodeRecording,
  decodeWavStream,
  type OpenRecording,
  openDecoder,
  openInMemory,
  openInPieces,
  type Recording,
  UnsupportedRecordingError,
} from '../core/recording/index.js';

export interface ReadOptions {
  /** Whether another sample rate is converted instead of being refused. */
  readonly resample?: boolean;
  /** Hears which share of the file has been read, 0 to 1, as a long one is read; not of one that ffmpeg decodes. */
  readonly onRead?: (share: number) => void;
}

/**
 * Reads a recording: WAV, MP3, FLAC, Ogg; and, where ffmpeg is installed, everything that it decodes.
 *
 * @returns int16 samples, 16 kHz, the mean of all channels
 * @throws RecordingError if the file cannot be read, is malformed, or has another sample rate and `resample` is not set
 */
export async function readRecording(path: string, options: ReadOptions = {}): Promise<Int16Array> {
  return joined((await openSamples(path, options))());
}

/** Decodes a recording that is already in memory, like `readRecording`; `file` is its name in messages. */
export async function decodeSamples(bytes: Uint8Array, file: string, options: ReadOptions = {}): Promise<Int16Array> {
  const recording = await decodeRecording(bytes, file);
  refuseRate(recording, file);
  return joined(at16kHz(openInMemory(recording), file, options)());
}

/**
 * Opens a recording to be read in pieces, with the samples that `readRecording` returns: an hour of sound needs no
 * memory, and other work such as signals gets a turn between two pieces. Every call of the result begins again.
 *
 * @throws RecordingError as `readRecording`; a sample that is wrong is found when its piece is read
 */
export async function openSamples(
  path: string,
  options: ReadOptions = {},
): Promise<() => AsyncGenerator<Int16Array, void>> {
  return at16kHz(await openRecording(path, options), path, options);
}

/** Opens a recording at its own sample rate. Throws `RecordingError`. */
export async function openRecording(path: string, options: Pick<ReadOptions, 'onRead'> = {}): Promise<OpenRecording> {
  const recording = await openAtAnyRate(path, options);
  refuseRate(recording, path);
  return recording;
}

/** Other rates are damaged headers, and converting them could turn a few bytes into gigabytes. */
function refuseRate({ sampleRateHz }: Pick<Recording, 'sampleRateHz'>, file: string): void {
  if (sampleRateHz >= LOWEST_RATE_HZ && sampleRateHz <= HIGHEST_RATE_HZ) return;
  throw new RecordingError(
    file,
    `is at ${sampleRateHz} Hz, expected ${LOWEST_RATE_HZ} to ${HIGHEST_RATE_HZ} Hz; export the recording again`,
  );
}

async function openAtAnyRate(path: string, { onRead }: Pick<ReadOptions, 'onRead'>): Promise<OpenRecording> {
  const source = await bytesOfFile(path, onRead);
  try {
    return await openInPieces(source, path);
  } catch (error) {
    if (!(error instanceof UnsupportedRecordingError)) throw error;
    return openDecoder(() => decodeWithFfmpeg(path, error), source, path);
  }
}

/** The bytes of a file, which is opened for as long as one reads. */
async function bytesOfFile(path: string, onRead?: ReadOptions['onRead']): Promise<ByteSource> {
  // Opening a pipe without a writer would never end, and a thread that waits for it cannot be interrupted.
  const { size } = await readable(path, async () => {
    const found = await stat(path);
    if (!found.isFile()) throw new Error('it is not a file');
    return found;
  });
  return {
    size,
    async *read(from, to, pieceBytes) {
      const file = await readable(path, () => open(path));
      try {
        for (let at = from; at < to; at += pieceBytes) {
          const bytes = await readable(path, () => readBytes(file, at, Math.min(pieceBytes, to - at)));
          if (bytes.length > 0) yield bytes;
          onRead?.(Math.min(1, (at + pieceBytes) / size));
        }
      } finally {
        await file.close();
      }
    },
  };
}

async function readable<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new RecordingError(path, `cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** Reads as many bytes as there are, at most `count`. */
async function readBytes(file: FileHandle, from: number, count: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(count);
  let got = 0;
  while (got < count) {
    const { bytesRead } = await file.read(bytes, got, count - got, from + got);
    if (bytesRead === 0) break;
    got += bytesRead;
  }
  return bytes.subarray(0, got);
}

/** Refuses another sample rate, or converts it. */
function at16kHz(
  { sampleRateHz, pieces }: OpenRecording,
  file: string,
  { resample }: ReadOptions,
): () => AsyncGenerator<Int16Array, void> {
  if (sampleRateHz !== SAMPLE_RATE_HZ && resample !== true) {
    throw new RecordingError(file, `is at ${sampleRateHz} Hz, expected ${SAMPLE_RATE_HZ} Hz (use --resample)`);
  }
  return async function* () {
    const resampler = new Resampler(sampleRateHz);
    for await (const piece of pieces()) {
      yield toInt16(resampler.push(piece));
      await otherWork();
    }
    if (sampleRateHz !== SAMPLE_RATE_HZ) yield toInt16(resampler.end());
  };
}

async function joined(pieces: AsyncIterable<Int16Array>): Promise<Int16Array> {
  const all: Int16Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return joinSamples(all);
}

/** Decodes what this library does not, piece by piece; throws `unsupported` where ffmpeg is not installed. */
async function* decodeWithFfmpeg(
  path: string,
  unsupported: UnsupportedRecordingError,
): AsyncGenerator<Recording, void> {
  const options = ['-v', 'error', '-nostdin', '-i', `file:${path}`, '-vn', '-c:a', 'pcm_s16le', '-f', 'wav', '-'];
  const ffmpeg = spawn('ffmpeg', options, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => {
    ffmpeg.once('error', reject);
    ffmpeg.once('close', resolve);
  });
  // it is awaited only after the sound
  ended.catch(() => {});
  let said = '';
  ffmpeg.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-LAST_WORDS);
  });
  try {
    yield* decodeWavStream(ffmpeg.stdout, path);
    if ((await ended) === 0) return;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') throw unsupported;
    throw cause;
  } finally {
    // the listener may have heard enough
    ffmpeg.kill('SIGKILL');
  }
  const why = said.trim().split('\n').at(-1);
  throw new RecordingError(path, `ffmpeg cannot decode it: ${why}; record or download it again`);
}

/** The end of what ffmpeg says that is kept. */
const LAST_WORDS = 4096;
