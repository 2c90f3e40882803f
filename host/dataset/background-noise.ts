import { readFileSync } from 'node:fs';
import { type ReadOptions, readRecording } from '../audio/index.js';
import { SAMPLE_RATE_HZ } from '../core/audio/index.js';
import type { Split } from '../core/dataset/index.js';
import { RecordingError } from '../core/error.js';
import { checkWav } from '../core/wav/index.js';
import { fileOf } from './dataset.js';
import { noiseStretch } from './noise-split.js';
import type { Dataset } from './recordings.js';

/** Reads every recording of background noise, int16, 16 kHz, in the order of the dataset; seconds to minutes each. */
export function loadBackgroundNoise(dataset: Dataset, options: ReadOptions = {}): Promise<Int16Array[]> {
  return Promise.all(dataset.backgroundNoise.map((path) => readRecording(fileOf(dataset, path), options)));
}

/**
 * Reads the noise of a split: the stretch of each background-noise recording that belongs to it, so that no second is
 * in two splits, and its clips of `_silence_`.
 */
export async function loadNoiseOfSplit(
  dataset: Dataset,
  split: Split,
  options: ReadOptions = {},
): Promise<Int16Array[]> {
  const noises = await loadBackgroundNoise(dataset, options);
  const own = dataset.silence.filter((clip) => clip.split === split);
  const silence = await Promise.all(own.map(({ path }) => readRecording(fileOf(dataset, path), options)));
  return [...noises.map((noise) => noise.slice(...noiseStretch(noise.length, split))), ...silence.map(lengthened)];
}

/** Longer than a window of any network. */
const LONG_ENOUGH = 3 * SAMPLE_RATE_HZ;

/** Repeats a short recording, every second time backwards, so that it does not click. */
function lengthened(recording: Int16Array): Int16Array {
  if (recording.length >= LONG_ENOUGH) return recording;
  const both = new Int16Array(2 * recording.length);
  both.set(recording);
  both.set(recording.slice().reverse(), recording.length);
  const long = new Int16Array(Math.ceil(LONG_ENOUGH / both.length) * both.length);
  for (let at = 0; at < long.length; at += both.length) long.set(both, at);
  return long;
}

/**
 * Returns the length of a recording in samples at 16 kHz, from its checked header.
 *
 * @throws RecordingError if the file is unreadable or malformed
 */
export function recordingSamples(file: string): number {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new RecordingError(file, `cannot be read: ${(cause as Error).message}`, { cause });
  }
  const { frames, sampleRateHz } = checkWav(bytes, file);
  return Math.floor((frames * SAMPLE_RATE_HZ) / sampleRateHz);
}
