import { millisecondsOf, samplesOfMs } from './clock.js';
import { energiesOf, findWords, findWordsIn, PIECE_SAMPLES } from './find-words.js';
import { CLIP_SAMPLES, SAMPLE_RATE_HZ } from './generated.js';
import { dbfsOf } from './level.js';

/** A word that was found in a recording. */
interface Found {
  /** The word's place in the recording, in seconds. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly levelDbfs: number;
  /** Why it is left out; null if it is not. */
  readonly reason: string | null;
}

/** A second around a word that was found in a recording. */
export interface Cut extends Found {
  /** 16,000 samples, int16; null if it is left out. */
  readonly clip: Int16Array | null;
}

/** Where a second is cut from a recording, in samples. */
export interface CutPlace {
  /** Where the second begins; less than zero where a word is at the very beginning. */
  readonly start: number;
  /** What is outside [first, last) is a neighbour's. */
  readonly first: number;
  readonly last: number;
}

/** What is shorter is a click. */
const SHORTEST_MS = 80;
/** What is so much quieter than the recording's typical word is a breath, or somebody else. */
const FAINTEST_DB = 18;
/** Between a word and its neighbour at least this much belongs to the word. */
const FADE_SAMPLES = samplesOfMs(10);

/**
 * Cuts a recording into seconds, each with a word in its middle. Sound of a neighbour that reaches into a second is
 * left out of it.
 *
 * @param samples int16, 16 kHz
 */
export function cutWords(samples: Int16Array): Cut[] {
  return planCuts(energiesOf(samples)).map(({ place, ...found }) => ({
    ...found,
    clip: found.reason === null ? cutOut(secondAt(samples, place.start), place) : null,
  }));
}

/**
 * Returns where `cutWords` cuts, in the order of the recording, by the energies of its pieces alone. The clip of a word
 * is `cutOut` of the second from `place.start` on, with zeros outside the recording.
 */
export function planCuts(energies: readonly number[]): (Found & { readonly place: CutPlace })[] {
  const places = findWordsIn(energies);
  const levels = places.map(([from, to]) => {
    const within = energies.slice(from / PIECE_SAMPLES, to / PIECE_SAMPLES);
    return dbfsOf(Math.sqrt(within.reduce((sum, energy) => sum + energy, 0) / (to - from)));
  });
  const typical = [...levels].sort((a, b) => a - b)[levels.length >> 1];
  return places.map(([from, to], k) => ({
    ...{ fromSeconds: from / SAMPLE_RATE_HZ, toSeconds: to / SAMPLE_RATE_HZ, levelDbfs: levels[k] },
    reason:
      to - from > CLIP_SAMPLES
        ? `${(millisecondsOf(to - from) / 1000).toFixed(1)} s long, longer than a second`
        : millisecondsOf(to - from) < SHORTEST_MS
          ? `${Math.round(millisecondsOf(to - from))} ms long: a click`
          : levels[k] < typical - FAINTEST_DB
            ? `${Math.round(typical - levels[k])} dB quieter than the others`
            : null,
    place: {
      start: ((from + to) >> 1) - CLIP_SAMPLES / 2,
      first: k === 0 ? -Infinity : (places[k - 1][1] + from) >> 1,
      last: k + 1 === places.length ? Infinity : (to + places[k + 1][0]) >> 1,
    },
  }));
}

/** Returns the second from sample `start` on, with zeros outside the recording. */
function secondAt(samples: Int16Array, start: number): Int16Array {
  const second = new Int16Array(CLIP_SAMPLES);
  second.set(samples.subarray(Math.max(0, start), start + CLIP_SAMPLES), Math.max(0, -start));
  return second;
}

/** Returns a second with zeros where it is a neighbour's, and a fade where it is cut from one. */
export function cutOut(second: Int16Array, { start, first, last }: CutPlace): Int16Array {
  return second.map((sample, k) => {
    const fromEdge = Math.max(0, Math.min(FADE_SAMPLES, start + k - first, last - start - k));
    return Math.round(sample * (fromEdge / FADE_SAMPLES));
  });
}

/**
 * Cuts other talk into seconds: one around each short stretch that stands out, and one after the other through the long
 * ones. Pauses are left out.
 *
 * @param samples int16, 16 kHz
 * @returns int16, a second each
 */
export function cutTalk(samples: Int16Array): Int16Array[] {
  return findWords(samples).flatMap(([from, to]) => {
    if (millisecondsOf(to - from) < SHORTEST_MS) return [];
    const count = Math.ceil((to - from) / CLIP_SAMPLES);
    const first = (from + to - count * CLIP_SAMPLES) >> 1;
    return Array.from({ length: count }, (_, k) => secondAt(samples, first + k * CLIP_SAMPLES));
  });
}
