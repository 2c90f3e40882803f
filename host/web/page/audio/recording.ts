import { HIGHEST_RATE_HZ, LOWEST_RATE_HZ, SAMPLE_RATE_HZ } from '../../../core/audio/index.js';
import { RecordingError } from '../../../core/error.js';
import { decodeRecording, type Recording, UnsupportedRecordingError } from '../../../core/recording/index.js';

/**
 * Reads a recording: what the command reads, with the same samples, and otherwise what the browser can decode. Throws
 * `RecordingError`, which says what is wrong with the file.
 */
export async function readRecording(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<Recording> {
  const recording = await decodeRecording(bytes, name).catch((error: unknown) => {
    if (error instanceof UnsupportedRecordingError) return decodeInBrowser(bytes, error);
    throw error;
  });
  const { sampleRateHz } = recording;
  if (sampleRateHz !== SAMPLE_RATE_HZ && (sampleRateHz < LOWEST_RATE_HZ || sampleRateHz > HIGHEST_RATE_HZ)) {
    throw new RecordingError(name, `is at ${sampleRateHz} Hz, expected ${LOWEST_RATE_HZ} to ${HIGHEST_RATE_HZ} Hz`);
  }
  return recording;
}

/** Most recordings that only a browser decodes have this rate, and are then not resampled by it. */
const BROWSER_RATE_HZ = 48_000;

async function decodeInBrowser(
  bytes: Uint8Array<ArrayBuffer>,
  unsupported: UnsupportedRecordingError,
): Promise<Recording> {
  try {
    const context = new OfflineAudioContext(1, 1, BROWSER_RATE_HZ);
    const sound = await context.decodeAudioData(bytes.slice().buffer);
    const channels = Array.from({ length: sound.numberOfChannels }, (_, k) => sound.getChannelData(k));
    const samples = channels[0].map((_, k) => channels.reduce((sum, channel) => sum + channel[k], 0) / channels.length);
    return { samples, sampleRateHz: sound.sampleRate };
  } catch (cause) {
    throw new RecordingError(
      unsupported.file,
      `is ${unsupported.encoding}, which this browser cannot decode; convert it to WAV, MP3, FLAC or Ogg`,
      { cause },
    );
  }
}
