import { SILENCE, UNKNOWN } from '../core/dataset/index.js';
import { UsageError } from '../core/error.js';
import { PICTURE_TASKS, pictureTask } from '../pictures/index.js';

/** The classes that a network tells apart: the labels, in this order. */
export interface Task {
  readonly name: string;
  readonly labels: readonly string[];
  /** Whether the network will listen to a stream, which changes `_unknown_`, `_silence_` and the training. */
  readonly live?: true;
  /** The labels of a live task, its last ones, that are other words: never detected, but told apart from each other. */
  readonly others?: readonly string[];
  /** Whether the examples are pictures, not recordings. */
  readonly pictures?: true;
}

const COMMANDS = 'yes no up down left right on off stop go';
const NAMED: Readonly<Record<string, string>> = {
  /** The order of TensorFlow's speech_commands example. */
  'gsc-12': `${SILENCE} ${UNKNOWN} ${COMMANDS}`,
  'gsc-17': 'yes no up down left right stop go zero one two three four five bed cat happy',
  'gsc-35':
    'backward bed bird cat dog down eight five follow forward four go happy house learn left marvin nine no off on ' +
    'one right seven sheila six stop three tree two up visual wow yes zero',
};

/**
 * `live:lamp,music` has these words, `_unknown_` and `_silence_`, for a network that listens to a stream.
 * `live:lamp,music+camp,muse` also has classes for two of the other words.
 */
const LIVE = 'live:';
const NAMED_LIVE: Readonly<Record<string, string>> = { commands: COMMANDS.replaceAll(' ', ',') };

/**
 * Returns the task of this name, or of this list of words.
 *
 * @param text 'gsc-12', 'gsc-17', 'gsc-35', 'commands', 'cifar-10' or 'cifar-100', or words separated by commas, which
 *   may include _silence_ and _unknown_, or 'live:' and the words of a stream separated by commas, with '+' before
 *   other words that get classes of their own
 * @throws UsageError if it is none of these
 */
export function resolveTask(text: string): Task {
  if (Object.hasOwn(NAMED, text)) return { name: text, labels: NAMED[text].split(' ') };
  if (Object.hasOwn(NAMED_LIVE, text)) return { ...liveTask(text, NAMED_LIVE[text]), name: text };
  const pictures = pictureTask(text);
  if (pictures !== undefined) return { name: text, labels: pictures.labels, pictures: true };
  if (text.startsWith(LIVE)) return liveTask(text, text.slice(LIVE.length));
  const labels = text.split(',').map((label) => label.trim());
  if (labels.length < 2) {
    const names = [...Object.keys(NAMED), ...Object.keys(NAMED_LIVE), ...PICTURE_TASKS].join(', ');
    throw new UsageError(`task '${text}': expected ${names}, ${LIVE}WORDS, or at least two words separated by commas`);
  }
  checkLabels(text, labels);
  return { name: labels.join(','), labels };
}

/**
 * Returns the task that a network was trained for, from its name and the network's labels. A named task that listens
 * may have had other words when the network was trained, so its labels decide.
 *
 * @throws UsageError as `resolveTask`
 */
export function trainedTask(name: string, labels: readonly string[]): Task {
  const task = resolveTask(name);
  if (!Object.hasOwn(NAMED_LIVE, name) || task.labels.join() === labels.join()) return task;
  return liveTask(name, labels.filter((label) => label !== UNKNOWN && label !== SILENCE).join());
}

/** Returns a task with one class for all other words, which is how its answers count. */
export function withOneOther(task: Task): Task {
  const { name, labels, others } = task;
  if (others === undefined) return task;
  return { name: name.slice(0, name.indexOf('+')), labels: labels.slice(0, -others.length), live: true };
}

function liveTask(text: string, list: string): Task {
  const [words, ...further] = list.split('+').map((part) => part.split(',').map((word) => word.trim()));
  const others = further.flat();
  const labels = [...words, UNKNOWN, SILENCE, ...others];
  checkLabels(text, labels);
  const name = LIVE + words.join(',');
  return others.length === 0
    ? { name, labels, live: true }
    : { name: `${name}+${others.join(',')}`, labels, live: true, others };
}

/** Whether a label is a word that a live task is to detect: they come first. */
export function isDetected({ labels }: Task, label: number): boolean {
  return label < labels.indexOf(UNKNOWN);
}

function checkLabels(text: string, labels: readonly string[]): void {
  for (const [k, label] of labels.entries()) {
    const special = label === SILENCE || label === UNKNOWN;
    if (!special && !isWord(label)) {
      throw new UsageError(`task '${text}': '${label}' is not a word, ${SILENCE} or ${UNKNOWN}`);
    }
    if (labels.indexOf(label) !== k) throw new UsageError(`task '${text}': has '${label}' twice`);
  }
  if (labels.every((label) => label === SILENCE || label === UNKNOWN)) {
    throw new UsageError(`task '${text}': has no word to recognise`);
  }
}

/** Whether a folder of this name can be a word of a task. */
export function isWord(label: string): boolean {
  return label === label.trim() && /^[\p{L}\p{N}][^/\\,]*$/u.test(label);
}
