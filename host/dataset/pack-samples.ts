import { createHash } from 'node:crypto';
import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { crc32 } from 'node:zlib';
import { readRecording } from '../audio/index.js';
import { CLIP_SAMPLES, clipOf } from '../core/audio/index.js';
import { cacheFolder } from '../system/index.js';
import { fileOf } from './dataset.js';
import type { Example } from './examples.js';
import { writePack } from './pack-file.js';
import type { Dataset } from './recordings.js';
import { CLIP_BYTES, SamplePack } from './sample-pack.js';

export interface PackOptions {
  readonly resample?: boolean;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Must be raised whenever the same recordings give other bytes. */
const VERSION = 2;
/** Recordings that are read at the same time, so that reading and decoding overlap. */
const READ_AHEAD = 8;

/**
 * Decodes examples into one file of one-second clips: longer ones are cut around their word, shorter ones padded with
 * zeros. The file is kept in the cache under a key of the paths, sizes and change times of the recordings. Before it is
 * used again, its clips are checked by CRC-32; if one is damaged, the file is built again.
 *
 * @throws RecordingError if a recording cannot be decoded; DatasetError if the cache cannot be written
 */
export async function packSamples(
  dataset: Dataset,
  examples: readonly Example[],
  options: PackOptions = {},
): Promise<SamplePack> {
  const path = join(cacheFolder(), 'samples', `${packKey(dataset, examples, options.resample === true)}.i16`);
  if (!isIntact(path, examples.length)) await build(path, dataset, examples, options);
  return SamplePack.open({
    path,
    count: examples.length,
    labels: Int32Array.from(examples, (example) => example.label),
    names: examples.map((example) => example.name),
  });
}

function packKey(dataset: Dataset, examples: readonly Example[], resample: boolean): string {
  const hash = createHash('sha256').update(JSON.stringify([VERSION, resolve(dataset.root), resample]));
  const noise = new Map<string, string>();
  const stamp = (path: string, file = fileOf(dataset, path)): string => {
    // ctime as well as mtime, because tools that copy files set mtime back.
    const { size, mtimeMs, ctimeMs } = statSync(file);
    return `${path} ${size} ${mtimeMs} ${ctimeMs}`;
  };
  for (const example of examples) {
    if (example.clip !== null) hash.update(`${stamp(example.clip.path)}\n`);
    if (example.kept !== undefined) hash.update(`${stamp(resolve(example.kept), example.kept)}\n`);
    if (example.noise !== null) {
      const { file, offset, gain } = example.noise;
      if (!noise.has(file)) noise.set(file, stamp(file));
      hash.update(`${noise.get(file)} ${offset} ${gain}\n`);
    }
  }
  return hash.digest('hex').slice(0, 40);
}

/** Whether the file exists, complete and undamaged. It is [example][sample] int16, then [example] CRC-32. */
function isIntact(path: string, count: number): boolean {
  if (!existsSync(path)) return false;
  const { size } = statSync(path);
  if (size !== count * (CLIP_BYTES + 4)) return false;
  const file = openSync(path, 'r');
  try {
    const expected = new Uint32Array(count);
    const clip = new Uint8Array(CLIP_BYTES);
    readSync(file, new Uint8Array(expected.buffer), 0, count * 4, count * CLIP_BYTES);
    for (let k = 0; k < count; k++) {
      if (readSync(file, clip, 0, CLIP_BYTES, k * CLIP_BYTES) !== CLIP_BYTES) return false;
      if (crc32(clip) !== expected[k]) return false;
    }
    return fstatSync(file).size === size;
  } finally {
    closeSync(file);
  }
}

async function build(
  path: string,
  dataset: Dataset,
  examples: readonly Example[],
  { resample, onProgress }: PackOptions,
): Promise<void> {
  const noises = new Map<string, Promise<Int16Array>>();
  const load = (example: Example): Promise<Int16Array> => exampleSamples(dataset, example, noises, resample === true);
  const checksums = new Uint32Array(examples.length);
  await writePack(path, async (append) => {
    for (let start = 0; start < examples.length; start += READ_AHEAD) {
      const batch = await Promise.all(examples.slice(start, start + READ_AHEAD).map(load));
      for (const [k, samples] of batch.entries()) {
        const bytes = new Uint8Array(samples.buffer, samples.byteOffset, CLIP_BYTES);
        checksums[start + k] = crc32(bytes);
        append(bytes);
      }
      onProgress?.(start + batch.length, examples.length);
    }
    append(new Uint8Array(checksums.buffer));
  });
}

/** Returns one second of an example: the clip around its word, or the noise from its offset with its gain. */
async function exampleSamples(
  dataset: Dataset,
  { clip, noise, kept }: Example,
  noises: Map<string, Promise<Int16Array>>,
  resample: boolean,
): Promise<Int16Array> {
  const file = clip === null ? kept : fileOf(dataset, clip.path);
  if (file !== undefined) return clipOf(await readRecording(file, { resample }));
  const second = new Int16Array(CLIP_SAMPLES);
  if (noise !== null) {
    const reading = noises.get(noise.file) ?? readRecording(fileOf(dataset, noise.file), { resample });
    noises.set(noise.file, reading);
    const samples = (await reading).subarray(noise.offset, noise.offset + CLIP_SAMPLES);
    for (let k = 0; k < samples.length; k++) second[k] = Math.round(samples[k] * noise.gain);
  }
  return second;
}
