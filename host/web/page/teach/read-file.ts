import { joinSamples, Resampler, SAMPLE_RATE_HZ, toInt16 } from '../../../core/audio/index.js';
import { RecordingError } from '../../../core/error.js';
import { openRecording } from '../audio/recording.js';

/** Recordings of words are short; an hour of sound would take 115 MB. */
const MOST_SECONDS = 1800;

/** Returns a whole recording, int16 at 16 kHz, as `spikeword dataset import` reads it. Throws `RecordingError`. */
export async function readFile(file: File): Promise<Int16Array> {
  const recording = await openRecording(file);
  const resampler = new Resampler(recording.sampleRateHz);
  const pieces: Int16Array[] = [];
  let samples = 0;
  const take = (piece: Float32Array): void => {
    pieces.push(toInt16(piece));
    samples += piece.length;
  };
  for await (const piece of recording.pieces()) {
    take(resampler.push(piece));
    if (samples > MOST_SECONDS * SAMPLE_RATE_HZ) {
      throw new RecordingError(file.name, `is longer than ${MOST_SECONDS / 60} minutes; cut it first`);
    }
  }
  take(resampler.end());
  return joinSamples(pieces);
}
