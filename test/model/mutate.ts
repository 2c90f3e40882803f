import { crc32 } from 'node:zlib';
import type { Random } from '../../host/core/random.js';

/**
 * Where in a file a mutation strikes: in the head of the file, which holds the structure, more often than behind it.
 */
function place(random: Random, length: number): number {
  const structure = Math.min(length, 700);
  return random.below(3) === 0 ? random.below(length) : random.below(structure);
}

const WORDS = [0, 1, 2, 3, 4, 8, 15, 16, 31, 32, 33, 64, 255, 256, 1024, 4096, 4097, 65535, 65536];
const EDGES = [0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffc, 0xffff0000];

function word(random: Random, old: number, length: number): number {
  switch (random.below(4)) {
    case 0:
      return WORDS[random.below(WORDS.length)];
    case 1:
      return EDGES[random.below(EDGES.length)];
    case 2:
      return (old + [-4, -1, 1, 4][random.below(4)]) >>> 0;
    default:
      return (length + [-8, -4, 0, 4][random.below(4)]) >>> 0;
  }
}

type Mutation = (random: Random, bytes: Uint8Array, other: Uint8Array) => Uint8Array;

const flipBits: Mutation = (random, bytes) => {
  for (let n = 1 + random.below(4); n > 0; n--) bytes[place(random, bytes.length)] ^= 1 << random.below(8);
  return bytes;
};

const setBytes: Mutation = (random, bytes) => {
  for (let n = 1 + random.below(4); n > 0; n--) bytes[place(random, bytes.length)] = random.below(256);
  return bytes;
};

const setWord: Mutation = (random, bytes) => {
  const at = place(random, bytes.length - 4) & ~3;
  const view = new DataView(bytes.buffer);
  view.setUint32(at, word(random, view.getUint32(at, true), bytes.length), true);
  return bytes;
};

const setHalf: Mutation = (random, bytes) => {
  const at = place(random, bytes.length - 4) & ~1;
  const view = new DataView(bytes.buffer);
  view.setUint16(at, word(random, view.getUint16(at, true), bytes.length) & 0xffff, true);
  return bytes;
};

const truncate: Mutation = (random, bytes) => bytes.slice(0, random.below(bytes.length));

const extend: Mutation = (random, bytes) => {
  const longer = new Uint8Array(bytes.length + 1 + random.below(40));
  longer.set(bytes);
  return longer;
};

/** Overwrites a place in this model with a piece of this or another model. */
const splice: Mutation = (random, bytes, other) => {
  const from = place(random, other.length);
  const to = place(random, bytes.length);
  const aligned = random.below(2) === 0;
  const piece = other.subarray(aligned ? from & ~3 : from).subarray(0, 1 + random.below(120));
  const target = aligned ? to & ~3 : to;
  bytes.set(piece.subarray(0, bytes.length - target), target);
  return bytes;
};

/** Removes or inserts a piece, so that all bytes after it move. */
const shift: Mutation = (random, bytes) => {
  const at = place(random, bytes.length) & ~3;
  const piece = 4 * (1 + random.below(8));
  const parts =
    random.below(2) === 0
      ? [bytes.subarray(0, at), bytes.subarray(at + piece)]
      : [bytes.subarray(0, at), bytes.subarray(at, at + piece), bytes.subarray(at)];
  return Uint8Array.from(Buffer.concat(parts));
};

const MUTATIONS: readonly Mutation[] = [
  flipBits,
  flipBits,
  setBytes,
  setWord,
  setWord,
  setHalf,
  setHalf,
  truncate,
  extend,
  splice,
  splice,
  shift,
];

/** Returns a damaged copy of a model file. Most copies get a repaired length and CRC, to reach deeper checks. */
export function mutate(random: Random, models: readonly Uint8Array[]): Uint8Array {
  let bytes = models[random.below(models.length)].slice();
  for (let n = 1 + random.below(3); n > 0 && bytes.length > 8; n--) {
    const other = models[random.below(models.length)];
    bytes = Uint8Array.from(MUTATIONS[random.below(MUTATIONS.length)](random, bytes, other));
  }
  if (random.below(8) !== 0 && bytes.length > 16) repair(bytes);
  return bytes;
}

/** Writes length and CRC-32 of the content into the header. */
export function repair(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  view.setUint32(8, bytes.length, true);
  view.setUint32(12, crc32(bytes.subarray(16)), true);
}
