import { RecordingError } from '../error.js';
import type { CompressedKind } from './kind.js';

/** As much of a file as is decoded at once: in the best compression, this is still only seconds of sound. */
export const PIECE_BYTES = 1 << 14;

/** What the decoders of eshaz/wasm-audio-decoders return. */
interface Decoded {
  /** ±1, [channel][sample]. */
  readonly channelData: readonly Float32Array[];
  readonly sampleRate: number;
  readonly errors: readonly { readonly message: string }[];
}

/** A decoder that takes a file in pieces of any size. */
interface Decoder {
  readonly ready: Promise<void>;
  free(): void;
  decode(bytes: Uint8Array): Decoded | Promise<Decoded>;
  /** Returns the rest of the sound. */
  flush(): Decoded | Promise<Decoded>;
}

/** Loads the decoder of a kind, WebAssembly in JavaScript, the first time that a recording needs it. */
const DECODERS: Readonly<Record<CompressedKind, () => Promise<Decoder>>> = {
  mp3: async () => {
    const { MPEGDecoder } = await import('mpg123-decoder');
    const decoder = new MPEGDecoder();
    return {
      ready: decoder.ready,
      free: () => decoder.free(),
      // Tags and the end of a cut file are errors to this decoder; the sound around them is good.
      decode: (bytes) => ({ ...decoder.decode(bytes), errors: [] }),
      // it keeps nothing back
      flush: () => ({ channelData: [], sampleRate: 0, errors: [] }),
    };
  },
  flac: async () => new (await import('@wasm-audio-decoders/flac')).FLACDecoder(),
  vorbis: async () => new (await import('@wasm-audio-decoders/ogg-vorbis')).OggVorbisDecoder(),
  opus: async () => new (await import('ogg-opus-decoder')).OggOpusDecoder(),
};

/** A part of a recording. */
export interface DecodedPiece {
  /** ±1, [channel][sample]; at least one sample. */
  readonly channels: readonly Float32Array[];
  readonly sampleRateHz: number;
}

/**
 * Decodes a compressed recording, piece by piece. The sound does not depend on how its bytes are divided; pieces of
 * more than `PIECE_BYTES` take more memory.
 *
 * @param pieces the bytes of the file, in order
 * @throws RecordingError for a damaged recording, and for one whose sample rate changes
 */
export async function* decodeCompressed(
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  kind: CompressedKind,
  file: string,
): AsyncGenerator<DecodedPiece, void> {
  const decoder = await DECODERS[kind]();
  let rateHz: number | null = null;
  const checked = ({ channelData, sampleRate, errors }: Decoded): DecodedPiece | null => {
    if (errors.length > 0)
      throw new RecordingError(file, `is damaged: ${errors[0].message}; record or download it again`);
    if ((channelData[0]?.length ?? 0) === 0) return null;
    rateHz ??= sampleRate;
    if (sampleRate !== rateHz) {
      throw new RecordingError(
        file,
        `changes from ${rateHz} to ${sampleRate} Hz; convert it, for example with: ffmpeg -i IN OUT.wav`,
      );
    }
    return { channels: channelData, sampleRateHz: sampleRate };
  };
  try {
    await decoder.ready;
    for await (const bytes of pieces) {
      const piece = checked(await decoder.decode(bytes));
      if (piece !== null) yield piece;
    }
    const rest = checked(await decoder.flush());
    if (rest !== null) yield rest;
  } catch (error) {
    if (error instanceof RecordingError) throw error;
    throw new RecordingError(file, `is damaged: ${(error as Error).message}; record or download it again`, {
      cause: error,
    });
  } finally {
    decoder.free();
  }
}
