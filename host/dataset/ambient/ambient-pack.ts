import { samplesOfSeconds } from '../../core/audio/index.js';
import type { Random } from '../../core/random.js';
import type { PackOptions } from '../pack-samples.js';
import { packSounds, SoundPack, type SoundPackDescriptor } from '../sound-pack.js';
import type { AmbientFolder } from './folder.js';
import type { AmbientKind } from './training.js';

/** What ambient sound is used as; music and noise are both sound without words. */
export type AmbientUse = 'speech' | 'words' | 'sound';

const USES: Readonly<Record<AmbientKind, AmbientUse>> = {
  speech: 'speech',
  words: 'words',
  music: 'sound',
  noise: 'sound',
};

/** A recording in one of the packs. */
interface AmbientRecording {
  readonly use: AmbientUse;
  /** The index of its folder, and its index in the pack of the folder. */
  readonly folder: number;
  readonly sound: number;
  /** In samples. */
  readonly length: number;
}

/** The data that another thread needs to open the same packs. */
export interface AmbientPackDescriptor {
  /** [folder] */
  readonly packs: readonly SoundPackDescriptor[];
  readonly recordings: readonly AmbientRecording[];
}

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

/**
 * Ambient sound, decoded, in one file a folder. Every folder is drawn equally often, however many recordings it has.
 */
export class AmbientPack {
  private buffer = new Int16Array(0);

  private constructor(
    private readonly packs: readonly SoundPack[],
    private readonly recordings: readonly AmbientRecording[],
    private readonly urns: Readonly<Record<AmbientUse, readonly Urn[]>>,
  ) {}

  static open({ packs, recordings }: AmbientPackDescriptor): AmbientPack {
    const urns = {
      speech: urnsOf(recordings, 'speech'),
      words: urnsOf(recordings, 'words'),
      sound: urnsOf(recordings, 'sound'),
    };
    return new AmbientPack(packs.map(SoundPack.open), recordings, urns);
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
    const recording = this.draw(use, random);
    const offset = random.below(Math.max(1, recording.length - samples + 1));
    return this.read(recording, offset, Math.min(samples, recording.length));
  }

  /** Returns a random word, every recording equally often. The next call may overwrite it. */
  word(random: Random): Int16Array {
    const recording = this.draw('words', random);
    return this.read(recording, 0, Math.min(recording.length, LONGEST_WORD));
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

  private read({ folder, sound }: AmbientRecording, from: number, samples: number): Int16Array {
    if (this.buffer.length < samples) this.buffer = new Int16Array(samples);
    const target = this.buffer.subarray(0, samples);
    this.packs[folder].read(sound, from, target);
    return target;
  }

  /** Returns what another thread needs for `AmbientPack.open`; structured-cloneable. */
  descriptor(): AmbientPackDescriptor {
    return { packs: this.packs.map((pack) => pack.descriptor()), recordings: this.recordings };
  }

  close(): void {
    for (const pack of this.packs) pack.close();
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
 * Decodes the recordings of folders of ambient sound, each into one file that is kept in the cache (`packSounds`).
 *
 * @throws RecordingError if a recording cannot be decoded; DatasetError if the cache cannot be written
 */
export async function packAmbient(
  ambient: readonly AmbientFolder[],
  { resample = false, onProgress }: PackOptions = {},
): Promise<AmbientPack> {
  const total = ambient.reduce((sum, { files }) => sum + files.length, 0);
  const packs: SoundPackDescriptor[] = [];
  const recordings: AmbientRecording[] = [];
  let before = 0;
  for (const [folder, { root, files }] of ambient.entries()) {
    const paths = files.map(({ path }) => path);
    const done = before;
    const pack = await packSounds(root, paths, { resample, onProgress: (k) => onProgress?.(done + k, total) });
    packs.push(pack.descriptor());
    pack.close();
    for (const [sound, { samples: length }] of pack.sounds.entries()) {
      if (length > 0) recordings.push({ use: USES[files[sound].kind as AmbientKind], folder, sound, length });
    }
    before += files.length;
  }
  return AmbientPack.open({ packs, recordings });
}
