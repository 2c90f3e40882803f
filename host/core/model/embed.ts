import { ModelError } from '../error.js';
import { EMBEDDED_ADDRESS } from './generated.js';
import {
  type DataSegment,
  Reader,
  readDataSegments,
  readSections,
  SECTION,
  unsignedLeb,
  type WasmSection,
  words,
  writeDataSegments,
  writeSections,
} from './wasm-binary.js';

const PAGE = 65_536;

/** Raises the initial size of the module's memory. */
function memorySection(content: Uint8Array, pages: number): Uint8Array {
  const reader = new Reader(content);
  const [count, limits] = [reader.unsigned(), reader.byte()];
  const minimum = reader.unsigned();
  if (count !== 1 || limits !== 0) throw new RangeError("a different kind of memory from the kernel's");
  return Uint8Array.from([1, 0, ...unsignedLeb(Math.max(minimum, pages))]);
}

/**
 * The kernel with a model in its data: `loadEmbedded()` binds it, and then it is used like any kernel.
 *
 * @param model bytes of a model file
 * @param kernel bytes of kernel.wasm
 * @param ramBytes what the kernel needs below the model (`Kernel.ramBytes`); one page suffices for all presets but
 * `paper`
 * @returns the module
 */
export function embedModel(model: Uint8Array, kernel: Uint8Array, ramBytes = PAGE): Uint8Array<ArrayBuffer> {
  const ram = Math.ceil(ramBytes / PAGE) * PAGE;
  const segments = [
    { address: EMBEDDED_ADDRESS, bytes: words(ram, model.length, ram) },
    { address: ram, bytes: model },
  ];
  const sections = readSections(kernel).map(({ id, content }): WasmSection => {
    if (id === SECTION.memory) return { id, content: memorySection(content, Math.ceil((ram + model.length) / PAGE)) };
    if (id === SECTION.data) return { id, content: writeDataSegments([...readDataSegments(content), ...segments]) };
    if (id === SECTION.dataCount) {
      return { id, content: Uint8Array.from(unsignedLeb(new Reader(content).unsigned() + segments.length)) };
    }
    return { id, content };
  });
  return writeSections(sections);
}

/** The model inside a module that `embedModel` made; throws `ModelError` naming `file` if there is none. */
export function extractModel(module: Uint8Array, file: string): Uint8Array {
  let segments: DataSegment[];
  try {
    const data = readSections(module).find(({ id }) => id === SECTION.data);
    segments = data === undefined ? [] : readDataSegments(data.content);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ModelError(`${file}: not a WebAssembly module of spikeword: ${error.message}`, { cause: error });
  }
  const place = segments.find(({ address, bytes }) => address === EMBEDDED_ADDRESS && bytes.length === 12);
  if (place === undefined) throw new ModelError(`${file}: a WebAssembly module without a model`);
  const view = new DataView(place.bytes.buffer, place.bytes.byteOffset, 12);
  const [start, length] = [view.getUint32(0, true), view.getUint32(4, true)];
  const model = segments.find(({ address, bytes }) => address === start && bytes.length === length);
  if (model === undefined)
    throw new ModelError(`${file}: its model should be ${length} bytes at ${start}, but there is no such data`);
  return model.bytes.slice();
}
