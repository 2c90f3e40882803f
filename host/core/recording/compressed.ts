import { RecordingError } from '../error.js';
import type { RecordingKind } from './kind.js';

/** What the decoders of eshaz/wasm-audio-decoders return. */
interface Decoded {
  /** ±1, [channel][sample]. */
  readonly channelData: readonly Float32Array[];
  readonly sampleRate: number;
  readonly errors: readonly { readonly message: string }[];
}

interface Decoder {
  readonly ready: Promise<void>;
  free(): void;
  decodeFile(bytes: Uint8Array): Promise<Decoded>;
}

/** Loads the decoder of a kind, WebAssembly in JavaScript, the first time that a recording needs it. */
const DECODERS: Readonly<Record<Exclude<RecordingKind, 'wav'>, () => Promise<Decoder>>> = {
  mp3: async () => {
    const { MPEGDecoder } = await import('mpg123-decoder');
    const decoder = new MPEGDecoder();
    return {
      ready: decoder.ready,
      free: () => decoder.free(),
      // Tags and the end of a cut file are errors to this decoder; the sound around them is good.
      decodeFile: async (bytes) => ({ ...decoder.decode(bytes), errors: [] }),
    };
  },
  flac: async () => new (await import('@wasm-audio-decoders/flac')).FLACDecoder(),
  vorbis: async () => new (await import('@wasm-audio-decoders/ogg-vorbis')).OggVorbisDecoder(),
  opus: async () => new (await import('ogg-opus-decoder')).OggOpusDecoder(),
};

/** Decodes a compressed recording. Throws `RecordingError` for a damaged one. */
export async function decodeCompressed(
  bytes: Uint8Array,
  kind: Exclude<RecordingKind, 'wav'>,
  file: string,
): Promise<{ readonly channels: readonly Float32Array[]; readonly sampleRateHz: number }> {
  const decoder = await DECODERS[kind]();
  try {
    await decoder.ready;
    const { channelData, sampleRate, errors } = await decoder.decodeFile(bytes);
    if (errors.length > 0)
      throw new RecordingError(file, `is damaged: ${errors[0].message}; record or download it again`);
    if ((channelData[0]?.length ?? 0) === 0) throw new RecordingError(file, 'no samples; record or download it again');
    return { channels: channelData, sampleRateHz: sampleRate };
  } catch (error) {
    if (error instanceof RecordingError) throw error;
    throw new RecordingError(file, `is damaged: ${(error as Error).message}; record or download it again`, {
      cause: error,
    });
  } finally {
    decoder.free();
  }
}
