import { createHash } from 'node:crypto';
import { type Dirent, readdirSync, type Stats, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { BACKGROUND_NOISE, byPath, datasetText, SILENCE, UNKNOWN } from '../core/dataset/index.js';
import { CONVERT } from '../core/wav/index.js';
import { DatasetError } from '../system/index.js';
import { readSplitLists } from './lists.js';
import type { ClipFile, Dataset, StrayFile } from './recordings.js';
import { speakerOf } from './speaker.js';
import { splitBySpeaker } from './split.js';

export interface OpenOptions {
  /** Whether to ignore lists in the folder and split by the speaker hash. */
  readonly ignoreLists?: boolean;
  /** Finds the speaker in the name of a file; its first group, or all of it, is the speaker. */
  readonly speakerPattern?: RegExp;
}

/**
 * Lists the clips of a dataset, without reading any recording. The splits come from validation_list.txt and
 * testing_list.txt if the folder has them, otherwise from the hash of the speaker.
 *
 * @throws DatasetError if the folder cannot be listed or has no clip, or if its lists contradict each other or the
 *   folder
 */
export function openDataset(root: string, options: OpenOptions = {}): Dataset {
  const found: FoundFiles = { clips: [], strays: [] };
  for (const word of wordFolders(root)) findClips(root, word, found);
  const loose = recordingsIn(root, '');
  found.strays.push(...loose.map((path) => ({ path, reason: 'is in no folder; expected that of its word' })));
  const paths = found.clips.map(({ path }) => path);
  const lists = options.ignoreLists === true ? null : readSplitLists(root, paths);
  const clips = found.clips.map(({ path, word, folder }): ClipFile => {
    const { speaker, known } = speakerOf(path, folder, options.speakerPattern);
    // A training knows no pattern: without lists, it splits by the names alone.
    const hashed = options.ignoreLists === true ? speaker : speakerOf(path, folder).speaker;
    const split = lists === null ? splitBySpeaker(hashed) : (lists.splits.get(path) ?? 'training');
    return { path, word, speaker, speakerKnown: known, split };
  });
  const words = clips.filter(({ word }) => word !== SILENCE).sort(byPath);
  if (words.length === 0) {
    const left = found.strays.length === 0 ? '' : `; ${found.strays[0].path}: ${found.strays[0].reason}`;
    throw new DatasetError(
      `${root}: contains no clips; expected one folder per word, named after the word, with recordings in it${left}`,
    );
  }
  const noise = folders(root).includes(BACKGROUND_NOISE) ? recordingsIn(root, BACKGROUND_NOISE) : [];
  const other = noise.filter((file) => !isWav(file));
  found.strays.push(
    ...other.map((file) => ({ path: `${BACKGROUND_NOISE}/${file}`, reason: `is not a WAV file; ${CONVERT}` })),
  );
  return {
    root,
    clips: words,
    silence: clips.filter(({ word }) => word === SILENCE).sort(byPath),
    backgroundNoise: noise
      .filter(isWav)
      .map((file) => `${BACKGROUND_NOISE}/${file}`)
      .sort(),
    splitBy: lists === null ? 'speaker hash' : 'lists',
    strays: found.strays.sort(byPath),
    unmatched: lists?.unmatched ?? [],
  };
}

/** What the folders of words contain; `folder` is that of the speaker within that of the word. */
interface FoundFiles {
  readonly clips: { readonly path: string; readonly word: string; readonly folder: string | null }[];
  readonly strays: StrayFile[];
}

/** Finds the clips of a word: in its folder, and one level below, in folders of speakers. */
function findClips(root: string, word: string, { clips, strays }: FoundFiles): void {
  const addFiles = (place: string, folder: string | null): void => {
    for (const file of visible(filesIn(root, place))) {
      const path = `${place}/${file}`;
      if (isRecording(file)) clips.push({ path, word, folder });
      else strays.push({ path, reason: `is not a recording; expected ${RECORDING_KINDS}` });
    }
  };
  addFiles(word, null);
  for (const speaker of visible(folders(join(root, word)))) {
    const place = `${word}/${speaker}`;
    addFiles(place, speaker);
    for (const deeper of visible(folders(join(root, place)))) {
      strays.push(...recordingsBelow(root, `${place}/${deeper}`).map((path) => ({ path, reason: TOO_DEEP })));
    }
  }
}

const TOO_DEEP = 'is too deep; expected WORD/FILE or WORD/SPEAKER/FILE';

/** Returns the paths of all recordings in a folder of `root` and in the folders below it. */
export function recordingsBelow(root: string, folder: string): string[] {
  return [
    ...recordingsIn(root, folder).map((file) => `${folder}/${file}`),
    ...visible(folders(join(root, folder))).flatMap((name) => recordingsBelow(root, `${folder}/${name}`)),
  ];
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
  const { clips, backgroundNoise, silence } = dataset;
  const files = [...clips, ...backgroundNoise.map((path) => ({ path })), ...silence];
  const listed = files.map((file) => ({ ...file, bytes: statSync(fileOf(dataset, file.path)).size }));
  return createHash('sha256').update(datasetText(listed)).digest('hex');
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

/** Returns the names of the files in a folder of `root`. */
function filesIn(root: string, folder: string): string[] {
  return namesOf(join(root, folder), (entry) => entry.isFile());
}

/** Leaves out what systems hide, such as .DS_Store. */
export const visible = (names: readonly string[]): string[] => names.filter((name) => !name.startsWith('.'));

/**
 * Returns the folders of words. Other folders that begin with '_' or '.' contain something else.
 */
function wordFolders(root: string): string[] {
  return folders(root).filter((folder) => folder === UNKNOWN || folder === SILENCE || !/^[_.]/.test(folder));
}

/** The names of files that are recordings, and the same for people. */
const RECORDING = /\.(wav|wave|mp3|flac|ogg|oga|opus|m4a|mp4|aac|webm|wma|amr|3gp|aif|aiff|caf)$/i;
const RECORDING_KINDS = '.wav, .mp3, .flac, .ogg, .opus or .m4a';

/** Noise is drawn by the length in its header, which only WAV files have. */
const isWav = (file: string): boolean => /\.wave?$/i.test(file);
const isRecording = (file: string): boolean => RECORDING.test(file);

/** Returns the names of the recordings in a folder of `root`. */
export function recordingsIn(root: string, folder: string): string[] {
  return visible(filesIn(root, folder)).filter(isRecording);
}
