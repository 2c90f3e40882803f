import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { writePack } from './pack-file.js';

/** Recordings that are read at the same time, so that reading and decoding overlap. */
const READ_AHEAD = 8;

/** What a packed file contains. */
export interface PackedContent {
  /** [recording], samples. */
  readonly lengths: ArrayLike<number>;
  /** Returns the samples of a recording, as many as its length says. */
  load(recording: number): Promise<Int16Array>;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Builds a file of decoded recordings, one after the other, unless it exists, complete and undamaged: int16 samples,
 * then [recording] CRC-32.
 *
 * @throws WavError if a recording cannot be decoded; DatasetError if the file cannot be written
 */
export async function packFile(path: string, content: PackedContent): Promise<void> {
  if (!isIntact(path, content.lengths)) await build(path, content);
}

function isIntact(path: string, lengths: ArrayLike<number>): boolean {
  if (!existsSync(path)) return false;
  const { size } = statSync(path);
  const samples = Array.from(lengths).reduce((sum, length) => sum + length, 0);
  if (size !== samples * 2 + lengths.length * 4) return false;
  const file = openSync(path, 'r');
  try {
    const expected = new Uint32Array(lengths.length);
    const longest = Array.from(lengths).reduce((most, length) => Math.max(most, length), 0);
    const buffer = new Uint8Array(longest * 2);
    readSync(file, new Uint8Array(expected.buffer), 0, lengths.length * 4, samples * 2);
    let position = 0;
    for (let k = 0; k < lengths.length; k++) {
      const bytes = buffer.subarray(0, lengths[k] * 2);
      if (readSync(file, bytes, 0, bytes.length, position) !== bytes.length) return false;
      if (crc32(bytes) !== expected[k]) return false;
      position += bytes.length;
    }
    return fstatSync(file).size === size;
  } finally {
    closeSync(file);
  }
}

async function build(path: string, { lengths, load, onProgress }: PackedContent): Promise<void> {
  const count = lengths.length;
  const checksums = new Uint32Array(count);
  await writePack(path, async (append) => {
    for (let start = 0; start < count; start += READ_AHEAD) {
      const some = Array.from({ length: Math.min(READ_AHEAD, count - start) }, (_, k) => load(start + k));
      for (const [k, samples] of (await Promise.all(some)).entries()) {
        const bytes = new Uint8Array(samples.buffer, samples.byteOffset, lengths[start + k] * 2);
        checksums[start + k] = crc32(bytes);
        append(bytes);
      }
      onProgress?.(start + some.length, count);
    }
    append(new Uint8Array(checksums.buffer));
  });
}
