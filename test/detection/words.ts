import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readRecording } from '../../host/audio/index.js';
import { packagePath } from '../../host/system/package-files.js';

/** A bundled model, and an operating point that detects the words of the sample well. */
export const MODEL = packagePath('models/gsc-17-small.spkw');
export const POINT_OPTIONS = '--average 400 --threshold 0.5 --count 1 --hop 40 --suppression 500'.split(' ');
export const SAMPLE = packagePath('datasets/sample');
export const WORDS = ['yes', 'no', 'up', 'down', 'left', 'right', 'stop', 'go'] as const;

/** Number of samples between two inferences with this hop. */
const HOP_SAMPLES = 640;

/**
 * The words one after the other, said by one speaker of the sample, int16 at 16 kHz, with the end of each in samples. A
 * whole number of hops: played over and over, every round gives the same frames.
 */
export async function wordsInARow(): Promise<{ samples: Int16Array; ends: number[] }> {
  const [file] = readdirSync(join(SAMPLE, 'yes')).sort();
  const clips = await Promise.all(WORDS.map((word) => readRecording(join(SAMPLE, word, file))));
  const length = clips.reduce((sum, clip) => sum + clip.length, 0);
  const samples = new Int16Array(Math.ceil(length / HOP_SAMPLES) * HOP_SAMPLES);
  const ends: number[] = [];
  for (const clip of clips) {
    const at = ends.at(-1) ?? 0;
    samples.set(clip, at);
    ends.push(at + clip.length);
  }
  return { samples, ends };
}
