import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readRecording } from '../../host/audio/index.js';
import { CLIP_SAMPLES } from '../../host/core/audio/index.js';
import type { FeatureParameters } from '../../host/core/features/index.js';
import { Random } from '../../host/core/random.js';
import { openDataset } from '../../host/dataset/index.js';
import { packagePath } from '../../host/system/package-files.js';

/** Fitted on the training split of the seventeen words of Speech Commands. */
export const SPEECH_PARAMETERS: FeatureParameters = {
  frames: 49,
  mean: [-135789, 26372, 2315, 539, -2953, -1322, -1275, -1398, -2712, -1483],
  multiplier: [19, 72, 98, 133, 152, 207, 233, 257, 276, 310],
};

/** Real recordings, if there are any. */
export const RECORDINGS = process.env.SPIKEWORD_GSC ?? join(homedir(), '.cache', 'gsc-subset');
export const noRecordings: string | false = existsSync(RECORDINGS)
  ? false
  : `no recordings at ${RECORDINGS}; SPIKEWORD_GSC names a folder with them`;
export const SAMPLE = packagePath('datasets/sample');

export interface NamedClip {
  readonly name: string;
  readonly samples: Int16Array;
}

/** Reads `count` clips spread evenly over a dataset, cut or padded to one second. */
export async function spreadClips(folder: string, count: number): Promise<NamedClip[]> {
  const { clips } = openDataset(folder);
  const chosen = Array.from({ length: count }, (_, k) => clips[Math.floor((k * clips.length) / count)]);
  return Promise.all(
    chosen.map(async ({ path }) => {
      const samples = new Int16Array(CLIP_SAMPLES);
      samples.set((await readRecording(join(folder, path))).subarray(0, CLIP_SAMPLES));
      return { name: path, samples };
    }),
  );
}

/** Returns a second of white noise whose samples are within ± `peak`. */
export function noiseClip(seed: number, peak: number): Int16Array {
  const random = new Random(seed);
  return Int16Array.from({ length: CLIP_SAMPLES }, () => random.below(2 * peak + 1) - peak);
}

/** Returns the level of a clip in dB, relative to full scale. */
export function loudnessDbfs(samples: Int16Array): number {
  const power = samples.reduce((sum, sample) => sum + (sample / 32_768) ** 2, 0) / samples.length;
  return 10 * Math.log10(power);
}
