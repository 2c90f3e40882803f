import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { clipPath, wordFault } from '../../core/dataset/index.js';
import { UsageError } from '../../core/error.js';
import { encodeWav } from '../../core/wav/index.js';
import { writeFileAtomically } from '../../system/index.js';

/** Throws `UsageError` for a word that cannot be the name of a folder of clips. */
export function checkWord(word: string): void {
  const fault = wordFault(word);
  if (fault !== null) throw new UsageError(`word '${word}': ${fault}`);
}

/** Throws `UsageError` for a speaker that cannot be part of a file name. */
export function checkSpeaker(speaker: string): void {
  if (!/^[\p{L}\p{N}-]+$/u.test(speaker)) {
    throw new UsageError(`speaker '${speaker}': expected letters, digits and hyphens; it is part of file names`);
  }
}

/**
 * Writes one clip of a word into the folder of a dataset, whole or not at all: WORD/SPEAKER_nohash_N.wav, where N is
 * one more than the highest existing number. Returns the path. Throws `WriteError`.
 */
export function saveClip(root: string, word: string, speaker: string, samples: Int16Array): string {
  const folder = join(root, word);
  const prefix = `${speaker}_nohash_`;
  const numbers = (existsSync(folder) ? readdirSync(folder) : [])
    .filter((file) => file.startsWith(prefix))
    .map((file) => Number(/_nohash_(\d+)\.wav$/i.exec(file)?.[1] ?? -1));
  const path = join(root, clipPath(word, speaker, Math.max(-1, ...numbers) + 1));
  writeFileAtomically(path, encodeWav(samples));
  return path;
}
