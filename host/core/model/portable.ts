import { EMBEDDED_ADDRESS } from './generated.js';
import { aligned, alignedTo16 } from './layout.js';
import {
  constantGlobal,
  type DataSegment,
  globalExport,
  readDataSegments,
  readSections,
  SECTION,
  unsignedLeb,
  type WasmSection,
  withEntries,
  words,
  writeDataSegments,
  writeSections,
} from './wasm-binary.js';

export const PAGE = 65_536;

/** A module for any runtime, and the bytes of its memory that it uses. */
export interface PortableModule {
  readonly module: Uint8Array<ArrayBuffer>;
  readonly memoryBytes: number;
}

/**
 * Returns the sections of a kernel with more data, a memory of whole pages that has room for `memoryBytes`, a multiple
 * of 16, and exported globals `__data_end` and `__heap_base` that say where its use of memory ends, so that a runtime
 * such as WAMR gives it no more.
 */
export function sectionsWithData(
  kernel: Uint8Array,
  segments: readonly DataSegment[],
  memoryBytes: number,
): WasmSection[] {
  const end = constantGlobal(memoryBytes);
  let globals = 0;
  return readSections(kernel).map(({ id, content }): WasmSection => {
    switch (id) {
      case SECTION.memory:
        return { id, content: Uint8Array.from([1, 0, ...unsignedLeb(Math.ceil(memoryBytes / PAGE))]) };
      case SECTION.global: {
        const made = withEntries(content, [end, end]);
        globals = made.before;
        return { id, content: made.content };
      }
      case SECTION.export: {
        const names = [globalExport('__data_end', globals), globalExport('__heap_base', globals + 1)];
        return { id, content: withEntries(content, names).content };
      }
      case SECTION.data:
        return { id, content: writeDataSegments([...readDataSegments(content), ...segments]) };
      default:
        return { id, content };
    }
  });
}

/**
 * A module for any runtime: the portable kernel, a model, and what its self test expects. It imports nothing and its
 * memory never grows.
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
): PortableModule {
  const testAddress = ramBytes + aligned(model.length);
  const memoryBytes = alignedTo16(testAddress + 4 * test.length);
  const segments: DataSegment[] = [
    { address: EMBEDDED_ADDRESS, bytes: words(ramBytes, model.length, ramBytes) },
    { address: EMBEDDED_ADDRESS + 12, bytes: words(testAddress) },
    { address: ramBytes, bytes: model },
    { address: testAddress, bytes: words(...test) },
  ];
  return { module: writeSections(sectionsWithData(kernel, segments, memoryBytes)), memoryBytes };
}
