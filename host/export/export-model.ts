import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Zippable, zipSync } from 'fflate';
import { firmwarePath } from '../boards/index.js';
import { UsageError } from '../core/error.js';
import { checkFrontEnd } from '../core/kernel/index.js';
import { paddedChannels, thresholdRows } from '../core/model/index.js';
import { planNetwork } from '../core/network/index.js';
import type { QuantizedNetwork } from '../core/quantization/index.js';
import { bytesText, countText } from '../core/text/index.js';
import { openKernel } from '../model/index.js';
import {
  makeFolder,
  packagePath,
  packageVersion,
  WriteError,
  whileUnfinished,
  writeFileAtomically,
} from '../system/index.js';
import { libraryFiles } from './c-library.js';
import { type ExportedModel, identifier, modelFiles } from './c-model.js';
import { selfTest } from './self-test.js';
import type { Target } from './targets.js';

/** The RAM that a kernel of the library can have: the model begins above. */
const MOST_RAM = 65_520;
const LEAST_RAM = 16_384;
/** State of a listener besides that, as in spikeword.h. */
const OTHER_STATE = 1024;

export interface WrittenExport {
  /** The folder, or the zip file. */
  readonly path: string;
  readonly files: number;
  /** RAM of a listener, in bytes. */
  readonly stateBytes: number;
  /** Flash of all models, in bytes. */
  readonly modelBytes: number;
  /** The word that the self test of each model detects; null if it detects none. */
  readonly testWords: readonly (string | null)[];
}

const upTo16 = (bytes: number): number => Math.ceil(bytes / 16) * 16;

/**
 * Prepares a model for an export.
 *
 * @param bytes a model file, checked, and decoded to `network`
 * @param name becomes part of file names and identifiers
 * @param file for messages
 */
export function exportedModel(bytes: Uint8Array, network: QuantizedNetwork, name: string, file: string): ExportedModel {
  checkFrontEnd(network);
  const { ramBytes } = openKernel(bytes);
  if (upTo16(ramBytes) > MOST_RAM) {
    throw new UsageError(
      `${file}: needs ${bytesText(ramBytes)} of RAM; networks in firmware have at most ${countText(MOST_RAM)}`,
    );
  }
  const plan = planNetwork(network.spec);
  // margins, and biases for each row of thresholds, as in assembly/inference/network/prepared.ts; the stem has none
  const laidOut = network.layers.slice(1).reduce((sum, { thresholds, bias }) => {
    return sum + paddedChannels(bias.length) * 2 * (1 + thresholdRows(thresholds, bias.length));
  }, 0);
  return {
    name: identifier(name).toLowerCase(),
    bytes,
    network,
    test: selfTest(bytes, plan),
    ramBytes: upTo16(ramBytes + (network.spec.padding === 'valid' ? laidOut : 0)),
  };
}

/** Returns the files of the templates by their path in the export. */
function templateFiles(folder: string): [path: string, text: string][] {
  const root = firmwarePath(`library/templates/${folder}`);
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => [path.slice(root.length + 1).replaceAll('\\', '/'), readFileSync(path, 'utf8')]);
}

/** Returns the words that a model detects, as in a sentence. */
function wordsText({ labels, detection }: QuantizedNetwork): string {
  const words = labels.filter((label, k) => !label.startsWith('_') && detection?.thresholds[k] !== 0);
  return words.join(', ');
}

function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/@([A-Z_]+)@/g, (_, key: string) => values[key]);
}

/** Returns all files of an export by their path, and what it takes. */
async function exportFiles(
  models: readonly ExportedModel[],
  target: Target,
): Promise<{ files: Map<string, string>; stateBytes: number; modelBytes: number }> {
  const ramBytes = Math.min(MOST_RAM, Math.max(LEAST_RAM, ...models.map((model) => model.ramBytes)));
  const modelBytes = models.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const [{ name, network }] = models;
  const sources = models.map((model) => `${target.sources}spikeword_${model.name}.c`);
  const values = {
    NAME: name,
    CAPS: name.toUpperCase(),
    WORDS: wordsText(network),
    VERSION: packageVersion(),
    STATE_BYTES: countText(ramBytes + OTHER_STATE),
    MODEL_BYTES: countText(modelBytes),
    MODEL_SOURCES: sources.join(' '),
    QUOTED_SOURCES: sources.map((source) => `"${source}"`).join(' '),
  };
  const templates = target.templates
    .flatMap(templateFiles)
    .map(([path, text]) => [path, filled(text, values)] as const);
  const code = [await libraryFiles(ramBytes), ...models.map(modelFiles)].flatMap((files) => [...files]);
  const files = new Map([
    ['LICENSE', readFileSync(packagePath('LICENSE'), 'utf8')],
    ...templates,
    ...code.map(([path, text]) => [target.sources + path, text] as const),
  ]);
  return { files, stateBytes: ramBytes + OTHER_STATE, modelBytes };
}

/** Writes files into a new folder, which appears when it is complete. */
function writeFolder(folder: string, files: ReadonlyMap<string, string>): void {
  makeFolder(dirname(resolve(folder)));
  const partial = mkdtempSync(`${resolve(folder)}.`);
  const unfinished = whileUnfinished(partial);
  try {
    for (const [path, text] of files) {
      makeFolder(dirname(join(partial, path)));
      writeFileSync(join(partial, path), text);
    }
    renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
    unfinished.done();
  }
}

/**
 * Writes models, with the library that runs them, in the form of a target. Throws `WriteError` if there is something at
 * `out`, and `UsageError` for two models of one name.
 */
export async function exportModels(
  models: readonly ExportedModel[],
  target: Target,
  out: string,
): Promise<WrittenExport> {
  const twice = models.find(({ name }, k) => models.findIndex((other) => other.name === name) < k);
  if (twice !== undefined)
    throw new UsageError(`export: two models have the name ${twice.name}; rename one of the files`);
  if (existsSync(out)) throw new WriteError(`${out}: exists already; remove it, or choose another --out`);
  const { files, stateBytes, modelBytes } = await exportFiles(models, target);
  if (target.zip) {
    const root = `spikeword_${models[0].name}/`;
    // the same bytes whenever it is made
    const mtime = new Date(2000, 0, 1);
    const entries: Zippable = {};
    for (const [path, text] of files) entries[root + path] = [Buffer.from(text), { mtime }];
    writeFileAtomically(out, zipSync(entries));
  } else {
    writeFolder(out, files);
  }
  const testWords = models.map(({ network, test }) => (test.word < 0 ? null : network.labels[test.word]));
  return { path: out, files: files.size, stateBytes, modelBytes, testWords };
}
