import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, readFile, stat } from 'node:fs/promises';
import { setImmediate as otherWork } from 'node:timers/promises';
import {
  HIGHEST_RATE_HZ,
  joinSamples,
  LOWEST_RATE_HZ,
  Resampler,
  SAMPLE_RATE_HZ,
  toInt16,
} from '../core/audio/index.js';
import { concatenated } from '../core/bytes.js';
import { RecordingError } from '../core/error.js';
import {
  decodePieces,
  decodeRecording,
  joinPieces,
  mixDown,
  PIECE_BYTES,
  type Recording,
  recordingKind,
  UnsupportedRecordingError,
} from '../core/recording/index.js';
import { checkWav, type WavLayout, wavChannels } from '../core/wav/index.js';

export interface ReadOptions {
  /** Whether another sample rate is converted instead of being refused. */
  readonly resample?: boolean;
}

/** A recording that is read piece by piece: ±1, the mean of all channels, at its own sample rate. */
export interface OpenRecording {
  readonly sampleRateHz: number;
  pieces(): AsyncIterable<Float32Array>;
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
  return joined(at16kHz(inMemory(recording), file, options)());
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
  return at16kHz(await openRecording(path), path, options);
}

/** The part of a WAV file in which its samples have to begin, if it is to be read in pieces. */
const HEAD_BYTES = 1 << 20;
/** A compressed file that is decoded at once: most clips, and seldom more than a minute. */
const SHORT_BYTES = 1 << 16;

/** Opens a recording at its own sample rate. Throws `RecordingError`. */
export async function openRecording(path: string): Promise<OpenRecording> {
  const recording = await openAtAnyRate(path);
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

async function openAtAnyRate(path: string): Promise<OpenRecording> {
  return withFile(path, async (file, size) => {
    const head = await readBytes(file, 0, Math.min(size, HEAD_BYTES));
    const found = recordingKind(head);
    if (found !== null && 'other' in found) {
      const unsupported = new UnsupportedRecordingError(path, found.other);
      return inPieces(() => decodeWithFfmpeg(path, unsupported), path, size);
    }
    if (found !== null && found.kind !== 'wav') {
      const { kind } = found;
      return inPieces(() => decodePieces(bytesOfFile(path), kind, path), path, size);
    }
    // a short file is decoded as it is, without being opened again
    const layout = size > head.length ? layoutOf(head, path, size) : null;
    if (layout !== null) return { sampleRateHz: layout.sampleRateHz, pieces: () => wavPieces(path, layout) };
    return inMemory(await decodeRecording(size > head.length ? await readFile(path) : head, path));
  });
}

/** Decodes a short file at once, and of a long one only the beginning, to know its sample rate. */
async function inPieces(
  decode: () => AsyncGenerator<Recording, void>,
  path: string,
  size: number,
): Promise<OpenRecording> {
  if (size <= SHORT_BYTES) return inMemory(await joinPieces(decode(), path));
  const beginning = async function* (): AsyncGenerator<Recording, void> {
    for await (const piece of decode()) return yield piece;
  };
  const { sampleRateHz } = await joinPieces(beginning(), path);
  const pieces = async function* (): AsyncGenerator<Float32Array, void> {
    for await (const { samples } of decode()) yield samples;
  };
  return { sampleRateHz, pieces };
}

async function* bytesOfFile(path: string): AsyncGenerator<Uint8Array, void> {
  try {
    yield* createReadStream(path, { highWaterMark: PIECE_BYTES });
  } catch (cause) {
    throw new RecordingError(path, `cannot be read: ${(cause as Error).message}`, { cause });
  }
}

async function withFile<T>(path: string, work: (file: FileHandle, size: number) => Promise<T>): Promise<T> {
  let file: FileHandle;
  try {
    // Opening a pipe without a writer would never end, and a thread that waits for it cannot be interrupted.
    if (!(await stat(path)).isFile()) throw new RecordingError(path, 'cannot be read: it is not a file');
    file = await open(path);
  } catch (cause) {
    if (cause instanceof RecordingError) throw cause;
    throw new RecordingError(path, `cannot be read: ${(cause as Error).message}`, { cause });
  }
  try {
    return await work(file, (await file.stat()).size);
  } finally {
    await file.close();
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

/** Returns the layout of a WAV file from its beginning; null if it is no WAV file or its samples do not begin there. */
function layoutOf(head: Uint8Array, path: string, size: number): WavLayout | null {
  try {
    return checkWav(head, path, size);
  } catch {
    return null;
  }
}

/** Reads the samples of a WAV file, a second at a time. */
async function* wavPieces(path: string, layout: WavLayout): AsyncGenerator<Float32Array, void> {
  const file = await open(path);
  try {
    const frameBytes = layout.channels * layout.sampleBytes;
    for (let first = 0; first < layout.frames; first += layout.sampleRateHz) {
      const frames = Math.min(layout.sampleRateHz, layout.frames - first);
      const dataBytes = frames * frameBytes;
      const bytes = await readBytes(file, layout.dataOffset + first * frameBytes, dataBytes);
      if (bytes.length < dataBytes) throw new RecordingError(path, 'became shorter while it was read; try again');
      yield mixDown(wavChannels(bytes, { ...layout, dataOffset: 0, dataBytes, frames }, path, first));
    }
  } finally {
    await file.close();
  }
}

function inMemory({ samples, sampleRateHz }: Recording): OpenRecording {
  return {
    sampleRateHz,
    async *pieces() {
      for (let at = 0; at < samples.length; at += sampleRateHz) yield samples.subarray(at, at + sampleRateHz);
    },
  };
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
    yield* wavStreamPieces(ffmpeg.stdout, path);
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
/** The header of a WAV file from ffmpeg is shorter. */
const STREAM_HEAD_BYTES = 4096;

/** Decodes a WAV file as it comes from a pipe; nothing comes of one that is empty. */
async function* wavStreamPieces(stream: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Recording, void> {
  let layout: WavLayout | null = null;
  let rest = new Uint8Array(0);
  let first = 0;
  const take = (begun: WavLayout): Recording => {
    const frameBytes = begun.channels * begun.sampleBytes;
    const frames = Math.floor(rest.length / frameBytes);
    const dataBytes = frames * frameBytes;
    const channels = wavChannels(rest, { ...begun, dataOffset: 0, dataBytes, frames }, path, first);
    rest = rest.slice(dataBytes);
    first += frames;
    return { samples: mixDown(channels), sampleRateHz: begun.sampleRateHz };
  };
  for await (const bytes of stream) {
    rest = concatenated([rest, bytes]);
    if (layout === null && rest.length >= STREAM_HEAD_BYTES) {
      layout = checkWav(rest, path, Number.MAX_SAFE_INTEGER);
      rest = rest.slice(layout.dataOffset);
    }
    if (layout !== null) yield take(layout);
  }
  // as short as this, it is all there
  if (layout === null && rest.length > 0) yield decodeRecording(rest, path);
}
