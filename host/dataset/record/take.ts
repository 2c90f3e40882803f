import { CLIP_SAMPLES, levelDbfs, millisecondsOf, rootMeanSquare, wordExtent } from '../../core/audio/index.js';

/** A take that is good enough, cut to one second with the word in the middle, or a take with its fault. */
export type CheckedTake =
  | { readonly kind: 'good'; readonly samples: Int16Array; readonly wordMs: number; readonly levelDbfs: number }
  | { readonly kind: 'fault'; readonly fault: string };

/** Samples from here on are clipped by the converter: within a thousandth of full scale. */
const CLIPPED = 32_735;
/** This many samples at full scale in one take are not a coincidence. */
const CLIPPED_SAMPLES = 3;
/** Words quieter than this are lost in the noise of most microphones. */
const QUIETEST_DBFS = -45;
/** The word must be louder than the quietest tenth of the take by this factor: 10 dB. */
const ABOVE_NOISE = 3.16;
const PIECE_SAMPLES = 160;

/** Returns the level of the quietest tenth of the take, in pieces of 10 ms. */
function noiseLevel(samples: Int16Array): number {
  const pieces = Float64Array.from({ length: Math.floor(samples.length / PIECE_SAMPLES) }, (_, k) =>
    rootMeanSquare(samples, k * PIECE_SAMPLES, (k + 1) * PIECE_SAMPLES),
  ).sort();
  return pieces[Math.floor(pieces.length / 10)];
}

/** Checks the level of a take and cuts out its word. `samples` are int16 at 16 kHz, more than one second. */
export function checkTake(samples: Int16Array): CheckedTake {
  const fault = (text: string): CheckedTake => ({ kind: 'fault', fault: text });
  const clipped = samples.reduce((count, sample) => count + (Math.abs(sample) >= CLIPPED ? 1 : 0), 0);
  if (clipped >= CLIPPED_SAMPLES) {
    return fault(`too loud: ${clipped} samples are clipped; move further away, or turn the microphone down`);
  }
  const [from, to] = wordExtent(samples);
  const level = rootMeanSquare(samples, from, to);
  if (level === 0) return fault('the microphone gives only zeros: is it muted?');
  const loudnessDbfs = levelDbfs(samples, from, to);
  if (loudnessDbfs < QUIETEST_DBFS) {
    return fault(`too quiet: ${loudnessDbfs.toFixed(0).replace('-', '−')} dB; move closer, or turn the microphone up`);
  }
  if (level < noiseLevel(samples) * ABOVE_NOISE) return fault('no word is louder than the noise');
  if (to - from > CLIP_SAMPLES) return fault('the word is longer than a second');
  if (from === 0 || to > samples.length - PIECE_SAMPLES) {
    return fault(`the word is cut off at its ${from === 0 ? 'beginning' : 'end'}: speak right after the signal`);
  }
  // The middle of the word is in the middle of the clip, as far as the take has enough sound around it.
  const middle = (from + to) >> 1;
  const start = Math.max(0, Math.min(samples.length - CLIP_SAMPLES, middle - CLIP_SAMPLES / 2));
  const clip = samples.slice(start, start + CLIP_SAMPLES);
  return { kind: 'good', samples: clip, wordMs: millisecondsOf(to - from), levelDbfs: loudnessDbfs };
}
