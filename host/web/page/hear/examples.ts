import { CLIP_SAMPLES, FULL_SCALE, joinSamples, SAMPLE_RATE_HZ, toInt16 } from '../../../core/audio/index.js';
import { Random } from '../../../core/random.js';
import { openRecording } from '../audio/recording.js';
import { fetchBytes } from '../model.js';

/** A word that is served with the page, spoken by a computer (datasets/make-sample.mjs). */
export interface Example {
  readonly word: string;
}

/** The words that the first model hears in its examples (a test checks it), in the order of their buttons. */
export const EXAMPLES: readonly Example[] = ['yes', 'no', 'up', 'down', 'left', 'right'].map((word) => ({ word }));

/** Quiet before the word, so that the network's window is full when it begins, and after it, so that it ends. */
const [BEFORE_SECONDS, AFTER_SECONDS] = [2, 1];
/** The level of a microphone's own noise, in steps of int16. */
const NOISE = 6;

/** The sound of an example. */
export interface ExampleSound {
  /** ±1 at 16 kHz: quiet, the word, quiet. */
  readonly samples: Float32Array<ArrayBuffer>;
  /** Where the word begins. */
  readonly from: number;
  /** The word alone, int16. */
  readonly clip: Int16Array;
}

/** Loads an example from the server. */
export async function loadExample({ word }: Example): Promise<ExampleSound> {
  const recording = await openRecording(new File([await fetchBytes(`examples/${word}.wav`)], word));
  const pieces: Int16Array[] = [];
  for await (const piece of recording.pieces()) pieces.push(toInt16(piece));
  const clip = joinSamples(pieces);
  const random = new Random(7);
  const from = BEFORE_SECONDS * SAMPLE_RATE_HZ;
  const samples = Float32Array.from(
    { length: from + CLIP_SAMPLES + AFTER_SECONDS * SAMPLE_RATE_HZ },
    () => Math.round(random.normal() * NOISE) / FULL_SCALE,
  );
  clip.forEach((sample, k) => {
    samples[from + k] += sample / FULL_SCALE;
  });
  return { samples, from, clip };
}
