import { roundedSample, sumOfSquares, wordExtent } from '../audio/index.js';
import type { Random } from '../random.js';

/** Share of the first word's extent that is kept of its beginning, and of the second's that is left out of its. */
const KEPT = [0.3, 0.5] as const;
const LEFT_OUT = [0.4, 0.6] as const;
/** One word passes into the other within 20 ms. */
const CROSSFADE = 320;

/**
 * The beginning of one word and the end of another: a word that nobody knows, though each half of it may be half of a
 * known one. Few words are in a dataset and many in a language; what a network takes for a word must be all of it.
 *
 * @param first int16, a recording; the length of the result is its
 * @param second int16, a recording of another word, brought to the level of the first
 */
export function joinWords(first: Int16Array, second: Int16Array, random: Random): Int16Array {
  const [from, to] = wordExtent(first);
  const [secondFrom, secondTo] = wordExtent(second);
  const draw = ([low, high]: readonly [number, number]): number => low + (high - low) * random.uniform();
  const cut = from + Math.round(draw(KEPT) * (to - from));
  const resume = secondFrom + Math.round(draw(LEFT_OUT) * (secondTo - secondFrom));
  // At least 1: the power of digital silence.
  const power = (samples: Int16Array, a: number, b: number): number => sumOfSquares(samples, a, b) / (b - a);
  const level = Math.sqrt(power(first, from, to) / Math.max(1, power(second, secondFrom, secondTo)));
  const joined = first.slice();
  for (let k = cut + 1; k < joined.length; k++) {
    const later = Math.min(1, (k - cut) / CROSSFADE);
    const other = (second[resume + k - cut] ?? 0) * level;
    joined[k] = roundedSample((1 - later) * joined[k] + later * other);
  }
  return joined;
}
