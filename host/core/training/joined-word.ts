import { roundedSample, sumOfSquares, wordExtent } from '../audio/index.js';
import type { Random } from '../random.js';

/**
 * Share of the first word's extent that is kept, from its beginning, and share of the second's that is left out there.
 */
const KEPT = [0.3, 0.5] as const;
const LEFT_OUT = [0.4, 0.6] as const;
/** One word passes into the other within 20 ms. */
const CROSSFADE = 320;

/**
 * The beginning of one word joined to the end of another: an unknown word, though each half may be half of a known one.
 * A dataset has few words and a language many, so a network must learn to listen to the whole word.
 *
 * @param first int16, a recording; the result has its length
 * @param second int16, a recording of another word, brought to the level of the first
 */
export function joinWords(first: Int16Array, second: Int16Array, random: Random): Int16Array {
  const [from, to] = wordExtent(first);
  const [secondFrom, secondTo] = wordExtent(second);
  const draw = ([low, high]: readonly [number, number]): number => low + (high - low) * random.uniform();
  const cut = from + Math.round(draw(KEPT) * (to - from));
  const resume = secondFrom + Math.round(draw(LEFT_OUT) * (secondTo - secondFrom));
  // The second word may be digital silence, so its power counts as at least 1.
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
