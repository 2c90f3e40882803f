import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { firmwarePath } from '../boards/index.js';
import { UsageError } from '../core/error.js';
import { embedModel } from '../core/model/index.js';
import { countText } from '../core/text/index.js';
import { packagePath, packageVersion, wasmBytes } from '../system/index.js';
import { libraryFiles } from './c-library.js';
import { modelFiles } from './c-model.js';
import type { ExportedModel } from './exported-model.js';

/** Files by their path in the export. */
export type Files = ReadonlyMap<string, string | Uint8Array>;

/** A form in which models leave. */
export interface Target {
  readonly name: string;
  readonly title: string;
  /** Whether it is one zip file. */
  readonly zip: boolean;
  /** Returns the files besides the licence; examples are about the first model. */
  readonly files: (models: readonly ExportedModel[]) => Promise<Files>;
}

/** The RAM that a kernel of the library can have: the model begins above. */
const MOST_RAM = 65_520;
const LEAST_RAM = 16_384;
/** State of a listener besides that, as in spikeword.h. */
const OTHER_STATE = 1024;

/** RAM of the kernel with which all models run. */
function ramOf(models: readonly ExportedModel[]): number {
  return Math.min(MOST_RAM, Math.max(LEAST_RAM, ...models.map((model) => model.ramBytes)));
}

/** RAM of a listener for these models, in bytes. */
export function stateBytes(models: readonly ExportedModel[]): number {
  return ramOf(models) + OTHER_STATE;
}

/**
 * Returns the files of a folder of templates, with `@KEY@` replaced by its value, and MODEL by the model's name in
 * `spikeword_MODEL` and `SPIKEWORD_MODEL`.
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
        .replaceAll('spikeword_MODEL', `spikeword_${values.NAME}`)
        .replaceAll('SPIKEWORD_MODEL', `SPIKEWORD_${values.NAME.toUpperCase()}`),
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
    WORDS: words.join(', '),
    VERSION: packageVersion(),
    STATE_BYTES: countText(stateBytes(models)),
    MODEL_BYTES: countText(models.reduce((sum, { bytes }) => sum + bytes.length, 0)),
  };
}

/** A target in C: folders of templates, and the folder of the sources. */
function inC(name: string, title: string, templates: readonly string[], folder = '', zip = false): Target {
  const files = async (models: readonly ExportedModel[]): Promise<Files> => {
    if (models.some(({ ramBytes }) => ramBytes > MOST_RAM)) {
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
  return { name, title, zip, files };
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

export const targets: readonly Target[] = [
  inC('c', 'C with CMake', ['c']),
  inC('arduino', 'library for the Arduino IDE', ['arduino-examples', 'arduino'], 'src/', true),
  inC('platformio', 'library for PlatformIO', ['arduino-examples', 'platformio'], 'src/'),
  inC('esp-idf', 'component for ESP-IDF', ['esp-idf']),
  inC('zephyr', 'module for Zephyr', ['zephyr']),
  { name: 'npm', title: 'package for Node and browsers', zip: false, files: npmFiles },
];
