import { detectedWords } from '../detection/index.js';
import { UsageError } from '../error.js';
import { Kernel, type KernelExports, QUERY } from '../kernel/index.js';
import { alignedTo16, apartModule, type PortableModule, portableModule, withBytePages } from '../model/index.js';
import { keywordIndices } from '../quantization/index.js';
import { countText } from '../text/index.js';
import { libraryFiles } from './c-library.js';
import { modelFiles } from './c-model.js';
import type { ExportedModel } from './exported-model.js';
import { type ExportParts, textPart } from './parts.js';
import { testWords } from './self-test.js';

/** Files by their path in the export. */
export type Files = ReadonlyMap<string, string | Uint8Array>;

/** A form in which models leave. */
export interface Target {
  readonly name: string;
  readonly title: string;
  /** Whether it is one zip file. */
  readonly zip: boolean;
  /** Whether its examples listen: then the first model must say how to detect words. */
  readonly listens: boolean;
  /** Whether it is C: then its parts include the kernel in C. */
  readonly inC: boolean;
  /** Makes the files besides the licence; examples are about the first model. */
  readonly make: (models: readonly ExportedModel[], parts: ExportParts) => Made;
}

/** The files of an export, and the RAM that it takes, in bytes: as it is, and the least that it may be changed to. */
export interface Made {
  readonly files: Files;
  readonly ramBytes: number;
  readonly leastRamBytes: number;
}

/** The RAM that a kernel of the library can have: the model begins above. */
const MOST_RAM = 65_520;
const LEAST_RAM = 16_384;
/** State of a listener besides that, as in spikeword.h. */
const OTHER_STATE = 1024;

/** RAM of a listener in C whose kernel has as much as the models want. */
function stateOf(ramBytes: readonly number[]): number {
  return Math.min(MOST_RAM, Math.max(LEAST_RAM, ...ramBytes)) + OTHER_STATE;
}

/**
 * Returns the files of a folder of templates, with `@KEY@` replaced by its value, and NAME by the model's name in the
 * names that `modelFiles` gives.
 */
function templateFiles(
  { texts }: ExportParts,
  folder: string,
  values: Readonly<Record<string, string>>,
): [path: string, text: string][] {
  const root = `templates/${folder}/`;
  return Object.keys(texts)
    .filter((path) => path.startsWith(root))
    .sort()
    .map((path) => [
      path.slice(root.length),
      texts[path]
        .replace(/@([A-Z_]+)@/g, (_, key: string) => values[key])
        .replace(/\b(spikeword(?:_model|_test)?)_NAME\b/g, `$1_${values.NAME}`)
        .replace(/\bSPIKEWORD_BYTES_NAME\b/g, `SPIKEWORD_BYTES_${values.NAME.toUpperCase()}`),
    ]);
}

