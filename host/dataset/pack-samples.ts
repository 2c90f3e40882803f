import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readWav } from '../audio/index.js';
import { CLIP_SAMPLES } from '../core/audio/index.js';
import { cacheFolder } from '../system/index.js';
import { fileOf } from './dataset.js';
import type { Example } from './examples.js';
import { packFile } from './packed-file.js';
import type { Dataset } from './recordings.js';
import { SamplePack } from './sample-pack.js';

export interface PackOptions {
  readonly resample?: boolean;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Must be raised whenever the same recordings give other bytes. */
const VERSION = 1;

/**
 * Decodes examples into one file of one-second clips, cut or zero-padded at the end. The file is kept in the cache
 * under a key of the paths, sizes and change times of the recordings. Before it is used again, its clips are checked by
 * CRC-32; if one is damaged, the file is built again.
 *
 * @throws WavError if a recording cannot be decoded; DatasetError if the cache cannot be written
 */
export async function packSamples(
  dataset: Dataset,
  examples: readonly Example[],
  options: PackOptions = {},
): Promise<SamplePack> {
  const path = join(cacheFolder(), 'samples', `${packKey(dataset, examples, options.resample === true)}.i16`);
  const noises = new Map<string, Promise<Int16Array>>();
  await packFile(path, {
    lengths: new Uint32Array(examples.length).fill(CLIP_SAMPLES),
    load: (k) => exampleSamples(dataset, examples[k], noises, options.resample === true),
    onProgress: options.onProgress,
  });
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
  const stamp = (path: string): string => {
    // ctime as well as mtime, because tools that copy files set mtime back.
    const { size, mtimeMs, ctimeMs } = statSync(fileOf(dataset, path));
    return `${path} ${size} ${mtimeMs} ${ctimeMs}`;
  };
  for (const example of examples) {
    if (example.clip !== null) hash.update(`${stamp(example.clip.path)}\n`);
    if (example.noise !== null) {
      const { file, offset, gain } = example.noise;
      if (!noise.has(file)) noise.set(file, stamp(file));
      hash.update(`${noise.get(file)} ${offset} ${gain}\n`);
    }
  }
  return hash.digest('hex').slice(0, 40);
}

/** Returns one second of an example: the clip from its beginning, or the noise from its offset with its gain. */
async function exampleSamples(
  dataset: Dataset,
  { clip, noise }: Example,
  noises: Map<string, Promise<Int16Array>>,
  resample: boolean,
): Promise<Int16Array> {
  const second = new Int16Array(CLIP_SAMPLES);
  if (clip !== null) {
    const samples = await readWav(fileOf(dataset, clip.path), { resample });
    second.set(samples.subarray(0, CLIP_SAMPLES));
  }
  if (noise !== null) {
    const reading = noises.get(noise.file) ?? readWav(fileOf(dataset, noise.file), { resample });
    noises.set(noise.file, reading);
    const samples = (await reading).subarray(noise.offset, noise.offset + CLIP_SAMPLES);
    for (let k = 0; k < samples.length; k++) second[k] = Math.round(samples[k] * noise.gain);
  }
  return second;
}
