import { CLIP_SAMPLES, FULL_SCALE, joinSamples, SAMPLE_RATE_HZ, toInt16 } from '../../../core/audio/index.js';
import { fetchBytes } from '../fetch-bytes.js';

/** A word that is served with the page, spoken by a computer (datasets/make-sample.mjs). */
export interface Example {
  readonly word: string;
}

/** The words that the first model hears in its examples (a test checks it), in the order of their buttons. */
export const EXAMPLES: readonly Example[] = ['yes', 'no', 'up', 'down', 'left', 'right'].map((word) => ({ word }));

/** Silence before the word, so that the network's window is full when it begins, and after it, so that it ends. */
const [BEFORE_SECONDS, AFTER_SECONDS] = [2, 1];

/** The sound of an example. */
export interface ExampleSound {
  /** ±1 at 16 kHz: silence, the word, silence. */
  readonly samples: Float32Array<ArrayBuffer>;
  /** Where the word begins. */
  readonly from: number;
  /** The word alone, int16. */
  readonly clip: Int16Array;
}

/** Loads an example from the server. */
export async function loadExample({ word }: Example): Promise<ExampleSound> {
  const { openRecording } = await import('../audio/recording.js');
  const recording = await openRecording(new File([await fetchBytes(`examples/${word}.wav`)], word));
  const pieces: Int16Array[] = [];
  for await (const piece of recording.pieces()) pieces.push(toInt16(piece));
  const clip = joinSamples(pieces);
  const from = BEFORE_SECONDS * SAMPLE_RATE_HZ;
  const samples = new Float32Array(from + CLIP_SAMPLES + AFTER_SECONDS * SAMPLE_RATE_HZ);
  samples.set(
    Float32Array.from(clip, (sample) => sample / FULL_SCALE),
    from,
  );
  return { samples, from, clip };
}
