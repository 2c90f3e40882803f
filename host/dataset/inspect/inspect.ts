import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openRecording } from '../../audio/index.js';
import { clipStart, joinSamples, SAMPLE_RATE_HZ, toInt16 } from '../../core/audio/index.js';
import { RecordingError } from '../../core/error.js';
import { cacheFolder, writeFileAtomically } from '../../system/index.js';
import { fileOf } from '../dataset.js';
import { allClips, type Dataset } from '../recordings.js';
import { SoundDigester } from '../sound-digest.js';

/** What reading a recording once has shown. */
export interface RecordingFacts {
  /** Why it cannot be read, without its name; the other facts then mean nothing. */
  readonly fault: string | null;
  readonly seconds: number;
  readonly sampleRateHz: number;
  /** Whether it is nothing but zeros. */
  readonly silent: boolean;
  /** The share of its samples that are at full scale, 0 to 1. */
  readonly clipped: number;
  /** Where its second begins, in seconds; null if it is not longer than a second. */
  readonly cutAt: number | null;
  /** A digest of its samples: equal for equal sound, whatever the format. */
  readonly sound: string;
}

/** The facts of every recording of a dataset, by its path: clips, silence and background noise. */
export type Inspection = ReadonlyMap<string, RecordingFacts>;

export interface InspectOptions {
  readonly onProgress?: (done: number, total: number) => void;
}

/** Must be raised whenever the same recording gives other facts. */
const VERSION = 2;
/** Recordings that are read at the same time, so that reading and decoding overlap. */
const READ_AHEAD = 16;

/**
 * Reads every recording of a dataset once. What was found is kept in the cache, by the size and change times of each
 * file, so that only new recordings are read the next time. Faults are not kept: the next time, ffmpeg may be
 * installed.
 */
export async function inspectDataset(dataset: Dataset, options: InspectOptions = {}): Promise<Inspection> {
  const paths = allClips(dataset)
    .map(({ path }) => path)
    .concat(dataset.backgroundNoise);
  const cache = join(cacheFolder(), 'inspections', `${digest(resolve(dataset.root))}.json`);
  const known = readCache(cache);
  const facts = new Map<string, RecordingFacts>();
  const stamps = new Map<string, string>();
  let done = 0;
  for (let start = 0; start < paths.length; start += READ_AHEAD) {
    const batch = paths.slice(start, start + READ_AHEAD);
    const found = batch.map((path) => {
      const stamp = stampOf(fileOf(dataset, path));
      const old = known.get(path);
      stamps.set(path, stamp);
      return old?.stamp === stamp ? old.facts : inspectRecording(fileOf(dataset, path));
    });
    for (const [k, result] of (await Promise.all(found)).entries()) facts.set(batch[k], result);
    done += batch.length;
    options.onProgress?.(done, paths.length);
  }
  const entries = [...facts]
    .filter(([, { fault }]) => fault === null)
    .map(([path, found]): Entry => ({ path, stamp: stamps.get(path) ?? '', facts: found }));
  if (entries.some(({ path, stamp }) => known.get(path)?.stamp !== stamp)) {
    writeFileAtomically(cache, JSON.stringify({ version: VERSION, entries }));
  }
  return facts;
}

/** Reads one recording, at its own sample rate. */
async function inspectRecording(file: string): Promise<RecordingFacts> {
  try {
    const { sampleRateHz, pieces } = await openRecording(file);
    const digester = new SoundDigester();
    const outline = new Outline(sampleRateHz);
    let [samples, full, silent] = [0, 0, true];
    for await (const piece of pieces()) {
      const sound = toInt16(piece);
      digester.take(sound);
      outline.take(sound);
      samples += sound.length;
      silent = silent && sound.every((sample) => sample === 0);
      full += atFullScale(sound);
    }
    return {
      fault: null,
      seconds: samples / sampleRateHz,
      sampleRateHz,
      silent,
      clipped: full / samples,
      cutAt: samples > sampleRateHz ? clipStart(outline.sound()) / SAMPLE_RATE_HZ : null,
      sound: `${sampleRateHz} ${digester.digest()}`,
    };
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error;
    return { fault: error.fault, seconds: 0, sampleRateHz: 0, silent: false, clipped: 0, cutAt: null, sound: '' };
  }
}

/** Counts samples with an index, which takes a tenth of the time of an iterator. */
function atFullScale(sound: Int16Array): number {
  let count = 0;
  for (let k = 0; k < sound.length; k++) if (sound[k] === 32767 || sound[k] === -32768) count++;
  return count;
}

/** A recording at roughly 16 kHz, with samples left out or repeated: good enough to see how loud it is where. */
class Outline {
  private readonly step: number;
  private readonly parts: Int16Array[] = [];
  private taken = 0;
  private kept = 0;

  constructor(sampleRateHz: number) {
    this.step = sampleRateHz / SAMPLE_RATE_HZ;
  }

  take(sound: Int16Array): void {
    if (this.step === 1) {
      this.parts.push(sound);
      return;
    }
    const part = new Int16Array(Math.ceil((this.taken + sound.length) / this.step) - this.kept);
    for (let k = 0; k < part.length; k++) part[k] = sound[Math.floor((this.kept + k) * this.step) - this.taken];
    this.parts.push(part);
    this.kept += part.length;
    this.taken += sound.length;
  }

  sound(): Int16Array {
    return joinSamples(this.parts);
  }
}

interface Entry {
  readonly path: string;
  readonly stamp: string;
  readonly facts: RecordingFacts;
}

/** Reads what is known from before; nothing if the file is missing, damaged or of another version. */
function readCache(path: string): ReadonlyMap<string, Entry> {
  try {
    const { version, entries } = JSON.parse(readFileSync(path, 'utf8')) as { version: number; entries: Entry[] };
    if (version === VERSION) return new Map(entries.map((entry) => [entry.path, entry]));
  } catch {
    // read everything again
  }
  return new Map();
}

/** Changes whenever the file does. ctime as well as mtime, because tools that copy files set mtime back. */
function stampOf(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? 'missing' : `${stats.size} ${stats.mtimeMs} ${stats.ctimeMs}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
