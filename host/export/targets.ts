import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { firmwarePath } from '../boards/index.js';
import { UsageError } from '../core/error.js';
import { embedModel, portableModule } from '../core/model/index.js';
import { countText } from '../core/text/index.js';
import { packagePath, packageVersion, wasmBytes } from '../system/index.js';
import { libraryFiles } from './c-library.js';
import { modelFiles } from './c-model.js';
import type { ExportedModel } from './exported-model.js';
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
  /** Returns the files besides the licence; examples are about the first model. */
  readonly files: (models: readonly ExportedModel[]) => Promise<Files>;
}

/** The RAM that a kernel of the library can have: the model begins above. */
const MOST_RAM = 65_520;
const LEAST_RAM = 16_384;
/** What the self test of the portable kernel needs besides, rounded up. */
const PORTABLE_RAM = 64;
/** State of a listener besides that, as in spikeword.h. */
const OTHER_STATE = 1024;

const within = (bytes: readonly number[]): number => Math.min(MOST_RAM, Math.max(LEAST_RAM, ...bytes));

/** RAM of the kernel with which all models run. */
function ramOf(models: readonly ExportedModel[]): number {
  return within(models.map((model) => model.ramBytes));
}

/** RAM of a listener for these models, in bytes: as it is written, and the least that it may be changed to. */
export function stateBytes(models: readonly ExportedModel[]): { stateBytes: number; leastBytes: number } {
  return {
    stateBytes: ramOf(models) + OTHER_STATE,
    leastBytes: within(models.map((model) => model.leastRamBytes)) + OTHER_STATE,
  };
}

/**
 * Returns the files of a folder of templates, with `@KEY@` replaced by its value, and NAME by the model's name in the
 * names that `modelFiles` gives.
 */
function templateFiles(folder: string, values: Readonly<Record<string, string>>): [path: string, text: string][] {
  const root = firmwarePath(`library/templates/${folder}`);
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => [
      path.slice(root.length + 1).replaceAll('\\', '/'),
      readFileSync(path, 'utf8')
        .replace(/@([A-Z_]+)@/g, (_, key: string) => values[key])
        .replace(/\b(spikeword(?:_model|_test)?)_NAME\b/g, `$1_${values.NAME}`)
        .replace(/\bSPIKEWORD_BYTES_NAME\b/g, `SPIKEWORD_BYTES_${values.NAME.toUpperCase()}`),
    ]);
}

/** What all templates may name. */
function commonValues(models: readonly ExportedModel[]): Record<string, string> {
  const [{ name, network }] = models;
  const { labels, detection } = network;
  const words = labels.filter((label, k) => !label.startsWith('_') && detection?.thresholds[k] !== 0);
  return {
    NAME: name,
    DASHED: name.replaceAll('_', '-'),
    // no sign that means something in JSON, YAML, Kconfig or C
    WORDS: words.map((word) => word.replace(/[^\p{L}\p{N}' _-]/gu, ' ')).join(', '),
    VERSION: packageVersion(),
    STATE_BYTES: countText(stateBytes(models).stateBytes),
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
  const files = async (models: readonly ExportedModel[]): Promise<Files> => {
    if (models.some(({ leastRamBytes }) => leastRamBytes > MOST_RAM)) {
      throw new UsageError(
        `export: the model needs more RAM than networks in firmware can have, ${countText(MOST_RAM)} bytes`,
      );
    }
    const sources = models.map((model) => `${folder}spikeword_${model.name}.c`);
    const values = {
      ...commonValues(models),
      MODEL_SOURCES: sources.join(' '),
      QUOTED_SOURCES: sources.map((source) => `"${source}"`).join(' '),
    };
    const code = [await libraryFiles(ramOf(models)), ...models.map(modelFiles)].flatMap((made) => [...made]);
    return new Map([
      ...templates.flatMap((template) => templateFiles(template, values)),
      ...code.map(([path, text]) => [folder + path, text] as const),
    ]);
  };
  return { name, title, zip, listens, files };
}

/** Returns a compiled module of this package whose only import, if any, is the sample rate. */
function plainModule(path: string): string {
  return readFileSync(packagePath(`dist/host/${path}.js`), 'utf8')
    .replace("import { SAMPLE_RATE_HZ } from './generated.js';", 'const SAMPLE_RATE_HZ = 16000;')
    .replace(/^\/\/# sourceMappingURL.*\n?/m, '');
}

async function npmFiles(models: readonly ExportedModel[]): Promise<Files> {
  if (models.length > 1) throw new UsageError('export: a package for npm has one model; export one at a time');
  const [{ bytes, network, test, ramBytes }] = models;
  return new Map<string, string | Uint8Array>([
    ...templateFiles('npm', commonValues(models)),
    ['voice.js', plainModule('export/voice')],
    ['resampler.js', plainModule('core/audio/resampler')],
    ['model.wasm', embedModel(bytes, wasmBytes('kernel'), ramBytes)],
    ['model.json', `${JSON.stringify({ words: network.labels, test }, null, 1)}\n`],
  ]);
}

async function wasmFiles(models: readonly ExportedModel[]): Promise<Files> {
  if (models.length > 1) throw new UsageError('export: a module has one model; export one at a time');
  const [{ name, bytes, network, test, ramBytes }] = models;
  const module = portableModule(bytes, wasmBytes('kernel-portable'), ramBytes + PORTABLE_RAM, testWords(test));
  const { __heap_base: heapBase } = new WebAssembly.Instance(new WebAssembly.Module(module)).exports;
  const values = {
    ...commonValues(models),
    LABELS: JSON.stringify(network.labels),
    HEAP_BYTES: countText((heapBase as unknown as { value: number }).value),
  };
  return new Map<string, string | Uint8Array>([...templateFiles('wasm', values), [`spikeword_${name}.wasm`, module]]);
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
  { name: 'npm', title: 'package for Node and browsers', zip: false, listens: false, files: npmFiles },
  { name: 'wasm', title: 'module for any WebAssembly runtime', zip: false, listens: true, files: wasmFiles },
];
