import { concatenated } from '../bytes.js';
import { EMBEDDED_ADDRESS } from './generated.js';
import {
  type DataSegment,
  Reader,
  readDataSegments,
  readSections,
  SECTION,
  signedLeb,
  unsignedLeb,
  type WasmSection,
  writeDataSegments,
  writeSections,
} from './wasm-binary.js';

const PAGE = 65_536;
const I32 = 0x7f;
const I32_CONST = 0x41;
const END = 0x0b;
const GLOBAL_EXPORT = 3;

function words(...values: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values, (value) => value >>> 0).buffer);
}

/** Adds entries to a section that is a vector; returns it, and how many entries there were. */
function extended(
  content: Uint8Array,
  entries: readonly (readonly number[])[],
): { content: Uint8Array; before: number } {
  const reader = new Reader(content);
  const before = reader.unsigned();
  const more = entries.map((entry) => Uint8Array.from(entry));
  return {
    content: concatenated([
      Uint8Array.from(unsignedLeb(before + entries.length)),
      content.subarray(reader.at),
      ...more,
    ]),
    before,
  };
}

const exportOf = (name: string, index: number): number[] => {
  const text = new TextEncoder().encode(name);
  return [...unsignedLeb(text.length), ...text, GLOBAL_EXPORT, ...unsignedLeb(index)];
};

/**
 * A module for any runtime: the portable kernel, a model, and what its self test expects. It imports nothing and its
 * memory never grows; the exported globals `__data_end` and `__heap_base` say where its use of memory ends, so that a
 * runtime such as WAMR gives it no more.
 *
 * @param model bytes of a model file
 * @param kernel bytes of kernel-portable.wasm
 * @param ramBytes RAM of the kernel below the model, a multiple of 16
 * @param test what the self test expects, as assembly/inference/self-test.ts reads it
 */
export function portableModule(
  model: Uint8Array,
  kernel: Uint8Array,
  ramBytes: number,
  test: readonly number[],
): Uint8Array<ArrayBuffer> {
  const testAddress = ramBytes + Math.ceil(model.length / 4) * 4;
  const heapBase = Math.ceil((testAddress + 4 * test.length) / 16) * 16;
  const segments: DataSegment[] = [
    { address: EMBEDDED_ADDRESS, bytes: words(ramBytes, model.length, ramBytes) },
    { address: EMBEDDED_ADDRESS + 12, bytes: words(testAddress) },
    { address: ramBytes, bytes: model },
    { address: testAddress, bytes: words(...test) },
  ];
  const constant = [I32, 0, I32_CONST, ...signedLeb(heapBase), END];
  let globals = 0;
  const sections = readSections(kernel).map(({ id, content }): WasmSection => {
    switch (id) {
      case SECTION.memory:
        return { id, content: Uint8Array.from([1, 0, ...unsignedLeb(Math.ceil(heapBase / PAGE))]) };
      case SECTION.global: {
        const made = extended(content, [constant, constant]);
        globals = made.before;
        return { id, content: made.content };
      }
      case SECTION.export:
        return {
          id,
          content: extended(content, [exportOf('__data_end', globals), exportOf('__heap_base', globals + 1)]).content,
        };
      case SECTION.data:
        return { id, content: writeDataSegments([...readDataSegments(content), ...segments]) };
      default:
        return { id, content };
    }
  });
  return writeSections(sections);
}
