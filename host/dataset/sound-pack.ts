import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { crc32 } from 'node:zlib';
import { readRecording } from '../audio/index.js';
import { rootMeanSquare, wordExtent } from '../core/audio/index.js';
import { cacheFolder, DatasetError } from '../system/index.js';
import { writePack } from './pack-file.js';
import type { PackOptions } from './pack-samples.js';

/** A recording in a pack. */
export interface Sound {
  /** Its first sample in the pack, and its length in samples. */
  readonly at: number;
  readonly samples: number;
  /** The root mean square from its first to its last loud piece, and the greatest magnitude of all samples. */
  readonly level: number;
  readonly peak: number;
}

/** The data that another thread needs to open the same pack. */
export interface SoundPackDescriptor {
  readonly path: string;
  readonly sounds: readonly Sound[];
}

/** Whole recordings in one file, so that hours of sound need no memory: int16, one recording after the other. */
export class SoundPack {
  private constructor(
    readonly path: string,
    readonly sounds: readonly Sound[],
    private readonly file: number,
  ) {}

  static open({ path, sounds }: SoundPackDescriptor): SoundPack {
    return new SoundPack(path, sounds, openSync(path, 'r'));
  }

  /** Reads a recording from its sample `from` on, as many samples as `target` has. */
  read(index: number, from: number, target: Int16Array): void {
    const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
    const got = readSync(this.file, bytes, 0, bytes.length, (this.sounds[index].at + from) * 2);
    if (got !== bytes.length) throw new DatasetError(`${this.path}: ends within recording ${index}`);
  }

  /** Returns what another thread needs for `SoundPack.open`; structured-cloneable. */
  descriptor(): SoundPackDescriptor {
    return { path: this.path, sounds: this.sounds };
  }

  close(): void {
    closeSync(this.file);
  }
}

/** Must be raised whenever the same recordings give other bytes. */
const VERSION = 2;
/** Numbers in the table at the end of the file: samples, level, peak and CRC-32 of each recording. */
const COLUMNS = 4;
const ROW_BYTES = COLUMNS * 8;

/**
 * Decodes recordings into one file of the cache, under a key of their paths, sizes and change times. Before the file is
 * used again, its recordings are checked by CRC-32; if one is damaged, the file is built again.
 *
 * @param paths relative to `root`, in the order of the pack
 * @throws RecordingError if a recording cannot be decoded; DatasetError if the cache cannot be written
 */
export async function packSounds(
  root: string,
  paths: readonly string[],
  options: PackOptions = {},
): Promise<SoundPack> {
  const files = paths.map((path) => join(root, ...path.split('/')));
  const path = join(cacheFolder(), 'sounds', `${packKey(files, options.resample === true)}.i16`);
  const kept = readTable(path, files.length);
  if (kept !== null) return SoundPack.open({ path, sounds: kept });
  const table = new Float64Array(files.length * COLUMNS);
  await writePack(path, async (append) => {
    for (const [k, file] of files.entries()) {
      const samples = await readRecording(file, { resample: options.resample });
      const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
      append(bytes);
      const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
      const level = rootMeanSquare(samples, ...wordExtent(samples));
      table.set([samples.length, level, peak, crc32(bytes)], k * COLUMNS);
      options.onProgress?.(k + 1, files.length);
    }
    append(new Uint8Array(table.buffer));
  });
  return SoundPack.open({ path, sounds: soundsOf(table) });
}

function packKey(files: readonly string[], resample: boolean): string {
  const hash = createHash('sha256').update(JSON.stringify([VERSION, resample]));
  for (const file of files) {
    // A file that is not there is reported when it is read.
    const { size = 0, mtimeMs = 0, ctimeMs = 0 } = statSync(file, { throwIfNoEntry: false }) ?? {};
    hash.update(`${resolve(file)} ${size} ${mtimeMs} ${ctimeMs}\n`);
  }
  return hash.digest('hex').slice(0, 40);
}

function soundsOf(table: Float64Array): Sound[] {
  let at = 0;
  return Array.from({ length: table.length / COLUMNS }, (_, k) => {
    const [samples, level, peak] = table.subarray(k * COLUMNS);
    at += samples;
    return { at: at - samples, samples, level, peak };
  });
}

/** Returns the recordings of a file that exists, complete and undamaged; otherwise null. */
function readTable(path: string, count: number): Sound[] | null {
  if (!existsSync(path)) return null;
  const tableBytes = count * ROW_BYTES;
  const soundBytes = statSync(path).size - tableBytes;
  if (soundBytes < 0) return null;
  const file = openSync(path, 'r');
  try {
    const table = new Float64Array(count * COLUMNS);
    readSync(file, new Uint8Array(table.buffer), 0, tableBytes, soundBytes);
    let at = 0;
    for (let k = 0; k < count; k++) {
      const [samples, , , checksum] = table.subarray(k * COLUMNS);
      if (!(samples >= 0 && at + samples * 2 <= soundBytes)) return null;
      const bytes = new Uint8Array(samples * 2);
      readSync(file, bytes, 0, bytes.length, at);
      if (crc32(bytes) !== checksum) return null;
      at += bytes.length;
    }
    return at === soundBytes ? soundsOf(table) : null;
  } finally {
    closeSync(file);
  }
}
