import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatasetError, writeFileAtomically } from '../system/index.js';
import type { ClipFile, Dataset } from './recordings.js';
import type { Split } from './split.js';

/** The lists of the official archive: one clip per line. Clips that are in neither list are for training. */
const LISTS = { validation: 'validation_list.txt', testing: 'testing_list.txt' } as const;

/**
 * Reads which clips the lists of a folder put into validation and testing.
 *
 * @returns null if the folder has no lists
 * @throws DatasetError if one of the two lists is missing or unreadable, or a clip is in both
 */
export function readSplitLists(root: string): ReadonlyMap<string, Split> | null {
  const present = Object.values(LISTS).filter((file) => existsSync(join(root, file)));
  if (present.length === 0) return null;
  if (present.length === 1) {
    const missing = Object.values(LISTS).find((file) => !present.includes(file));
    throw new DatasetError(
      `${root}: has ${present[0]} but no ${missing}; add ${missing}, or remove ${present[0]} to split by speaker`,
    );
  }
  const splits = new Map<string, Split>();
  for (const split of ['validation', 'testing'] as const) {
    for (const line of readList(join(root, LISTS[split])).split('\n')) {
      const clip = line.trim();
      if (clip === '') continue;
      if ((splits.get(clip) ?? split) !== split) {
        throw new DatasetError(
          `${root}: ${clip} is in ${LISTS.validation} and in ${LISTS.testing}; remove it from one of them`,
        );
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

/** Returns the text of a list: the clips of one split, in order, one per line. */
export function splitList(clips: readonly ClipFile[], split: Split): string {
  return clips
    .filter((clip) => clip.split === split)
    .map((clip) => `${clip.path}\n`)
    .join('');
}

/**
 * Writes both lists into the folder of a dataset.
 *
 * @param replace whether existing lists are replaced
 * @returns the paths of the lists
 * @throws DatasetError if lists exist and must not be replaced; WriteError if the folder cannot be written to
 */
export function writeSplitLists(dataset: Dataset, replace: boolean): string[] {
  const { root, clips } = dataset;
  const present = Object.values(LISTS).find((file) => existsSync(join(root, file)));
  if (present !== undefined && !replace) {
    throw new DatasetError(`${root}: already has ${present} (use --force to replace it)`);
  }
  return (['validation', 'testing'] as const).map((split) => {
    const path = join(root, LISTS[split]);
    writeFileAtomically(path, splitList(clips, split));
    return path;
  });
}
