import { createHash } from 'node:crypto';
import { type Dirent, readdirSync, type Stats, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { DatasetError } from '../system/index.js';
import { readSplitLists } from './lists.js';
import type { ClipFile, Dataset } from './recordings.js';
import { speakerOf, splitBySpeaker } from './split.js';

/** The folder with recordings of noise instead of a word. */
export const BACKGROUND_NOISE = '_background_noise_';

export interface OpenOptions {
  /** Whether to ignore lists in the folder and split by the speaker hash. */
  readonly ignoreLists?: boolean;
}

/**
 * Lists the clips of a dataset, without reading any recording. The splits come from validation_list.txt and
 * testing_list.txt if the folder has them, otherwise from the hash of the speaker.
 *
 * @throws DatasetError if the folder cannot be listed or has no clip, or if its lists contradict each other
 */
export function openDataset(root: string, options: OpenOptions = {}): Dataset {
  const lists = options.ignoreLists === true ? null : readSplitLists(root);
  const clips: ClipFile[] = [];
  for (const word of wordFolders(root)) {
    for (const file of waveFiles(root, word)) {
      const path = `${word}/${file}`;
      const speaker = speakerOf(file);
      const split = lists === null ? splitBySpeaker(speaker) : (lists.get(path) ?? 'training');
      clips.push({ path, word, speaker, split });
    }
  }
  if (clips.length === 0) {
    throw new DatasetError(
      `${root}: contains no clips; expected one folder per word, named after the word, with .wav files in it`,
    );
  }
  clips.sort((a, b) => (a.path < b.path ? -1 : 1));
  const noise = folders(root).includes(BACKGROUND_NOISE) ? waveFiles(root, BACKGROUND_NOISE) : [];
  return {
    root,
    clips,
    backgroundNoise: noise.map((file) => `${BACKGROUND_NOISE}/${file}`).sort(),
    splitBy: lists === null ? 'speaker hash' : 'lists',
  };
}

/** Returns the absolute path of a file of the dataset. */
export function fileOf(dataset: Dataset, path: string): string {
  return join(dataset.root, ...path.split('/'));
}

/** Returns the name of the dataset's folder, without its path. */
export function datasetName(dataset: Dataset): string {
  return basename(resolve(dataset.root));
}

/** Returns the SHA-256, hexadecimal, of the path and size of every file and the split of every clip. */
export function datasetDigest(dataset: Dataset): string {
  const hash = createHash('sha256');
  const size = (path: string): number => statSync(fileOf(dataset, path)).size;
  for (const { path, split } of dataset.clips) hash.update(`${path} ${size(path)} ${split}\n`);
  for (const path of dataset.backgroundNoise) hash.update(`${path} ${size(path)}\n`);
  return hash.digest('hex');
}

/**
 * Returns the names in a folder whose entry is of a kind. Links are followed; a link that leads nowhere is left out.
 */
function namesOf(folder: string, isKind: (entry: Dirent | Stats) => boolean): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => {
        if (!entry.isSymbolicLink()) return isKind(entry);
        const target = statSync(join(folder, entry.name), { throwIfNoEntry: false });
        return target !== undefined && isKind(target);
      })
      .map((entry) => entry.name);
  } catch (cause) {
    throw new DatasetError(`${folder}: cannot be listed: ${(cause as Error).message}`, { cause });
  }
}

/** Returns the names of the folders in a folder. */
export function folders(root: string): string[] {
  return namesOf(root, (entry) => entry.isDirectory());
}

/** Returns the folders of words. Folders that begin with '_' or '.' contain something else. */
function wordFolders(root: string): string[] {
  return folders(root).filter((folder) => !/^[_.]/.test(folder));
}

/** Returns the names of the recordings in a folder of `root`. */
export function waveFiles(root: string, folder: string): string[] {
  const files = namesOf(join(root, folder), (entry) => entry.isFile());
  return files.filter((file) => /\.wav$/i.test(file) && !file.startsWith('.'));
}
