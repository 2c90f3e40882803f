import type { Random } from '../core/random.js';

/**
 * Draws about `count` clips so that every word gives the same number, or all that it has where it has fewer: a network
 * that knows one word outside its task by heart would still take the next one for a command.
 *
 * @param repeats how often the clips of a word with too few may be drawn each; 1: once
 * @returns the words in order, the clips of each shuffled
 */
export function balancedWords<Clip extends { readonly word: string }>(
  clips: readonly Clip[],
  count: number,
  repeats: number,
  random: Random,
): Clip[] {
  const byWord = new Map<string, Clip[]>();
  for (const clip of clips) byWord.set(clip.word, [...(byWord.get(clip.word) ?? []), clip]);
  const words = [...byWord].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, ofWord]) => random.shuffle(ofWord));
  const perWord = evenShare(
    words.map((ofWord) => ofWord.length * repeats),
    count,
  );
  return words.flatMap((ofWord) => {
    const length = Math.min(perWord, ofWord.length * repeats);
    return Array.from({ length }, (_, k) => ofWord[k % ofWord.length]);
  });
}

/** The least number per word at which the words, giving no more than they have, give `count` together, if they can. */
function evenShare(available: readonly number[], count: number): number {
  const most = available.reduce((a, b) => Math.max(a, b), 0);
  for (let share = 1; share < most; share++) {
    if (available.reduce((sum, has) => sum + Math.min(share, has), 0) >= count) return share;
  }
  return most;
}
