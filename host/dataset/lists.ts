import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Split } from '../core/dataset/index.js';
import { DatasetError, writeFileAtomically } from '../system/index.js';
import { allClips, type ClipFile, type Dataset, type UnmatchedLine } from './recordings.js';

/** The lists of the official archive: one clip per line. Clips that are in neither list are for training. */
const LISTS = { validation: 'validation_list.txt', testing: 'testing_list.txt' } as const;

/** Which clips of a folder its lists put into validation and testing. */
export interface SplitLists {
  /** By the path of the clip. */
  readonly splits: ReadonlyMap<string, Split>;
  readonly unmatched: readonly UnmatchedLine[];
}

/**
 * Reads which of these clips the lists of a folder put into validation and testing. A line may be written as other
 * programs write it: with `\`, `./`, an absolute path, quotes, another Unicode form, in UTF-16.
 *
 * @param paths all clips of the folder, as in `ClipFile.path`
 * @returns null if the folder has no lists
 * @throws DatasetError if one of the two lists is missing or unreadable, if a list has lines but none names a clip, if
 *   a line names a clip only in another case or with another ending, or if a clip is in both lists
 */
export function readSplitLists(root: string, paths: readonly string[]): SplitLists | null {
  if (!hasSplitLists(root)) return null;
  const names = new Map(paths.map((path) => [path.normalize(), path]));
  const splits = new Map<string, Split>();
  const unmatched: UnmatchedLine[] = [];
  for (const split of ['validation', 'testing'] as const) {
    const list = LISTS[split];
    const lines = readList(join(root, list));
    let matched = 0;
    for (const line of lines) {
      const clip = findClip(line, names);
      if (clip === undefined) {
        unmatched.push({ list, line });
        continue;
      }
      matched++;
      if ((splits.get(clip) ?? split) !== split) {
        throw new DatasetError(
          `${root}: ${clip} is in ${LISTS.validation} and in ${LISTS.testing}; remove it from one of them`,
        );
      }
      splits.set(clip, split);
    }
    if (lines.length > 0 && matched === 0) refuseList(root, list, lines);
  }
  refuseOtherName(root, names, unmatched);
  return { splits, unmatched };
}

/** Whether lists decide the splits of a folder. Throws `DatasetError` if one of the two is missing. */
export function hasSplitLists(root: string): boolean {
  const present = Object.values(LISTS).filter((file) => existsSync(join(root, file)));
  if (present.length === 1) {
    const missing = Object.values(LISTS).find((file) => !present.includes(file));
    throw new DatasetError(
      `${root}: has ${present[0]} but no ${missing}; add ${missing}, or remove ${present[0]} to split by speaker`,
    );
  }
  return present.length > 0;
}

const lineForm = (line: string): string => line.normalize().replaceAll('\\', '/');

/** Returns the clip that a line names: its last two parts, because a path may begin anywhere. */
function findClip(line: string, names: ReadonlyMap<string, string>): string | undefined {
  const parts = lineForm(line)
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  // three parts: the folder of a speaker within that of a word
  return [3, 2].map((count) => names.get(parts.slice(-count).join('/'))).find((clip) => clip !== undefined);
}

function refuseList(root: string, list: string, lines: readonly string[]): never {
  throw new DatasetError(
    `${root}: ${list} has ${lines.length} lines, but none names a clip in the folder, for example ${lines[0]}; ` +
      'expected WORD/FILE.wav. Correct it, or replace both lists with `spikeword dataset split --force`',
  );
}

/** A line in another case than its file, or with another ending, would put that file into training. */
function refuseOtherName(root: string, names: ReadonlyMap<string, string>, unmatched: readonly UnmatchedLine[]): void {
  if (unmatched.length === 0) return;
  const plain = (name: string): string => name.toLowerCase().replace(/\.[^./\\]*$/, '');
  const similar = new Map([...names].map(([name, path]) => [plain(name), path]));
  for (const { list, line } of unmatched) {
    const clip = findClip(plain(line), similar);
    if (clip !== undefined) throw new DatasetError(`${root}: ${list} names ${line}, but the file is ${clip}`);
  }
}

/** Returns the lines of a list that are not empty, without quotes around them. */
function readList(path: string): string[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new DatasetError(`${path}: cannot be read: ${(cause as Error).message}`, { cause });
  }
  return textOf(bytes)
    .split(/[\r\n]+/)
    .map((line) => line.trim().replace(/^(["'])(.*)\1$/, '$2'))
    .filter((line) => line !== '');
}

/** Decodes text in UTF-8, or in UTF-16 if its byte-order mark or its zeros say so. */
function textOf(bytes: Buffer): string {
  const encoding =
    (bytes[0] === 0xfe && bytes[1] === 0xff) || (bytes[0] === 0 && bytes[1] !== 0)
      ? 'utf-16be'
      : (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] !== 0 && bytes[1] === 0)
        ? 'utf-16le'
        : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
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
  const { root } = dataset;
  const clips = allClips(dataset);
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
