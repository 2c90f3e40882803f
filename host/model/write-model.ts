import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ModelError } from '../core/error.js';
import { decodeModel, embedModel, encodeModel } from '../core/model/index.js';
import type { QuantizedNetwork } from '../core/quantization/index.js';
import { wasmBytes, writeFileAtomically } from '../system/index.js';
import { describeBytes, type ModelDescription } from './describe.js';

export interface WrittenModel {
  /** Paths of the written files. */
  readonly model: string;
  readonly module: string;
  readonly moduleBytes: number;
  readonly description: ModelDescription;
}

/**
 * Writes `NAME.spkw` and `NAME.wasm` into a folder: the model file, and the kernel with the model in its data. Each is
 * written completely or not at all, and the same network gives the same bytes. If the folder already has the same
 * network with what `tune` or `early` has chosen, that is kept. Throws `ModelError` for a network that is not proven
 * or that the kernel refuses.
 */
export function writeModel(network: QuantizedNetwork, folder: string, name = 'model'): WrittenModel {
  const paths = { model: join(folder, `${name}.spkw`), module: join(folder, `${name}.wasm`) };
  const bytes = encodeModel(isPlain(network) ? withChoicesOf(paths.model, network) : network);
  const description = describeBytes(bytes, `${name}.spkw`);
  const module = embedModel(bytes, wasmBytes('kernel'), description.ramBytes);
  writeFileAtomically(paths.model, bytes);
  writeFileAtomically(paths.module, module);
  return { ...paths, moduleBytes: module.length, description };
}

/**
 * Writes a model that was changed, and rebuilds the .wasm next to it if there is one, so that both give the same
 * answers. Throws what `writeModel` throws.
 */
export function rewriteModel(path: string, network: QuantizedNetwork): void {
  const hasModule = path.endsWith('.spkw') && existsSync(path.replace(/\.spkw$/, '.wasm'));
  if (hasModule) writeModel(network, dirname(path), basename(path, '.spkw'));
  else writeFileAtomically(path, encodeModel(network));
}

/** Whether nothing was chosen for the network after it was quantised. */
function isPlain({ detection, early }: QuantizedNetwork): boolean {
  return detection === undefined && early === undefined;
}

/** Returns the network, with what was chosen for the model at `path` if that is the same network. */
function withChoicesOf(path: string, network: QuantizedNetwork): QuantizedNetwork {
  const present = modelAt(path);
  if (present === null || isPlain(present)) return network;
  const { detection, early, ...plain } = present;
  return Buffer.from(encodeModel(plain)).equals(encodeModel(network)) ? present : network;
}

/** Returns the network of the model file at a path; null if there is none or it cannot be read. */
function modelAt(path: string): QuantizedNetwork | null {
  if (!existsSync(path)) return null;
  try {
    return decodeModel(readFileSync(path), path);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return null;
  }
}
