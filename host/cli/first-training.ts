import { SILENCE, UNKNOWN } from '../core/dataset/index.js';
import type { Dataset } from '../dataset/index.js';
import type { Next } from './next-command.js';

/** Words in a folder of so many or fewer may all be wake words. */
const MOST_WAKE_WORDS = 4;

/**
 * Returns the commands that train on a folder: an ordinary training where at least two classes have training clips,
 * which it needs; and a wake word where the folder has a few words, which it can also be made of without a split.
 */
export function firstTrainings({ clips }: Dataset, folder: string, chosen: readonly string[] = []): Next[] {
  const words = [...new Set(clips.map(({ word }) => word))];
  const classes = words.filter((word) => clips.some((clip) => clip.word === word && clip.split === 'training'));
  const wake = words.filter((word) => word !== UNKNOWN && word !== SILENCE).sort();
  const ordinary = ['train', '--data', folder, ...chosen, '--out', 'runs/NAME'];
  const few = chosen.length === 0 && wake.length > 0 && wake.length <= MOST_WAKE_WORDS;
  return [
    ...(classes.length > 1 && classes.length === words.length ? [ordinary] : []),
    ...(few ? [['train', '--wake-word', wake.join(','), '--data', folder]] : []),
  ];
}
