import { millisecondsOf, samplesOfMs } from './clock.js';
import { findWords } from './find-words.js';
import { CLIP_SAMPLES, SAMPLE_RATE_HZ } from './generated.js';
import { levelDbfs } from './level.js';

/** A second around a word that was found in a recording. */
export interface Cut {
  /** The word's place in the recording, in seconds. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly levelDbfs: number;
  /** 16,000 samples, int16; null if it is left out. */
  readonly clip: Int16Array | null;
  /** Why it is left out; null if it is not. */
  readonly reason: string | null;
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
  const places = findWords(samples);
  const levels = places.map(([from, to]) => levelDbfs(samples, from, to));
  const typical = [...levels].sort((a, b) => a - b)[levels.length >> 1];
  return places.map(([from, to], k): Cut => {
    const place = { fromSeconds: from / SAMPLE_RATE_HZ, toSeconds: to / SAMPLE_RATE_HZ, levelDbfs: levels[k] };
    const reason =
      to - from > CLIP_SAMPLES
        ? `${(millisecondsOf(to - from) / 1000).toFixed(1)} s long, longer than a second`
        : millisecondsOf(to - from) < SHORTEST_MS
          ? `${Math.round(millisecondsOf(to - from))} ms long: a click`
          : levels[k] < typical - FAINTEST_DB
            ? `${Math.round(typical - levels[k])} dB quieter than the others`
            : null;
    if (reason !== null) return { ...place, clip: null, reason };
    const first = k === 0 ? 0 : (places[k - 1][1] + from) >> 1;
    const last = k + 1 === places.length ? samples.length : (to + places[k + 1][0]) >> 1;
    return { ...place, clip: secondAround(samples, (from + to) >> 1, first, last), reason };
  });
}

/** Returns the second around `middle`, with zeros outside [first, last) and a fade where that is cut. */
function secondAround(samples: Int16Array, middle: number, first: number, last: number): Int16Array {
  const start = middle - CLIP_SAMPLES / 2;
  return Int16Array.from({ length: CLIP_SAMPLES }, (_, k) => {
    const at = start + k;
    if (at < first || at >= last) return 0;
    const fromEdge = Math.min(
      first === 0 ? FADE_SAMPLES : at - first,
      last === samples.length ? FADE_SAMPLES : last - at,
    );
    return Math.round(samples[at] * Math.min(1, fromEdge / FADE_SAMPLES));
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
    return Array.from({ length: count }, (_, k) =>
      secondAround(samples, first + (k + 0.5) * CLIP_SAMPLES, 0, samples.length),
    );
  });
}
