import { readFileSync, statSync } from 'node:fs';
import { basename, join, normalize, resolve } from 'node:path';
import { SPLITS, type Split } from '../../core/dataset/index.js';
import { DatasetError } from '../../system/index.js';
import { folders, recordingsBelow, recordingsIn, visible } from '../dataset.js';

/** A recording in which no keyword is said. */
export interface AmbientFile {
  /** 'validation/music/source/song.wav': relative to the folder, separated by '/'. */
  readonly path: string;
  /** What it is a recording of: 'speech', 'music', 'noise', 'words', or the name of any other folder. */
  readonly kind: string;
}

/** A folder of recordings without keywords: SPLIT/KIND/…/FILE, KIND/…/FILE, or just recordings. */
export interface AmbientFolder {
  readonly root: string;
  /** Null if the folder is not divided into splits; its recordings then belong to every split. */
  readonly split: Split | null;
  /** By kind, then by path. */
  readonly files: readonly AmbientFile[];
  /** Number of recordings that the list of exceptions left out. */
  readonly excepted: number;
}

export interface AmbientFolderOptions {
  readonly split: Split;
  /** A text file with the paths of recordings to leave out, one a line, relative to the folder; # begins a comment. */
  readonly except?: string;
}

/** The kinds that reports show first. */
const FIRST_KINDS = ['speech', 'music', 'noise', 'words'];

/**
 * Lists the recordings of a folder without reading them. A folder with subfolders named after splits is divided into
 * splits. The folders below are the kinds of sound; recordings beside them are of a kind with the name of their own
 * folder.
 *
 * @throws DatasetError if the folder cannot be listed, does not have the split, or has no recording, or if the list of
 *   exceptions cannot be read or names a file that does not exist
 */
export function openAmbientFolder(root: string, { split, except }: AmbientFolderOptions): AmbientFolder {
  const splits = SPLITS.filter((name) => folders(root).includes(name));
  if (splits.length > 0 && !splits.includes(split)) {
    throw new DatasetError(`${root}: has no ${split} folder, only ${splits.join(', ')}`);
  }
  const top = splits.length > 0 ? split : '';
  const all = [
    ...recordingsIn(root, top).map((path) => ({ path, kind: basename(resolve(root, top)) })),
    ...visible(folders(join(root, top))).flatMap((kind) =>
      recordingsBelow(root, below(top, kind)).map((path) => ({ path, kind })),
    ),
  ];
  if (all.length === 0) {
    throw new DatasetError(
      `${join(root, top)}: contains no recordings; expected a folder for each kind of sound, such as speech, music and noise`,
    );
  }
  const exceptions = except === undefined ? new Set() : readExceptions(root, except);
  const files = all.filter(({ path }) => !exceptions.has(path));
  if (files.length === 0) throw new DatasetError(`${except}: leaves out every recording in ${join(root, top)}`);
  files.sort((a, b) => order(a.kind, b.kind) || order(a.path, b.path));
  return { root, split: splits.length > 0 ? split : null, files, excepted: all.length - files.length };
}

/** Whether a folder is divided into splits and has this one. */
export function hasSplit(root: string, split: Split): boolean {
  return folders(root).includes(split);
}

const below = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);

/** Compares two kinds, or two paths: the well-known kinds come first. */
function order(a: string, b: string): number {
  const place = (name: string): number =>
    (FIRST_KINDS.indexOf(name) + FIRST_KINDS.length + 1) % (FIRST_KINDS.length + 1);
  return place(a) - place(b) || (a < b ? -1 : a > b ? 1 : 0);
}

function readExceptions(root: string, list: string): Set<string> {
  let text: string;
  try {
    text = readFileSync(list, 'utf8');
  } catch (cause) {
    throw new DatasetError(`${list}: cannot be read: ${(cause as Error).message}`, { cause });
  }
  const exceptions = new Set<string>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const path = line.trim().replace(/(^|\s+)#.*$/, '');
    if (path === '') continue;
    // A name that is not found would otherwise leave nothing out, and nobody would notice.
    if (statSync(join(root, path), { throwIfNoEntry: false })?.isFile() !== true) {
      throw new DatasetError(`${list}: line ${index + 1}: ${root} has no file ${path}`);
    }
    exceptions.add(normalize(path).replaceAll('\\', '/'));
  }
  return exceptions;
}
