import { CLIP_SAMPLES } from './generated.js';
import { rootMeanSquare } from './level.js';

/** Pieces of 10 ms at 16 kHz. */
const PIECE_SAMPLES = 160;
/** A word begins where the level is this much above the recording's own noise (12 dB) ... */
const ABOVE_NOISE = 4;
/** ... and above this share of the loudest piece of the recording (−30 dB), and not more than this one (−10 dB). */
const BELOW_PEAK = 0.0316;
const HIGHEST = 0.316;
/** It goes on, before and after that, as long as the level is at most this much lower: 6 dB. */
const FAINTER = 0.5;
/** Pieces without sound within a word, such as before the p of "stop", are shorter than this; pauses are longer. */
const LONGEST_GAP = 25;
/** The noise of a recording is the level of its quietest fifth. */
const QUIETEST = 5;

/** A stretch is not searched further if this share of it, or more, is one place. */
const MOST_KEPT = 0.9;

/** Where one word of a recording is: [from, to) in samples. */
export type WordPlace = readonly [from: number, to: number];

/**
 * Finds the words in a recording of several, by level alone: stretches that stand out from the recording's noise, with
 * pauses of at least a quarter of a second between them. Clicks and breaths are stretches too. A stretch longer than a
 * second is searched again on its own: many recorders silence what is quiet, and then the quietest part of a recording
 * is not its noise.
 *
 * @param samples int16, 16 kHz
 */
export function findWords(samples: Int16Array): WordPlace[] {
  return placesIn(samples).flatMap(([from, to]) => within(samples, from, to));
}

/** Returns the stretches that stand out from the noise of all samples. */
function placesIn(samples: Int16Array): WordPlace[] {
  const levels = Float64Array.from({ length: Math.floor(samples.length / PIECE_SAMPLES) }, (_, piece) =>
    rootMeanSquare(samples, piece * PIECE_SAMPLES, (piece + 1) * PIECE_SAMPLES),
  );
  const sounding = levels.filter((level) => level > 0).sort();
  if (sounding.length === 0) return [];
  const peak = sounding[sounding.length - 1];
  const noise = sounding[Math.floor(sounding.length / QUIETEST)];
  const begins = Math.min(Math.max(noise * ABOVE_NOISE, peak * BELOW_PEAK), peak * HIGHEST);
  const goesOn = begins * FAINTER;
  const places: [number, number][] = [];
  for (let piece = 0; piece < levels.length; piece++) {
    if (levels[piece] < begins) continue;
    let from = piece;
    while (from > 0 && levels[from - 1] >= goesOn) from--;
    while (piece + 1 < levels.length && levels[piece + 1] >= goesOn) piece++;
    const before = places.at(-1);
    if (before !== undefined && from - before[1] < LONGEST_GAP) before[1] = piece + 1;
    else places.push([from, piece + 1]);
  }
  return places.map(([from, to]) => [from * PIECE_SAMPLES, to * PIECE_SAMPLES]);
}

/** Returns the words in a stretch that stands out, [from, to) in samples, or the stretch itself if it is one. */
function within(samples: Int16Array, from: number, to: number): WordPlace[] {
  const stretch: WordPlace = [from, to];
  if (to - from <= CLIP_SAMPLES) return [stretch];
  const inner = placesIn(samples.subarray(from, to));
  // where nothing stands out from the stretch itself
  if (inner.length === 0 || inner.some(([first, last]) => last - first > MOST_KEPT * (to - from))) return [stretch];
  return inner.flatMap(([first, last]) => within(samples, from + first, from + last));
}
