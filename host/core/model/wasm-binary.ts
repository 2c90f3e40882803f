// The part of the WebAssembly binary format that is needed to add data to a module and to find it again.
// https://webassembly.github.io/spec/core/binary/modules.html
import { concatenated } from '../bytes.js';

export const SECTION = {
  import: 2,
  function: 3,
  memory: 5,
  global: 6,
  export: 7,
  code: 10,
  data: 11,
  dataCount: 12,
} as const;

export interface WasmSection {
  readonly id: number;
  readonly content: Uint8Array;
}

/** An active data segment of memory 0. */
export interface DataSegment {
  readonly address: number;
  readonly bytes: Uint8Array;
}

const PREAMBLE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const I32 = 0x7f;
const I32_CONST = 0x41;
const FUNCTION = 0;
const GLOBAL = 3;
const PASSIVE = 1;
const END = 0x0b;

export function isWasm(bytes: Uint8Array): boolean {
  return bytes.length >= PREAMBLE.length && PREAMBLE.every((byte, k) => byte === bytes[k]);
}

/** Reads the numbers of a section; every read is checked against the end and throws a RangeError beyond it. */
export class Reader {
  at = 0;
  constructor(private readonly bytes: Uint8Array) {}

  get done(): boolean {
    return this.at >= this.bytes.length;
  }

  byte(): number {
    if (this.done) throw new RangeError('cut off');
    return this.bytes[this.at++];
  }

  unsigned(): number {
    return this.leb() >>> 0;
  }

  /** Unsigned or signed LEB128 of at most 32 bits, as an int32. */
  leb(signed = false): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte & 0x80) continue;
      return signed && byte & 0x40 && shift < 25 ? value | (-1 << (shift + 7)) : value;
    }
    throw new RangeError('a number of more than 32 bits');
  }

  take(length: number): Uint8Array {
    if (this.at + length > this.bytes.length) throw new RangeError('cut off');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

export function unsignedLeb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
}

function signedLeb(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value | 0; ; rest >>= 7) {
    const low = rest & 0x7f;
    if (rest >> 6 === 0 || rest >> 6 === -1) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

/** Numbers as little-endian u32. */
export function words(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, k) => {
    view.setUint32(4 * k, value, true);
  });
  return bytes;
}

/** An entry of the global section: a constant i32. */
export function constantGlobal(value: number): number[] {
  return [I32, 0, I32_CONST, ...signedLeb(value), END];
}

/** An entry of the export section: a global. */
export function globalExport(name: string, index: number): number[] {
  const text = new TextEncoder().encode(name);
  return [...unsignedLeb(text.length), ...text, GLOBAL, ...unsignedLeb(index)];
}

/** Adds entries to a section that is a vector; returns it, and how many entries there were. */
export function withEntries(
  content: Uint8Array,
  entries: readonly (readonly number[])[],
): { content: Uint8Array; before: number } {
  const reader = new Reader(content);
  const before = reader.unsigned();
  const count = Uint8Array.from(unsignedLeb(before + entries.length));
  const more = entries.map((entry) => Uint8Array.from(entry));
  return { content: concatenated([count, content.subarray(reader.at), ...more]), before };
}

/** Returns the type of the function that is the only import of a section; throws `RangeError` for anything else. */
export function onlyImport(content: Uint8Array): number {
  const reader = new Reader(content);
  const count = reader.unsigned();
  for (let name = 0; name < 2; name++) reader.take(reader.unsigned());
  const kind = reader.byte();
  const type = reader.unsigned();
  if (count !== 1 || kind !== FUNCTION || !reader.done) throw new RangeError('not one import, a function');
  return type;
}

/** Puts an entry in front of a section that is a vector. */
export function withFirstEntry(content: Uint8Array, entry: readonly number[]): Uint8Array {
  const reader = new Reader(content);
  const count = unsignedLeb(reader.unsigned() + 1);
  return concatenated([Uint8Array.from([...count, ...entry]), content.subarray(reader.at)]);
}

/** The sections of a module, in order; throws `RangeError` if it is cut off. */
export function readSections(module: Uint8Array): WasmSection[] {
  const reader = new Reader(module.subarray(PREAMBLE.length));
  const sections: WasmSection[] = [];
  while (!reader.done) sections.push({ id: reader.byte(), content: reader.take(reader.unsigned()) });
  return sections;
}

export function writeSections(sections: readonly WasmSection[]): Uint8Array<ArrayBuffer> {
  return concatenated([
    PREAMBLE,
    ...sections.flatMap(({ id, content }) => [Uint8Array.of(id, ...unsignedLeb(content.length)), content]),
  ]);
}

/** The active segments of memory 0 in a data section; other kinds, which no module of ours has, throw `RangeError`. */
export function readDataSegments(content: Uint8Array): DataSegment[] {
  const reader = new Reader(content);
  return Array.from({ length: Math.min(reader.unsigned(), content.length) }, () => {
    if (reader.unsigned() !== 0) throw new RangeError('a data segment that is not active');
    if (reader.byte() !== I32_CONST) throw new RangeError('a data segment without a constant address');
    const address = reader.leb(true) >>> 0;
    if (reader.byte() !== END) throw new RangeError('a data segment without a constant address');
    return { address, bytes: reader.take(reader.unsigned()) };
  });
}

export function writeDataSegments(segments: readonly DataSegment[]): Uint8Array {
  return concatenated([
    Uint8Array.from(unsignedLeb(segments.length)),
    ...segments.flatMap(({ address, bytes }) => [
      Uint8Array.of(0, I32_CONST, ...signedLeb(address), END, ...unsignedLeb(bytes.length)),
      bytes,
    ]),
  ]);
}

/** A data section with one more segment, in front of the others, that belongs to no memory: `memory.init` reads it. */
export function withPassiveSegment(content: Uint8Array, bytes: Uint8Array): Uint8Array {
  const reader = new Reader(content);
  const head = [...unsignedLeb(reader.unsigned() + 1), PASSIVE, ...unsignedLeb(bytes.length)];
  return concatenated([Uint8Array.from(head), bytes, content.subarray(reader.at)]);
}
