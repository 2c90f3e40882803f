import { concatenated } from '../bytes.js';
import { RecordingError } from '../error.js';
import { checkWav, SampleStream, type WavLayout } from '../wav/index.js';
import { PIECE_BYTES } from './compressed.js';
import {
  decodePieces,
  decodeRecording,
  joinPieces,
  mixDown,
  type Recording,
  UnsupportedRecordingError,
} from './decode.js';
import { recordingKind } from './kind.js';

/** A file of which any part can be read. */
export interface ByteSource {
  readonly size: number;
  /**
   * Yields the bytes from `from` to `to`, in pieces of `pieceBytes` but for the last; fewer, if the file has become
   * shorter. Throws `RecordingError`.
   */
  read(from: number, to: number, pieceBytes: number): AsyncIterable<Uint8Array>;
}

/** A recording that is read piece by piece, at its own sample rate. */
export interface OpenRecording {
  readonly sampleRateHz: number;
  /** Yields the samples: ±1, the mean of all channels. Every call begins again. */
  pieces(): AsyncGenerator<Float32Array, void>;
}

/** A WAV file that is decoded at once: clips in any format. The samples of longer ones usually begin so early. */
const SHORT_WAV_BYTES = 1 << 20;
/** The same for a compressed file: most clips, and seldom more than a minute. */
const SHORT_BYTES = 1 << 16;

/**
 * Opens a recording to be decoded in pieces: WAV, MP3, FLAC, and Opus, Vorbis or FLAC in Ogg. However long it is, only
 * a piece of it is in memory. A file that is damaged may be found out only when the damaged piece is read.
 *
 * @param file its name, for messages
 * @throws UnsupportedRecordingError for other encodings, RecordingError for a damaged file
 */
export async function openInPieces(source: ByteSource, file: string): Promise<OpenRecording> {
  const head = await readBytes(source, Math.min(source.size, SHORT_WAV_BYTES));
  const found = recordingKind(head);
  if (found !== null && 'other' in found) throw new UnsupportedRecordingError(file, found.other);
  if (found !== null && found.kind !== 'wav') {
    const { kind } = found;
    return openDecoder(() => decodePieces(source.read(0, source.size, PIECE_BYTES), kind, file), source, file);
  }
  if (source.size <= SHORT_WAV_BYTES) return openInMemory(await decodeRecording(head, file));
  const layout = await findLayout(source, head, file);
  return { sampleRateHz: layout.sampleRateHz, pieces: () => wavPieces(source, layout, file) };
}

/** Opens a recording that is decoded in pieces: of a long one only the beginning is decoded, to know its rate. */
export async function openDecoder(
  decode: () => AsyncGenerator<Recording, void>,
  { size }: Pick<ByteSource, 'size'>,
  file: string,
): Promise<OpenRecording> {
  if (size <= SHORT_BYTES) return openInMemory(await joinPieces(decode(), file));
  const beginning = async function* (): AsyncGenerator<Recording, void> {
    for await (const piece of decode()) return yield piece;
  };
  const { sampleRateHz } = await joinPieces(beginning(), file);
  const pieces = async function* (): AsyncGenerator<Float32Array, void> {
    for await (const { samples } of decode()) yield samples;
  };
  return { sampleRateHz, pieces };
}

/** Opens a recording that is in memory. */
export function openInMemory({ samples, sampleRateHz }: Recording): OpenRecording {
  return {
    sampleRateHz,
    async *pieces() {
      for (let at = 0; at < samples.length; at += sampleRateHz) yield samples.subarray(at, at + sampleRateHz);
    },
  };
}

async function readBytes(source: ByteSource, count: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source.read(0, count, count)) pieces.push(piece);
  return concatenated(pieces);
}

/** Returns the layout of a long WAV file. Large chunks, such as a picture, may come before its samples. */
async function findLayout(source: ByteSource, head: Uint8Array, file: string): Promise<WavLayout> {
  let bytes = head;
  for (let count = head.length; ; ) {
    try {
      return checkWav(bytes, file, source.size);
    } catch (error) {
      // with all of it there, what is wrong is wrong
      if (count >= source.size || recordingKind(bytes) === null) throw error;
    }
    count = Math.min(source.size, 16 * count);
    bytes = await readBytes(source, count);
  }
}

async function* wavPieces(source: ByteSource, layout: WavLayout, file: string): AsyncGenerator<Float32Array, void> {
  const { dataOffset, dataBytes, frames } = layout;
  const stream = new SampleStream(layout, file);
  for await (const bytes of source.read(dataOffset, dataOffset + dataBytes, PIECE_BYTES)) {
    const channels = stream.push(bytes);
    if (channels !== null) yield mixDown(channels);
  }
  if (stream.frames < frames) throw new RecordingError(file, 'became shorter while it was read; try again');
}

/** The header of a WAV file from a program is shorter. */
const STREAM_HEAD_BYTES = 4096;

/** Decodes a WAV file as it comes from a pipe; nothing comes of one that is empty. Throws `RecordingError`. */
export async function* decodeWavStream(
  bytes: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<Recording, void> {
  let head = new Uint8Array(0);
  let stream: SampleStream | null = null;
  for await (const piece of bytes) {
    let samples = piece;
    if (stream === null) {
      head = concatenated([head, piece]);
      if (head.length < STREAM_HEAD_BYTES) continue;
      const layout = checkWav(head, file, Number.MAX_SAFE_INTEGER);
      stream = new SampleStream(layout, file);
      samples = head.subarray(layout.dataOffset);
    }
    const channels = stream.push(samples);
    if (channels !== null) yield { samples: mixDown(channels), sampleRateHz: stream.format.sampleRateHz };
  }
  // as short as this, it is all there
  if (stream === null && head.length > 0) yield decodeRecording(head, file);
}
