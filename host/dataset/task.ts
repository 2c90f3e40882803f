import { UsageError } from '../error.js';

export const SILENCE = '_silence_';
export const UNKNOWN = '_unknown_';

/** What a network tells apart: its classes are the labels, in this order. */
export interface Task {
  readonly name: string;
  readonly labels: readonly string[];
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
 * The task of this name, or of this list of words.
 *
 * @param text 'gsc-12', 'gsc-17', 'gsc-35', or words separated by commas, with _silence_ and _unknown_ if wanted
 * @throws UsageError if it is neither
 */
export function resolveTask(text: string): Task {
  if (Object.hasOwn(NAMED, text)) return { name: text, labels: NAMED[text].split(' ') };
  const labels = text.split(',').map((label) => label.trim());
  if (labels.length < 2) {
    throw new UsageError(
      `task '${text}': expected ${Object.keys(NAMED).join(', ')}, or at least two words separated by commas`,
    );
  }
  for (const [k, label] of labels.entries()) {
    const special = label === SILENCE || label === UNKNOWN;
    if (!special && !isWord(label)) {
      throw new UsageError(`task '${text}': '${label}' is not a word, ${SILENCE} or ${UNKNOWN}`);
    }
    if (labels.indexOf(label) !== k) throw new UsageError(`task '${text}': '${label}' stands in it twice`);
  }
  if (labels.every((label) => label === SILENCE || label === UNKNOWN)) {
    throw new UsageError(`task '${text}': no word to recognise`);
  }
  return { name: labels.join(','), labels };
}

/** Whether a folder of this name can be a word of a task. */
export function isWord(label: string): boolean {
  return label === label.trim() && /^[\p{L}\p{N}][^/\\,]*$/u.test(label);
}
