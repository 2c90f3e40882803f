import { basename } from 'node:path';
import { UsageError } from '../core/error.js';

/** Speech Commands puts this between the speaker and the number of the take. */
const MARK = '_nohash_';

/**
 * Returns the speaker of a clip: what the pattern finds in its name, the name up to `_nohash_`, or the folder of the
 * speaker. Otherwise the speaker is not known, and is the whole name, without its ending.
 *
 * @param path relative to the folder of the dataset
 * @param folder the folder of the speaker within that of the word; null if the clip is directly in that of the word
 */
export function speakerOf(
  path: string,
  folder: string | null,
  pattern?: RegExp,
): { readonly speaker: string; readonly known: boolean } {
  const name = basename(path);
  const match = pattern === undefined ? null : pattern.exec(name);
  if (match !== null) return { speaker: match[1] ?? match[0], known: true };
  const mark = name.indexOf(MARK);
  if (mark > 0) return { speaker: name.slice(0, mark), known: true };
  if (folder !== null) return { speaker: folder, known: true };
  return { speaker: name.replace(/\.[^.]*$/, ''), known: false };
}

/** Returns the regular expression in the text of an option; throws `UsageError` if it is not one. */
export function speakerPattern(text: string): RegExp {
  try {
    return new RegExp(text, 'u');
  } catch (cause) {
    throw new UsageError(`--speaker-pattern ${text}: ${(cause as Error).message}`, { cause });
  }
}
