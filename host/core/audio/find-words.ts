import { CLIP_SAMPLES } from './generated.js';

/** Pieces of 10 ms at 16 kHz. */
export const PIECE_SAMPLES = 160;
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
 * Takes a recording as it comes, and keeps of it what `findWordsIn` needs: the sum of the squares of each 10 ms, a
 * number for 160 samples. Sums of squares of int16 samples are exact, however they are added up.
 */
export class PieceEnergies {
  /** Of the complete pieces. */
  readonly energies: number[] = [];
  private energy = 0;
  private taken = 0;

  /** @param samples int16, 16 kHz, any number of them */
  push(samples: Int16Array): void {
    for (const sample of samples) {
      this.energy += sample * sample;
      this.taken++;
      if (this.taken < PIECE_SAMPLES) continue;
      this.energies.push(this.energy);
      this.energy = 0;
      this.taken = 0;
    }
  }
}

/** Returns the energies of the pieces of a recording: int16, 16 kHz. */
export function energiesOf(samples: Int16Array): readonly number[] {
  const pieces = new PieceEnergies();
  pieces.push(samples);
  return pieces.energies;
}

/**
 * Finds the words in a recording of several, by level alone: stretches that stand out from the recording's noise, with
 * pauses of at least a quarter of a second between them. Clicks and breaths are stretches too. A stretch longer than a
 * second is searched again on its own: many recorders silence what is quiet, and then the quietest part of a recording
 * is not its noise.
 *
 * @param samples int16, 16 kHz
 */
export function findWords(samples: Int16Array): WordPlace[] {
  return findWordsIn(energiesOf(samples));
}

/** Finds the words as `findWords`, by the energies of the recording's pieces alone. */
export function findWordsIn(energies: readonly number[]): WordPlace[] {
  const levels = Float64Array.from(energies, (energy) => Math.sqrt(energy / PIECE_SAMPLES));
  return placesIn(levels)
    .flatMap(([from, to]) => within(levels, from, to))
    .map(([from, to]) => [from * PIECE_SAMPLES, to * PIECE_SAMPLES]);
}

/** A stretch of a recording: [from, to) in pieces. */
type Stretch = readonly [from: number, to: number];

/** Returns the stretches that stand out from the noise of all pieces. */
function placesIn(levels: Float64Array): Stretch[] {
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
  return places;
}

/** Returns the words in a stretch that stands out, or the stretch itself if it is one. */
function within(levels: Float64Array, from: number, to: number): Stretch[] {
  const stretch: Stretch = [from, to];
  if ((to - from) * PIECE_SAMPLES <= CLIP_SAMPLES) return [stretch];
  const inner = placesIn(levels.subarray(from, to));
  // where nothing stands out from the stretch itself
  if (inner.length === 0 || inner.some(([first, last]) => last - first > MOST_KEPT * (to - from))) return [stretch];
  return inner.flatMap(([first, last]) => within(levels, from + first, from + last));
}
