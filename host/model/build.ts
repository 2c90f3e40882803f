import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ModelError } from '../core/error.js';
import { embedModel, encodeModel } from '../core/model/index.js';
import type { QuantizedNetwork } from '../core/quantization/index.js';
import { wasmBytes, writeFileAtomically } from '../system/index.js';
import { describeBytes, type ModelDescription } from './describe.js';
import { readQuantizedNetwork } from './quantized-file.js';
import { readModel } from './read.js';

export interface BuiltModel {
  /** Paths of what was written. */
  readonly model: string;
  readonly module: string;
  readonly moduleBytes: number;
  readonly description: ModelDescription;
  /** Whether a model was replaced for which `tune` had chosen how words are detected, which the new one does not know. */
  readonly lostTuning: boolean;
}

/**
 * Writes `NAME.spkw` and `NAME.wasm` into a folder: the model file, and the kernel with the model in its data. Both are
 * written whole or not at all; the same network gives the same bytes. Throws `ModelError` for a network that is not
 * proven and `ModelError` for one that the kernel refuses.
 */
export function buildModel(network: QuantizedNetwork, folder: string, name = 'model'): BuiltModel {
  const bytes = encodeModel(network);
  const description = describeBytes(bytes, `${name}.spkw`);
  const module = embedModel(bytes, wasmBytes('kernel'), description.ramBytes);
  const paths = { model: join(folder, `${name}.spkw`), module: join(folder, `${name}.wasm`) };
  const lostTuning = network.detection === undefined && isTuned(paths.model);
  writeFileAtomically(paths.model, bytes);
  writeFileAtomically(paths.module, module);
  return { ...paths, moduleBytes: module.length, description, lostTuning };
}

function isTuned(model: string): boolean {
  if (!existsSync(model)) return false;
  try {
    return readModel(model).network.detection !== undefined;
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return false;
  }
}

/**
 * Builds the quantised network in a file, or in the `quantized.json` of a run folder; the results go to `folder`, by
 * default beside it. Throws `NetworkError` for a bad file, and what `buildModel` throws.
 */
export function buildFrom(path: string, folder?: string, name?: string): BuiltModel {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const file = isFolder ? join(path, 'quantized.json') : path;
  return buildModel(readQuantizedNetwork(file), folder ?? dirname(file), name);
}
