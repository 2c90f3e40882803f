import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatasetError, writeFileAtomically } from '../system/index.js';
import type { ClipFile, Dataset } from './recordings.js';
import type { Split } from './split.js';

/** The lists of the official archive: one clip a line; what stands in neither is for training. */
const LISTS = { validation: 'validation_list.txt', testing: 'testing_list.txt' } as const;

/**
 * The clips that the folder's lists put into validation and testing.
 *
 * @returns null where the folder has no lists
 * @throws DatasetError if only one list is there or readable, or a clip stands in both
 */
export function readSplitLists(root: string): ReadonlyMap<string, Split> | null {
  const present = Object.values(LISTS).filter((file) => existsSync(join(root, file)));
  if (present.length === 0) return null;
  if (present.length === 1) {
    const missing = Object.values(LISTS).find((file) => !present.includes(file));
    throw new DatasetError(`${root}: ${present[0]} without ${missing}; add it, or remove both to split by speaker`);
  }
  const splits = new Map<string, Split>();
  for (const split of ['validation', 'testing'] as const) {
    for (const line of readList(join(root, LISTS[split])).split('\n')) {
      const clip = line.trim();
      if (clip === '') continue;
      if ((splits.get(clip) ?? split) !== split) {
        throw new DatasetError(`${root}: ${clip} stands in ${LISTS.validation} and in ${LISTS.testing}`);
      }
      splits.set(clip, split);
    }
  }
  return splits;
}

function readList(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new DatasetError(`${path}: cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** The text of a list: the clips of one split, in order, one a line. */
export function splitList(clips: readonly ClipFile[], split: Split): string {
  return clips
    .filter((clip) => clip.split === split)
    .map((clip) => `${clip.path}\n`)
    .join('');
}

/**
 * Writes both lists into a dataset's folder.
 *
 * @param replace whether lists that are there are replaced
 * @returns their paths
 * @throws DatasetError if lists are there and shall not be replaced; WriteError if the folder cannot be written to
 */
export function writeSplitLists(dataset: Dataset, replace: boolean): string[] {
  const { root, clips } = dataset;
  const present = Object.values(LISTS).find((file) => existsSync(join(root, file)));
  if (present !== undefined && !replace) {
    throw new DatasetError(`${root}: has ${present} already (use --force to replace it)`);
  }
  return (['validation', 'testing'] as const).map((split) => {
    const path = join(root, LISTS[split]);
    writeFileAtomically(path, splitList(clips, split));
    return path;
  });
}
