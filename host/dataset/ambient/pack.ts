import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readWav } from '../../audio/index.js';
import { samplesOfSeconds } from '../../core/audio/index.js';
import type { Random } from '../../core/random.js';
import { cacheFolder, DatasetError } from '../../system/index.js';
import type { AmbientFolder } from '../ambient-folder.js';
import { recordingSamples } from '../background-noise.js';
import type { PackOptions } from '../pack-samples.js';
import { packFile } from '../packed-file.js';
import type { AmbientKind } from './folder.js';

/** What ambient sound is used as; music and noise are both sound without words. */
export type AmbientUse = 'speech' | 'words' | 'sound';

const USES: Readonly<Record<AmbientKind, AmbientUse>> = {
  speech: 'speech',
  words: 'words',
  music: 'sound',
  noise: 'sound',
};

/** A recording in a pack. */
interface AmbientRecording {
  readonly use: AmbientUse;
  /** The index of its folder. */
  readonly folder: number;
  /** Where it begins in the pack, and its length, in samples. */
  readonly start: number;
  readonly length: number;
}

/** The data that another thread needs to open the same pack. */
export interface AmbientPackDescriptor {
  readonly path: string;
  readonly recordings: readonly AmbientRecording[];
}

/** Must be raised whenever the same recordings give other bytes. */
const VERSION = 1;
/** A long recording is drawn as often as one of 30 seconds: more of the same rain or speaker teaches little. */
const LONGEST_WEIGHT = samplesOfSeconds(30);
/** Of a word, which should be one to three seconds long, at most the first four are read. */
const LONGEST_WORD = samplesOfSeconds(4);

/** Recordings of one use in one folder, with the sums of their weights. */
interface Urn {
  readonly recordings: readonly AmbientRecording[];
  /** [recording], the sum of the weights up to and including it. */
  readonly sums: Float64Array;
}

/** Ambient sound, decoded, in one file. Every folder is drawn equally often, however many recordings it has. */
export class AmbientPack {
  private buffer = new Int16Array(0);

  private constructor(
    readonly path: string,
    private readonly recordings: readonly AmbientRecording[],
    private readonly urns: Readonly<Record<AmbientUse, readonly Urn[]>>,
    private readonly file: number,
  ) {}

  static open({ path, recordings }: AmbientPackDescriptor): AmbientPack {
    const urns = {
      speech: urnsOf(recordings, 'speech'),
      words: urnsOf(recordings, 'words'),
      sound: urnsOf(recordings, 'sound'),
    };
    return new AmbientPack(path, recordings, urns, openSync(path, 'r'));
  }

  /** Whether there is any recording of this use. */
  has(use: AmbientUse): boolean {
    return this.urns[use].length > 0;
  }

  /**
   * Returns a random stretch of a random recording: `samples` long, or a whole recording that is shorter. Recordings
   * count by their length. The next call may overwrite it.
   */
  stretch(use: 'speech' | 'sound', samples: number, random: Random): Int16Array {
    const { start, length } = this.draw(use, random);
    const offset = random.below(Math.max(1, length - samples + 1));
    return this.read(start + offset, Math.min(samples, length));
  }

  /** Returns a random word, every recording equally often. The next call may overwrite it. */
  word(random: Random): Int16Array {
    const { start, length } = this.draw('words', random);
    return this.read(start, Math.min(length, LONGEST_WORD));
  }

  private draw(use: AmbientUse, random: Random): AmbientRecording {
    const { recordings, sums } = this.urns[use][random.below(this.urns[use].length)];
    const wanted = random.uniform() * sums[sums.length - 1];
    // the first recording whose sum is above
    let low = 0;
    for (let high = sums.length - 1; low < high; ) {
      const middle = (low + high) >> 1;
      if (sums[middle] > wanted) high = middle;
      else low = middle + 1;
    }
    return recordings[low];
  }

  private read(from: number, samples: number): Int16Array {
    if (this.buffer.length < samples) this.buffer = new Int16Array(samples);
    const bytes = new Uint8Array(this.buffer.buffer, 0, samples * 2);
    if (readSync(this.file, bytes, 0, bytes.length, from * 2) !== bytes.length) {
      throw new DatasetError(`${this.path}: ends within a recording`);
    }
    return this.buffer.subarray(0, samples);
  }

  /** Returns what another thread needs for `AmbientPack.open`; structured-cloneable. */
  descriptor(): AmbientPackDescriptor {
    return { path: this.path, recordings: this.recordings };
  }

  close(): void {
    closeSync(this.file);
  }
}

function urnsOf(all: readonly AmbientRecording[], use: AmbientUse): Urn[] {
  const used = all.filter((recording) => recording.use === use);
  return [...new Set(used.map(({ folder }) => folder))].map((folder) => {
    const recordings = used.filter((recording) => recording.folder === folder);
    let sum = 0;
    const sums = Float64Array.from(recordings, ({ length }) => {
      sum += use === 'words' ? 1 : Math.min(length, LONGEST_WEIGHT);
      return sum;
    });
    return { recordings, sums };
  });
}

/**
 * Decodes the recordings of folders of ambient sound into one file, which is kept in the cache as by `packSamples`.
 *
 * @throws WavError if a recording cannot be decoded; DatasetError if the cache cannot be written
 */
export async function packAmbient(
  ambient: readonly AmbientFolder[],
  { resample = false, onProgress }: PackOptions = {},
): Promise<AmbientPack> {
  const hash = createHash('sha256').update(JSON.stringify(['ambient', VERSION, resample]));
  const files: string[] = [];
  const recordings: AmbientRecording[] = [];
  let start = 0;
  for (const [folder, { root, files: inFolder }] of ambient.entries()) {
    for (const { path, kind } of inFolder) {
      const file = join(resolve(root), path);
      const length = recordingSamples(file);
      const { size, mtimeMs, ctimeMs } = statSync(file);
      hash.update(`${file} ${size} ${mtimeMs} ${ctimeMs}\n`);
      if (length === 0) continue;
      files.push(file);
      recordings.push({ use: USES[kind as AmbientKind], folder, start, length });
      start += length;
    }
  }
  const path = join(cacheFolder(), 'samples', `${hash.digest('hex').slice(0, 40)}.i16`);
  const lengths = recordings.map(({ length }) => length);
  const load = async (k: number): Promise<Int16Array> => {
    const samples = new Int16Array(lengths[k]);
    // resampling may give a sample more or less than the header says
    samples.set((await readWav(files[k], { resample })).subarray(0, lengths[k]));
    return samples;
  };
  await packFile(path, { lengths, load, onProgress });
  return AmbientPack.open({ path, recordings });
}
