import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { DatasetError } from '../../system/index.js';
import { type AmbientFolder, openAmbientFolder } from './folder.js';

/** The kinds of ambient sound: continuous speech, isolated words, and sound without words. */
export const AMBIENT_KINDS = ['speech', 'words', 'music', 'noise'] as const;
export type AmbientKind = (typeof AMBIENT_KINDS)[number];

/**
 * Lists the recordings for training in a folder of ambient sound, without reading any. Links are followed.
 *
 * @throws DatasetError as `openAmbientFolder`, and if the folder has no part for training or an unknown kind
 */
export function openAmbient(root: string): AmbientFolder {
  const layout = `expected training/KIND/SOURCE/….wav, where KIND is ${AMBIENT_KINDS.join(', ')}`;
  const folder = openAmbientFolder(root, { split: 'training' });
  if (folder.split === null) throw new DatasetError(`${root}: has no folder training; ${layout}`);
  const unknown = folder.files.find(({ kind }) => !AMBIENT_KINDS.includes(kind as AmbientKind));
  if (unknown !== undefined) {
    throw new DatasetError(`${root}: training/${unknown.kind} is not a kind of ambient sound; ${layout}`);
  }
  return folder;
}

/** Returns the name of a folder of ambient sound, without its path. */
export function ambientName({ root }: AmbientFolder): string {
  return basename(resolve(root));
}

/** Returns the SHA-256, hexadecimal, of the path and size of every recording that is listed. */
export function ambientDigest({ root, files }: AmbientFolder): string {
  const hash = createHash('sha256');
  for (const { path } of files) hash.update(`${path} ${statSync(join(root, path)).size}\n`);
  return hash.digest('hex');
}
