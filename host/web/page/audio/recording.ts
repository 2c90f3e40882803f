import { HIGHEST_RATE_HZ, LOWEST_RATE_HZ } from '../../../core/audio/index.js';
import { RecordingError } from '../../../core/error.js';
import {
  type ByteSource,
  type OpenRecording,
  openInMemory,
  openInPieces,
  type Recording,
  UnsupportedRecordingError,
} from '../../../core/recording/index.js';

/** A recording that is decoded while it is heard. */
export interface PageRecording extends OpenRecording {
  readonly name: string;
  /** The fraction of the file that has been read. */
  progress(): number;
}

/**
 * Opens a recording: what the command reads, with the same samples, and otherwise what the browser can decode. Only a
 * piece of it is in memory, unless the browser decodes it. Throws `RecordingError`, which says what is wrong with the
 * file.
 */
export async function openRecording(file: File): Promise<PageRecording> {
  const { name, size } = file;
  let done = 0;
  const source: ByteSource = {
    size,
    async *read(from, to, pieceBytes) {
      for (let at = from; at < to; at += pieceBytes) {
        const end = Math.min(to, at + pieceBytes);
        const bytes = await bytesOf(file.slice(at, end), name);
        done = end;
        yield bytes;
      }
    },
  };
  const recording = await openInPieces(source, name).catch(async (error: unknown) => {
    if (error instanceof UnsupportedRecordingError) return openInMemory(await decodeInBrowser(file, error));
    throw error;
  });
  const { sampleRateHz } = recording;
  if (sampleRateHz < LOWEST_RATE_HZ || sampleRateHz > HIGHEST_RATE_HZ) {
    throw new RecordingError(name, `is at ${sampleRateHz} Hz, expected ${LOWEST_RATE_HZ} to ${HIGHEST_RATE_HZ} Hz`);
  }
  return { ...recording, name, progress: () => done / size };
}

async function bytesOf(part: Blob, name: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await part.arrayBuffer());
  } catch (cause) {
    throw new RecordingError(name, `cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** Most recordings that only a browser decodes have this rate, and are then not resampled by it. */
const BROWSER_RATE_HZ = 48_000;
/** A browser decodes a whole file at once: about ten minutes, which take some 300 MB. */
const MOST_BROWSER_BYTES = 10e6;

async function decodeInBrowser(file: File, unsupported: UnsupportedRecordingError): Promise<Recording> {
  const { name, size } = file;
  if (size > MOST_BROWSER_BYTES) {
    throw new RecordingError(
      name,
      `is ${unsupported.encoding}, of which the browser can only decode short files, up to ${MOST_BROWSER_BYTES / 1e6} MB; convert it to WAV, MP3, FLAC or Ogg`,
    );
  }
  const bytes = await bytesOf(file, name);
  try {
    const context = new OfflineAudioContext(1, 1, BROWSER_RATE_HZ);
    const sound = await context.decodeAudioData(bytes.buffer);
    const channels = Array.from({ length: sound.numberOfChannels }, (_, k) => sound.getChannelData(k));
    const samples = channels[0].map((_, k) => channels.reduce((sum, channel) => sum + channel[k], 0) / channels.length);
    return { samples, sampleRateHz: sound.sampleRate };
  } catch (cause) {
    throw new RecordingError(
      name,
      `is ${unsupported.encoding}, which this browser cannot decode; convert it to WAV, MP3, FLAC or Ogg`,
      { cause },
    );
  }
}
