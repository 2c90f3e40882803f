import { bytesOf, concatenated } from '../bytes.js';
import { RecordingError } from '../error.js';
import { CONVERT, checkWav, wavChannels } from '../wav/index.js';
import { decodeCompressed, PIECE_BYTES } from './compressed.js';
import { type CompressedKind, recordingKind } from './kind.js';

/** A recording, or a piece of one, as it is stored. */
export interface Recording {
  /** ±1, the mean of all channels. */
  readonly samples: Float32Array;
  readonly sampleRateHz: number;
}

/**
 * Decodes a recording in memory: WAV, MP3, FLAC, and Opus, Vorbis or FLAC in Ogg. Its first bytes decide what it is,
 * not its name.
 *
 * @param file its name, for messages
 * @throws UnsupportedRecordingError for other encodings, RecordingError for a damaged file
 */
export async function decodeRecording(bytes: Uint8Array, file: string): Promise<Recording> {
  const found = recordingKind(bytes);
  if (found !== null && 'other' in found) throw new UnsupportedRecordingError(file, found.other);
  // checkWav says what is wrong with anything else
  if (found === null || found.kind === 'wav') {
    const layout = checkWav(bytes, file);
    return { samples: mixDown(wavChannels(bytes, layout, file)), sampleRateHz: layout.sampleRateHz };
  }
  return joinPieces(decodePieces(piecesOf(bytes), found.kind, file), file);
}

/** Decodes a compressed recording whose bytes come in pieces, such as `PIECE_BYTES`. Throws `RecordingError`. */
export async function* decodePieces(
  bytes: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  kind: CompressedKind,
  file: string,
): AsyncGenerator<Recording, void> {
  for await (const { channels, sampleRateHz } of decodeCompressed(bytes, kind, file)) {
    yield { samples: mixDown(channels), sampleRateHz };
  }
}

/** Returns all pieces of a recording as one. Throws `RecordingError` if there are none. */
export async function joinPieces(pieces: AsyncIterable<Recording>, file: string): Promise<Recording> {
  const all: Recording[] = [];
  for await (const piece of pieces) all.push(piece);
  if (all.length === 0) throw new RecordingError(file, 'no samples; record or download it again');
  const samples = new Float32Array(concatenated(all.map((piece) => bytesOf(piece.samples))).buffer);
  return { samples, sampleRateHz: all[0].sampleRateHz };
}

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

/** A recording in an encoding that this library does not decode. */
export class UnsupportedRecordingError extends RecordingError {
  constructor(
    file: string,
    /** The name of the encoding. */
    readonly encoding: string,
  ) {
    super(file, `is ${encoding}, which needs ffmpeg; install it, or ${CONVERT}`);
  }
}

/** Returns the mean of the channels. */
export function mixDown(channels: readonly Float32Array[]): Float32Array {
  if (channels.length === 1) return channels[0];
  const mono = new Float32Array(channels[0].length);
  for (let k = 0; k < mono.length; k++) {
    let sum = 0;
    for (const channel of channels) sum += channel[k];
    mono[k] = sum / channels.length;
  }
  return mono;
}
