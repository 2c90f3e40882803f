import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { DatasetError } from '../../system/index.js';
import { folders, waveFiles } from '../dataset.js';

/** The kinds of ambient sound: continuous speech, isolated words, and sound without words. */
export const AMBIENT_KINDS = ['speech', 'words', 'music', 'noise'] as const;
export type AmbientKind = (typeof AMBIENT_KINDS)[number];

export interface AmbientFile {
  /** 'training/speech/radio/monday.wav': relative to the folder, separated by '/'. */
  readonly path: string;
  readonly kind: AmbientKind;
}

/** A folder of ambient sound, laid out SPLIT/KIND/SOURCE/….wav. Training uses only the split `training`. */
export interface AmbientFolder {
  readonly root: string;
  /** The recordings for training, sorted by path. */
  readonly files: readonly AmbientFile[];
}

const TRAINING = 'training';

/**
 * Lists the recordings for training in a folder of ambient sound, without reading any. Links are followed.
 *
 * @throws DatasetError if the folder cannot be listed, has no part for training, an unknown kind, or no recording
 */
export function openAmbient(root: string): AmbientFolder {
  const layout = `expected ${TRAINING}/KIND/SOURCE/….wav, where KIND is ${AMBIENT_KINDS.join(', ')}`;
  if (!folders(root).includes(TRAINING)) throw new DatasetError(`${root}: has no folder ${TRAINING}; ${layout}`);
  const kinds = folders(join(root, TRAINING)).filter((name) => !name.startsWith('.'));
  const unknown = kinds.find((name) => !AMBIENT_KINDS.includes(name as AmbientKind));
  if (unknown !== undefined) {
    throw new DatasetError(`${root}: ${TRAINING}/${unknown} is not a kind of ambient sound; ${layout}`);
  }
  const files = AMBIENT_KINDS.filter((kind) => kinds.includes(kind)).flatMap((kind) =>
    filesBelow(root, `${TRAINING}/${kind}`).map((path) => ({ path, kind })),
  );
  if (files.length === 0) throw new DatasetError(`${root}: ${TRAINING} contains no .wav file; ${layout}`);
  return { root, files: files.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

function filesBelow(root: string, folder: string): string[] {
  const inside = folders(join(root, folder)).filter((name) => !name.startsWith('.'));
  return [
    ...waveFiles(join(root, folder)).map((file) => `${folder}/${file}`),
    ...inside.flatMap((name) => filesBelow(root, `${folder}/${name}`)),
  ];
}

/** Returns the name of a folder of ambient sound, without its path. */
export function ambientName({ root }: AmbientFolder): string {
  return basename(resolve(root));
}

/** Returns the SHA-256, hexadecimal, of the path and size of every recording for training. */
export function ambientDigest({ root, files }: AmbientFolder): string {
  const hash = createHash('sha256');
  for (const { path } of files) hash.update(`${path} ${statSync(join(root, path)).size}\n`);
  return hash.digest('hex');
}
