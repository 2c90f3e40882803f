import { readFileSync } from 'node:fs';
import { ModelError } from '../core/error.js';
import { decodeModel, extractModel, isWasm } from '../core/model/index.js';
import type { QuantizedNetwork } from '../core/quantization/index.js';
import { modelPath } from './model-path.js';

/** A model that was read from a model file or a module. */
export interface ModelFile {
  /** The content of the file: a model file, or a module. */
  readonly content: Uint8Array;
  /** The model as bytes of a .spkw file. */
  readonly bytes: Uint8Array;
  readonly network: QuantizedNetwork;
}

/** Checks the content of model.spkw or model.wasm. Throws `ModelError`, which names `file` and the fault. */
export function openModel(content: Uint8Array, file: string): ModelFile {
  const bytes = isWasm(content) ? extractModel(content, file) : content;
  return { content, bytes, network: decodeModel(bytes, file) };
}

/** Returns the bytes of a file. Throws `ModelError`, which names the file and says why it cannot be read. */
export function readContent(path: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (cause) {
    throw new ModelError(`${path}: cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Reads and checks model.spkw, the model inside model.wasm, or the only model of a folder (`modelPath`). Throws
 * `ModelError`, which names the file and the fault.
 */
export function readModel(path: string): ModelFile {
  const file = modelPath(path);
  return openModel(readContent(file), file);
}