/** What all templates may name. */
function commonValues(models: readonly ExportedModel[], { version }: ExportParts): Record<string, string> {
  const [{ name, network }] = models;
  const { labels, detection } = network;
  const words =
    detection === undefined
      ? keywordIndices(labels).map((k) => labels[k])
      : [...detectedWords(labels, detection).keys()];
  return {
    NAME: name,
    DASHED: name.replaceAll('_', '-'),
    // no sign that means something in JSON, YAML, Kconfig or C
    WORDS: words.map((word) => word.replace(/[^\p{L}\p{N}' _-]/gu, ' ')).join(', '),
    VERSION: version,
    MODEL_BYTES: countText(models.reduce((sum, { bytes }) => sum + bytes.length, 0)),
  };
}

/** A target in C: folders of templates, and the folder of the sources. */
function inC(
  name: string,
  title: string,
  templates: readonly string[],
  { folder = '', zip = false, listens = false } = {},
): Target {
  const make = (models: readonly ExportedModel[], parts: ExportParts): Made => {
    if (models.some(({ leastRamBytes }) => leastRamBytes > MOST_RAM)) {
      throw new UsageError(
        `export: the model needs more RAM than networks in firmware can have, ${countText(MOST_RAM)} bytes`,
      );
    }
    const sources = models.map((model) => `${folder}spikeword_${model.name}.c`);
    const ramBytes = stateOf(models.map((model) => model.ramBytes));
    const values = {
      ...commonValues(models, parts),
      STATE_BYTES: countText(ramBytes),
      MODEL_SOURCES: sources.join(' '),
      QUOTED_SOURCES: sources.map((source) => `"${source}"`).join(' '),
    };
    const code = [libraryFiles(parts, ramBytes - OTHER_STATE), ...models.map(modelFiles)].flatMap((made) => [...made]);
    const files = new Map([
      ...templates.flatMap((template) => templateFiles(parts, template, values)),
      ...code.map(([path, text]) => [folder + path, text] as const),
    ]);
    return { files, ramBytes, leastRamBytes: stateOf(models.map((model) => model.leastRamBytes)) };
  };
  return { name, title, zip, listens, inC: true, make };
}

/** A target with one model. */
function withOne(
  name: string,
  title: string,
  listens: boolean,
  makeOne: (model: ExportedModel, parts: ExportParts) => Made,
): Target {
  const make = (models: readonly ExportedModel[], parts: ExportParts): Made => {
    if (models.length > 1) throw new UsageError(`export: --to ${name} has one model; export one at a time`);
    return makeOne(models[0], parts);
  };
  return { name, title, zip: false, listens, inC: false, make };
}

/** The module that runs anywhere. */
function moduleOf(model: ExportedModel, { wasm }: ExportParts): PortableModule {
  const kernel = wasm['kernel-portable'];
  // this kernel also has the state of its self test
  const needed = Kernel.bindDecoded(model.bytes, model.network, new WebAssembly.Module(kernel)).ramBytes;
  const ramBytes = model.ramBytes + Math.max(0, alignedTo16(needed) - model.leastRamBytes);
  return portableModule(model.bytes, kernel, ramBytes, testWords(model.test));
}

/** The module whose weights are not in its memory. */
function bulkModuleOf({ bytes, network, leastRamBytes, test }: ExportedModel, { wasm }: ExportParts): PortableModule {
  const withRam = (ramBytes: number): PortableModule =>
    apartModule(bytes, network, wasm['kernel-apart'], ramBytes, testWords(test));
  // the kernel itself says how much it needs, if it has more
  const { module } = withRam(2 * leastRamBytes);
  const exports = new WebAssembly.Instance(new WebAssembly.Module(module)).exports as unknown as KernelExports;
  const error = exports.loadEmbedded();
  if (error !== 0) throw new RangeError(`a model that was checked is refused: error ${error}`);
  return withRam(alignedTo16(exports.query(QUERY.ramBytes)));
}

function npmExport(model: ExportedModel, parts: ExportParts): Made {
  const layers = model.network.layers.map(({ name }) => name);
  const { module, memoryBytes } = moduleOf(model, parts);
  const files = new Map<string, string | Uint8Array>([
    ...templateFiles(parts, 'npm', commonValues([model], parts)),
    ['resampler.js', textPart(parts, 'resampler.js')],
    ['model.json', `${JSON.stringify({ words: model.network.labels, layers }, null, 1)}\n`],
    ['model.wasm', module],
  ]);
  return { files, ramBytes: memoryBytes, leastRamBytes: memoryBytes };
}

function wasmExport(model: ExportedModel, parts: ExportParts): Made {
  const [plain, bulk] = [moduleOf(model, parts), bulkModuleOf(model, parts)];
  const values = {
    ...commonValues([model], parts),
    LABELS: JSON.stringify(model.network.labels),
    HEAP_BYTES: countText(plain.memoryBytes),
    BULK_BYTES: countText(bulk.memoryBytes),
  };
  const files = new Map<string, string | Uint8Array>([
    ...templateFiles(parts, 'wasm', values),
    [`spikeword_${model.name}.wasm`, plain.module],
    [`spikeword_${model.name}_bulk.wasm`, bulk.module],
    [`spikeword_${model.name}_bytes.wasm`, withBytePages(bulk)],
  ]);
  return { files, ramBytes: plain.memoryBytes, leastRamBytes: bulk.memoryBytes };
}

export const targets: readonly Target[] = [
  inC('c', 'C with CMake', ['c']),
  inC('arduino', 'library for the Arduino IDE', ['arduino-examples', 'arduino'], {
    folder: 'src/',
    zip: true,
    listens: true,
  }),
  inC('platformio', 'library for PlatformIO', ['arduino-examples', 'platformio'], {
    folder: 'src/',
    listens: true,
  }),
  inC('esp-idf', 'component for ESP-IDF', ['esp-idf'], { listens: true }),
  inC('zephyr', 'module for Zephyr', ['zephyr']),
  withOne('npm', 'package for Node and browsers', false, npmExport),
  withOne('wasm', 'module for any WebAssembly runtime', true, wasmExport),
];
