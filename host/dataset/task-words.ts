import { SILENCE, UNKNOWN } from '../core/dataset/index.js';
import { shellQuoted } from '../core/text/index.js';
import { DatasetError } from '../system/index.js';
import type { Dataset } from './recordings.js';
import { isWord, resolveTask, type Task } from './task.js';

/**
 * Returns the task of this name, or of this list of words, for a dataset that has its words.
 *
 * @throws UsageError as `resolveTask`; DatasetError if the dataset lacks a word, with the --task for the words it has
 */
export function taskOn(dataset: Dataset, text: string): Task {
  const task = resolveTask(text);
  const own = wordsOf(dataset).filter(isWord);
  // A task has at least two words.
  refuseMissingWords(
    dataset,
    task,
    own.length < 2 ? '' : `; to use the words in the folder, give --task ${shellQuoted(own.join(','))}`,
  );
  return task;
}

/** The task of a dataset that has all of its words. */
const USUAL = 'gsc-17';

/**
 * Returns the task of a dataset for which no task is named: `gsc-17` if it has all of those words, otherwise its own
 * words, with `_unknown_` and `_silence_` if it has recordings of its own for them.
 *
 * @throws DatasetError if it does not have two of these
 */
export function ownTask(dataset: Dataset): string {
  if (missingWords(dataset, resolveTask(USUAL)).length === 0) return USUAL;
  const present = wordsOf(dataset);
  const words = present.filter(isWord);
  const labels = [
    ...words,
    ...(present.includes(UNKNOWN) ? [UNKNOWN] : []),
    ...(dataset.silence.length > 0 ? [SILENCE] : []),
  ];
  if (words.length === 0 || labels.length < 2) {
    throw new DatasetError(
      `${dataset.root}: has clips of ${labels.join(' ') || 'no word'} only; a network tells at least two classes apart: add another word, or ` +
        `other words in a folder ${UNKNOWN}, or choose the classes with --task`,
    );
  }
  return labels.join(',');
}

/** @throws DatasetError if the dataset lacks a word of the task; `advice` is the end of the message */
export function refuseMissingWords(dataset: Dataset, task: Task, advice = ''): void {
  const missing = missingWords(dataset, task);
  if (missing.length === 0) return;
  const has = wordsOf(dataset).join(' ');
  throw new DatasetError(
    `${dataset.root}: the task ${task.name} needs clips of ${missing.join(' ')}, but the folder has only ${has}${advice}`,
  );
}

/** Returns the words of a task that a dataset has no clips of. */
export function missingWords(dataset: Dataset, task: Task): string[] {
  const present = wordsOf(dataset);
  return task.labels.filter((label) => label !== SILENCE && label !== UNKNOWN && !present.includes(label));
}

function wordsOf(dataset: Dataset): string[] {
  return [...new Set(dataset.clips.map((clip) => clip.word))].sort();
}
