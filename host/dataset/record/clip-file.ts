import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../core/error.js';
import { encodeWav } from '../../core/wav/index.js';
import { writeFileAtomically } from '../../system/index.js';

/** Throws `UsageError` for what cannot be the name of a folder of clips of one word. */
export function checkWord(word: string): void {
  if (!/^[\p{L}\p{N}][^/\\,]*$/u.test(word)) {
    throw new UsageError(`word '${word}': expected letters and digits; it names a folder`);
  }
}

/** Throws `UsageError` for what cannot be the part of a file name that says who speaks. */
export function checkSpeaker(speaker: string): void {
  if (!/^[\p{L}\p{N}-]+$/u.test(speaker)) {
    throw new UsageError(`speaker '${speaker}': expected letters, digits and hyphens; it is part of file names`);
  }
}

/**
 * Writes one clip of a word into a dataset's folder, whole or not at all, beside those that are there:
 * WORD/SPEAKER_nohash_N.wav with the first N that is free. Returns the path. Throws `WriteError`.
 */
export function saveClip(root: string, word: string, speaker: string, samples: Int16Array): string {
  const folder = join(root, word);
  const prefix = `${speaker}_nohash_`;
  const numbers = (existsSync(folder) ? readdirSync(folder) : [])
    .filter((file) => file.startsWith(prefix))
    .map((file) => Number(/_nohash_(\d+)\.wav$/i.exec(file)?.[1] ?? -1));
  const path = join(folder, `${prefix}${Math.max(-1, ...numbers) + 1}.wav`);
  writeFileAtomically(path, encodeWav(samples));
  return path;
}
