import { DatasetError } from '../system/index.js';
import type { Dataset } from './recordings.js';
import { isWord, resolveTask, SILENCE, type Task, UNKNOWN } from './task.js';

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
    own.length < 2 ? '' : `; to use the words in the folder, give --task ${quoted(own.join(','))}`,
  );
  return task;
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

/** Quotes text for a shell: the name of a word may have a space, such as 'turn on'. */
function quoted(text: string): string {
  return /^[\p{L}\p{N}_,-]*$/u.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
