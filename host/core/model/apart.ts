import type { QuantizedNetwork } from '../quantization/index.js';
import { thresholdRows } from './encode.js';
import { EMBEDDED_ADDRESS } from './generated.js';
import { aligned, alignedTo16, paddedChannels } from './layout.js';
import { PAGE, type PortableModule, sectionsWithData } from './portable.js';
import { openSections } from './sections.js';
import {
  type DataSegment,
  onlyImport,
  readDataSegments,
  readSections,
  SECTION,
  unsignedLeb,
  type WasmSection,
  withFirstEntry,
  withPassiveSegment,
  words,
  writeSections,
} from './wasm-binary.js';

/** memory.init of segment 0 with the three parameters of a function, as the body of that function. */
const COPY_WEIGHTS = [0, 0x20, 0, 0x20, 1, 0x20, 2, 0xfc, 8, 0, 0, 0x0b];

/**
 * Bytes of the window that assembly/inference/network/window.ts fills: with all weights of the largest layer, and with
 * those of as few channels as it can take at a time.
 */
function windowBytes({ layers, classifier }: QuantizedNetwork): { most: number; least: number } {
  let [most, least] = [0, aligned(classifier.weights.length) + 4 * classifier.bias.length];
  layers.forEach(({ weights, bias, thresholds, shortcut }, k) => {
    const channels = bias.length;
    const rows = (values: ArrayLike<number>): number => values.length / channels;
    const shortcutBytes = shortcut === null ? 0 : shortcut.kind === 'projection' ? rows(shortcut.weights) : 2;
    const each = (k === 0 ? 4 : 2) + 4 * thresholdRows(thresholds, channels) + rows(weights) + shortcutBytes;
    most = Math.max(most, paddedChannels(channels) * each);
    // the stem takes all at once
    least = Math.max(least, (k === 0 ? paddedChannels(channels) : 8) * each);
  });
  return { most: alignedTo16(Math.max(most, least)), least: alignedTo16(least) };
}

/**
 * A module like that of `portableModule` whose weights are not in its memory: they are a passive segment, from which
 * the kernel copies those of a layer before it computes the layer, or of as many of its channels as there is room for.
 * So the memory is one page if RAM and the weights of eight channels fit in it. Needs a runtime with bulk memory.
 *
 * @param model bytes of a model file
 * @param network what they decode to
 * @param kernel bytes of kernel-apart.wasm
 * @param ramBytes RAM of the kernel, a multiple of 16
 * @param test what the self test expects
 */
export function apartModule(
  model: Uint8Array,
  network: QuantizedNetwork,
  kernel: Uint8Array,
  ramBytes: number,
  test: readonly number[],
): PortableModule {
  const { weights, ...sections } = openSections(model, 'model');
  const detection = sections.detection === undefined ? [] : sliceOf(model, sections.detection);
  const head = [...model.subarray(0, weights.start), ...detection];
  const testAddress = ramBytes + aligned(head.length);
  const window = alignedTo16(testAddress + 4 * test.length);
  const { most, least } = windowBytes(network);
  const pages = Math.ceil((window + least) / PAGE);
  const bytes = Math.min(most, pages * PAGE - window);
  const segments: DataSegment[] = [
    { address: EMBEDDED_ADDRESS, bytes: words(ramBytes, model.length, ramBytes, testAddress) },
    { address: EMBEDDED_ADDRESS + 16, bytes: words(window, bytes, weights.start) },
    { address: ramBytes, bytes: Uint8Array.from(head) },
    { address: testAddress, bytes: words(...test) },
  ];
  const memoryBytes = window + bytes;
  const made = sectionsWithData(kernel, segments, memoryBytes);
  return { module: writeSections(withWeights(made, sliceOf(model, weights))), memoryBytes };
}

function sliceOf(bytes: Uint8Array, { start, length }: { start: number; length: number }): Uint8Array {
  return bytes.subarray(start, start + length);
}

/** Adds the weights as segment 0, and replaces the only import, function 0, by a function 0 that copies from it. */
function withWeights(sections: readonly WasmSection[], weights: Uint8Array): WasmSection[] {
  let type = 0;
  return sections.flatMap(({ id, content }): WasmSection[] => {
    switch (id) {
      case SECTION.import:
        type = onlyImport(content);
        return [];
      case SECTION.function:
        return [{ id, content: withFirstEntry(content, unsignedLeb(type)) }];
      case SECTION.dataCount:
        return [];
      case SECTION.code: {
        const data = sections.find((section) => section.id === SECTION.data);
        const count = data === undefined ? 0 : readDataSegments(data.content).length;
        return [
          { id: SECTION.dataCount, content: Uint8Array.from(unsignedLeb(count + 1)) },
          { id, content: withFirstEntry(content, [...unsignedLeb(COPY_WEIGHTS.length), ...COPY_WEIGHTS]) },
        ];
      }
      case SECTION.data:
        return [{ id, content: withPassiveSegment(content, weights) }];
      default:
        return [{ id, content }];
    }
  });
}

/**
 * Returns the same module with a memory whose pages are one byte long, so that it is exactly as large as it needs to
 * be: https://github.com/WebAssembly/custom-page-sizes
 */
export function withBytePages({ module, memoryBytes }: PortableModule): Uint8Array<ArrayBuffer> {
  const size = unsignedLeb(memoryBytes);
  // one memory, with a greatest size and a page size, whose logarithm is 0
  const memory = { id: SECTION.memory, content: Uint8Array.from([1, 0x09, ...size, ...size, 0]) };
  return writeSections(readSections(module).map((section) => (section.id === SECTION.memory ? memory : section)));
}
