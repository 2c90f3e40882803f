import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { ModelError } from '../../host/core/error.js';
import { type ExportedModel, targets } from '../../host/core/export/index.js';
import { selfTest } from '../../host/core/export/self-test.js';
import { decodeModel, encodeModel } from '../../host/core/model/index.js';
import { planNetwork } from '../../host/core/network/index.js';
import { exportedModel, exportModels } from '../../host/export/index.js';
import { openKernel } from '../../host/model/index.js';
import { wasmBytes } from '../../host/system/package-files.js';

/** Makes a new folder for a test; the caller removes it. */
export function scratchFolder(): string {
  return mkdtempSync(join(tmpdir(), 'spikeword-export-'));
}

/** Prepares the bytes of a model for an export. */
export function prepared(bytes: Uint8Array, name: string): ExportedModel {
  return exportedModel(bytes, decodeModel(bytes, name), name);
}

/** Exports models and returns the folder; what a zip file contains is unpacked. */
export async function exportTo(name: string, models: readonly ExportedModel[], parent: string): Promise<string> {
  const target = targets.find((known) => known.name === name);
  if (target === undefined) throw new RangeError(name);
  const out = join(parent, target.zip ? `${name}.zip` : name);
  await exportModels(models, target, out);
  if (!target.zip) return out;
  for (const [path, content] of Object.entries(unzipSync(readFileSync(out)))) {
    mkdirSync(dirname(join(parent, name, path)), { recursive: true });
    writeFileSync(join(parent, name, path), content);
  }
  return join(parent, name, `spikeword_${models[0].name}`);
}

/** Returns a model in which one weight of a layer differs, so that its spikes in the built-in signal do too. */
export function withChangedWeight(model: Uint8Array, layer: number): Uint8Array {
  const network = decodeModel(model, 'model');
  const plan = planNetwork(network.spec);
  const { ramBytes } = openKernel(model);
  const kernel = new WebAssembly.Module(wasmBytes('kernel'));
  const { spikes } = selfTest(kernel, model, plan, ramBytes).layers[layer];
  for (let at = 0; at < network.layers[layer].weights.length; at++) {
    const weights = network.layers[layer].weights.slice();
    weights[at] ^= 64;
    const layers = network.layers.map((own, k) => (k === layer ? { ...own, weights } : own));
    try {
      const changed = encodeModel({ ...network, layers });
      if (selfTest(kernel, changed, plan, ramBytes).layers[layer].spikes !== spikes) return changed;
    } catch (error) {
      // some weights decide the proven bounds
      if (!(error instanceof ModelError)) throw error;
    }
  }
  throw new RangeError(`no weight of layer ${layer} is felt`);
}

/** Returns the C of a model with other bytes. */
export function withBytes(source: string, bytes: Uint8Array): string {
  return source.replace(/(?<== \{\n)[\d,\s]+(?=\n\};)/, bytes.join(',\n'));
}

/** Returns why a test that needs these programs cannot run, for `skip`; false if it can. */
export function skipWithoutPrograms(...programs: readonly string[]): string | false {
  const missing = programs.filter((name) => spawnSync(name, ['--version']).error !== undefined);
  return missing.length > 0 && `${missing.join(', ')} not installed: npm run setup:compilers`;
}

/** The compilers that exports are tested with. */
export const compilers = ['gcc', 'clang'] as const;

const SANITIZERS = ['-g', '-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
/** Warnings that a careful user's build has. */
export const STRICT = ['-Wall', '-Wextra', '-Werror'];
export const SANITIZED = [...SANITIZERS, '-std=c99', ...STRICT];

/** Compiles sources to a program, and returns its path. */
export function compile(compiler: string, options: readonly string[], sources: readonly string[], out: string): string {
  execFileSync(compiler, [...options, ...sources, '-o', out], { stdio: ['ignore', 'ignore', 'pipe'] });
  return out;
}

export interface Ran {
  readonly exitCode: number | null;
  readonly lines: string[];
  readonly stderr: string;
}

/** Runs a program to its end. */
export function run(program: string, args: readonly string[] = [], input: Uint8Array = new Uint8Array()): Ran {
  const { status, stdout, stderr } = spawnSync(program, args, { input, encoding: 'utf8', maxBuffer: 1 << 26 });
  return { exitCode: status, lines: stdout.split('\n').filter((line) => line !== ''), stderr };
}
