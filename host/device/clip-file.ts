import { basename, dirname, join } from 'node:path';
import { type ReadOptions, readRecording } from '../audio/index.js';
import { clipOf } from '../core/audio/index.js';
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
 * Reads a recording: the second around its word, or all of it, padded with zeros to a second. Without a path it reads a
 * bundled one. Throws `RecordingError`.
 */
export async function readClip(path = packagePath(SAMPLE_CLIP), options: ReadOptions = {}): Promise<ClipFileSamples> {
  const samples = clipOf(await readRecording(path, options));
  return { name: join(basename(dirname(path)), basename(path)), samples };
}
