import { RecordingError } from '../error.js';
import { CONVERT, checkWav, wavChannels } from '../wav/index.js';
import { decodeCompressed } from './compressed.js';
import { recordingKind } from './kind.js';

/** A recording as it is stored. */
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
  const { channels, sampleRateHz } = await decodeCompressed(bytes, found.kind, file);
  return { samples: mixDown(channels), sampleRateHz };
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
