import type { Random } from '../core/random.js';

/**
 * Draws about `count` clips, the same number from each word, or all clips of a word that has fewer. A network that has
 * seen only a few unknown words very often would still take other unknown words for commands.
 *
 * @param repeats how often each clip of a word with too few clips may be drawn
 * @returns the clips by word, in the order of the words, with the clips of each word shuffled
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

/** Returns the smallest number per word at which the words have `count` clips together, or the largest possible. */
function evenShare(available: readonly number[], count: number): number {
  const most = available.reduce((a, b) => Math.max(a, b), 0);
  for (let share = 1; share < most; share++) {
    if (available.reduce((sum, has) => sum + Math.min(share, has), 0) >= count) return share;
  }
  return most;
}
