import { basename, dirname, join } from 'node:path';
import { readWav, type WavOptions } from '../audio/index.js';
import { CLIP_SAMPLES } from '../core/audio/index.js';
import { packagePath } from '../system/index.js';

/** One second of sound and its name. */
export interface ClipFileSamples {
  readonly name: string;
  /** 16,000 int16 samples at 16 kHz. */
  readonly samples: Int16Array;
}

/** A bundled recording, for figures that do not depend on the clip. */
const SAMPLE_CLIP = 'datasets/sample/yes/06fb60c7_nohash_0.wav';

/**
 * Reads a recording, cut or padded with zeros to one second. Without a path it reads a bundled one. Throws `WavError`.
 */
export async function readClip(path = packagePath(SAMPLE_CLIP), options: WavOptions = {}): Promise<ClipFileSamples> {
  const samples = new Int16Array(CLIP_SAMPLES);
  samples.set((await readWav(path, options)).subarray(0, CLIP_SAMPLES));
  return { name: join(basename(dirname(path)), basename(path)), samples };
}
