import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type KeptSound, UNKNOWN } from '../../core/dataset/index.js';
import { DatasetError } from '../../system/index.js';
import type { Example } from '../examples.js';
import type { Task } from '../task.js';
import { type DamagedLine, readJournal } from './journal.js';

/** The reviewed sounds of a folder, from which a training learns. */
export interface Mistakes {
  readonly folder: string;
  /** Sounds of words of the task, with the word that was said, and sounds that are none of its words. */
  readonly words: readonly ReviewedSound[];
  readonly falseAccepts: readonly ReviewedSound[];
  /** Sounds without a verdict, reviewed sounds whose recordings are gone, and damaged lines: all are left out. */
  readonly unreviewed: number;
  readonly gone: number;
  readonly damaged: readonly DamagedLine[];
}

interface ReviewedSound {
  readonly file: string;
  /** What was said, or `_unknown_`, and its index in the task's labels. */
  readonly word: string;
  readonly label: number;
}

/** How often a training uses each sound in an epoch, at most: with more, it would learn these sounds by heart. */
const MOST_REPEATS = 20;

/**
 * Reads the reviewed sounds of a folder for a task, without decoding any. Throws `DatasetError` if none is reviewed, if
 * they are of words that the task does not have, or if the task has no `_unknown_` for false accepts.
 */
export function openMistakes(folder: string, { name, labels }: Task): Mistakes {
  const { sounds, damaged } = readJournal(folder);
  const reviewed = sounds.filter(({ review }) => review !== undefined);
  const there = reviewed.filter(({ file }) => existsSync(join(folder, file)));
  if (there.length === 0) {
    const why = reviewed.length > 0 ? 'the recordings of all reviewed sounds are gone' : 'no sound is reviewed yet';
    throw new DatasetError(`${folder}: ${why}; \`spikeword review ${folder}\` says what each sound is`);
  }
  refuseOtherWords(folder, there, { name, labels });
  const all = there.map(({ file, review }): ReviewedSound => {
    const word = review?.said ?? UNKNOWN;
    return { file, word, label: labels.indexOf(word) };
  });
  const words = all.filter(({ word }) => word !== UNKNOWN);
  const falseAccepts = all.filter(({ word }) => word === UNKNOWN);
  if (falseAccepts.length > 0 && !labels.includes(UNKNOWN)) {
    throw new DatasetError(
      `${folder}: ${falseAccepts[0].file} is not a word, but the task ${name} has no ${UNKNOWN}; train a task that has it`,
    );
  }
  const [unreviewed, gone] = [sounds.length - reviewed.length, reviewed.length - there.length];
  return { folder, words, falseAccepts, unreviewed, gone, damaged };
}

/** The words of a folder may be those of another model, and a training would not notice. */
function refuseOtherWords(folder: string, sounds: readonly KeptSound[], { name, labels }: Omit<Task, 'live'>): void {
  const said = sounds.flatMap(({ word, review }) => [word, ...(review?.said ? [review.said] : [])]);
  const others = [...new Set(said)].filter((word) => !labels.includes(word));
  if (others.length === 0) return;
  throw new DatasetError(
    `${folder}: was kept by a model with words that the task ${name} does not have: ${others.join(' ')}; train a task with these words, or keep the sounds of each model in a folder of its own`,
  );
}

/**
 * Returns the sounds as further examples for training: false accepts of `_unknown_`, and sounds of words of their word.
 * Each of the two has about `weight` times as many examples as the task has of its words. Every sound is used at least
 * once and at most 20 times in an epoch, augmented differently each time.
 *
 * @param words number of examples of the task's words
 */
export function mistakeExamples(mistakes: readonly Mistakes[], words: number, weight: number): Example[] {
  const examplesOf = (kind: 'words' | 'falseAccepts'): Example[] => {
    const sounds = mistakes.flatMap((one) => one[kind].map((sound) => ({ ...sound, folder: one.folder })));
    const repeats = Math.max(1, Math.min(MOST_REPEATS, Math.round((words * weight) / sounds.length)));
    return sounds.flatMap(({ folder, file, label, word }) => {
      const example: Example = { label, name: `${word}/${file}`, clip: null, noise: null, kept: join(folder, file) };
      return new Array<Example>(repeats).fill(example);
    });
  };
  return [...examplesOf('words'), ...examplesOf('falseAccepts')];
}

/** Returns the SHA-256, hexadecimal, of the reviewed recordings and what was said in each. */
export function mistakesDigest({ folder, words, falseAccepts }: Mistakes): string {
  const hash = createHash('sha256');
  for (const { file, word } of [...words, ...falseAccepts]) {
    const content = createHash('sha256')
      .update(readFileSync(join(folder, file)))
      .digest('hex');
    hash.update(`${file} ${word} ${content}\n`);
  }
  return hash.digest('hex');
}
