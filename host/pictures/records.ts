import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { FeatureParameters } from '../core/features/index.js';
import type { Evidence } from '../core/statistics/index.js';
import { DatasetError } from '../system/index.js';
import { COLOURS, type PictureTask, pictureTask, SIDE } from './tasks.js';

const PIXELS = SIDE * SIDE;
/** Features of a picture: its bytes. */
export const PICTURE_SIZE = PIXELS * COLOURS;
/** One of so many pictures for training is held back for validation, because the published split has none. */
const VALIDATION_EVERY = 10;
/** What makes a byte of a pixel an int8. */
const MIDDLE = 128;

/** Pictures as the features that a network reads. */
export interface Pictures {
  /** int8 in shared memory, [picture][row][column][colour]: the bytes of the pixels less 128. */
  readonly features: Int8Array;
  /** [picture], indices in the labels of the task. */
  readonly labels: Int32Array;
  /** [picture]: the file and the number of the record, from 0. */
  readonly names: readonly string[];
}

/** A folder of pictures, without its path, and the pictures of its splits. */
export interface PictureFolder {
  readonly name: string;
  /** SHA-256 of all files, hexadecimal. */
  readonly digest: string;
  readonly training: Pictures;
  readonly validation: Pictures;
  readonly testing: Pictures;
}

/** What a model of pictures says of its features: they are the bytes of pixels, which no front end has scaled. */
export const PLAIN_FEATURES: FeatureParameters = {
  frames: SIDE,
  mean: new Array<number>(SIDE).fill(0),
  multiplier: new Array<number>(SIDE).fill(1),
};

/** Returns what is behind the figures on pictures. */
export function evidenceOfPictures(names: readonly string[], { labels }: Pictures): Evidence {
  const present = new Set(labels);
  return {
    voices: { clips: labels.length, speakers: 0 },
    missingWords: names.filter((_, label) => !present.has(label)),
  };
}

/** Returns `count` of the pictures at even distances; default all. */
export function somePictures(pictures: Pictures, count = pictures.labels.length): Pictures {
  const { features, labels, names } = pictures;
  const all = labels.length;
  if (count >= all) return pictures;
  const chosen = Array.from({ length: count }, (_, k) => Math.floor((k * all) / count));
  const some = new Int8Array(new SharedArrayBuffer(count * PICTURE_SIZE));
  chosen.forEach((picture, k) => {
    some.set(features.subarray(picture * PICTURE_SIZE, (picture + 1) * PICTURE_SIZE), k * PICTURE_SIZE);
  });
  return { features: some, labels: Int32Array.from(chosen, (k) => labels[k]), names: chosen.map((k) => names[k]) };
}

interface Record {
  readonly name: string;
  readonly label: number;
  /** The bytes of the pixels: all red ones, row by row, then the green and the blue ones. */
  readonly pixels: Uint8Array;
}

/**
 * Reads a folder of pictures in the binary layout that the authors of CIFAR publish. A record is the label (for
 * CIFAR-100 one of twenty groups, which is not used, and then one of a hundred labels) and 3072 bytes of pixels. Every
 * tenth picture for training is one for validation. The files may have any number of records.
 *
 * @param name of the task, from `PICTURE_TASKS`
 * @throws DatasetError naming the file that is missing, is not made of whole records, or has a label out of range
 */
export function openPictures(root: string, name: string): PictureFolder {
  const task = pictureTask(name) as PictureTask;
  checkNames(root, name, task);
  const hash = createHash('sha256');
  const read = (files: readonly string[]): Record[] =>
    files.flatMap((file) => {
      const bytes = readFile(root, name, file);
      hash.update(bytes);
      return recordsOf(bytes, join(root, file), task);
    });
  const training = read(task.files.training);
  const testing = read(task.files.testing);
  const isValidation = (k: number): boolean => k % VALIDATION_EVERY === VALIDATION_EVERY - 1;
  return {
    name: basename(resolve(root)),
    digest: hash.digest('hex'),
    training: picturesOf(training.filter((_, k) => !isValidation(k))),
    validation: picturesOf(training.filter((_, k) => isValidation(k))),
    testing: picturesOf(testing),
  };
}

function readFile(root: string, name: string, file: string): Uint8Array {
  const path = join(root, file);
  if (!existsSync(path)) {
    const other = existsSync(path.replace(/\.bin$/, ''));
    const reason = other ? '; this is the version for Python, and the binary version is needed' : '';
    throw new DatasetError(`${path}: is missing; ${name} needs its binary version${reason}`);
  }
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new DatasetError(`${path}: cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** Refuses a folder whose list of labels is another one. */
function checkNames(root: string, name: string, { names, labels }: PictureTask): void {
  const path = join(root, names);
  if (!existsSync(path)) return;
  const found = readFileSync(path, 'utf8').split(/\s+/).filter(Boolean);
  const other = found.findIndex((label, k) => label !== labels[k]);
  if (other < 0 && found.length === labels.length) return;
  const what = other < 0 ? `${found.length} labels, expected ${labels.length}` : `label ${other} is ${found[other]}`;
  throw new DatasetError(
    `${path}: not the labels of ${name}: ${what}${other < 0 ? '' : `, expected ${labels[other]}`}`,
  );
}

function recordsOf(bytes: Uint8Array, path: string, { labelBytes, labels }: PictureTask): Record[] {
  const size = labelBytes + PICTURE_SIZE;
  if (bytes.length === 0 || bytes.length % size !== 0) {
    throw new DatasetError(`${path}: ${bytes.length} bytes, expected whole records of ${size} bytes`);
  }
  return Array.from({ length: bytes.length / size }, (_, k) => {
    const label = bytes[k * size + labelBytes - 1];
    if (label >= labels.length) {
      throw new DatasetError(`${path}: record ${k} has label ${label}, expected 0 to ${labels.length - 1}`);
    }
    return { name: `${basename(path)} ${k}`, label, pixels: bytes.subarray(k * size + labelBytes, (k + 1) * size) };
  });
}

function picturesOf(records: readonly Record[]): Pictures {
  const features = new Int8Array(new SharedArrayBuffer(records.length * PICTURE_SIZE));
  records.forEach(({ pixels }, k) => {
    const own = features.subarray(k * PICTURE_SIZE, (k + 1) * PICTURE_SIZE);
    for (let colour = 0; colour < COLOURS; colour++) {
      for (let at = 0; at < PIXELS; at++) own[at * COLOURS + colour] = pixels[colour * PIXELS + at] - MIDDLE;
    }
  });
  return {
    features,
    labels: Int32Array.from(records, ({ label }) => label),
    names: records.map(({ name }) => name),
  };
}
