import { readFileSync } from 'node:fs';
import { readWav, type WavOptions } from '../audio/index.js';
import { SAMPLE_RATE_HZ } from '../core/audio/index.js';
import { WavError } from '../core/error.js';
import { checkWav } from '../core/wav/index.js';
import { fileOf } from './dataset.js';
import { noiseStretch } from './noise-split.js';
import type { Dataset } from './recordings.js';
import type { Split } from './split.js';

/** Reads every recording of background noise, int16, 16 kHz, in the order of the dataset; seconds to minutes each. */
export function loadBackgroundNoise(dataset: Dataset, options: WavOptions = {}): Promise<Int16Array[]> {
  return Promise.all(dataset.backgroundNoise.map((path) => readWav(fileOf(dataset, path), options)));
}

/** Reads the stretch of each background-noise recording that belongs to a split; no second is in two splits. */
export async function loadNoiseOfSplit(
  dataset: Dataset,
  split: Split,
  options: WavOptions = {},
): Promise<Int16Array[]> {
  const noises = await loadBackgroundNoise(dataset, options);
  return noises.map((noise) => noise.slice(...noiseStretch(noise.length, split)));
}

/**
 * Returns the length of a recording in samples at 16 kHz, from its checked header.
 *
 * @throws WavError if the file is unreadable or malformed
 */
export function recordingSamples(file: string): number {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new WavError(file, `cannot be read: ${(cause as Error).message}`, { cause });
  }
  const { frames, sampleRateHz } = checkWav(bytes, file);
  return Math.floor((frames * SAMPLE_RATE_HZ) / sampleRateHz);
}
