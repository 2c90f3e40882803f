import { readFileSync } from 'node:fs';
import type { QuantizedNetwork } from '../quantization/index.js';
import { decodeModel } from './decode.js';
import { extractModel, isWasm } from './embed.js';
import { ModelError } from './error.js';

/** A model as bytes of a .spkw file, and decoded. */
export interface ModelFile {
  readonly bytes: Uint8Array;
  readonly network: QuantizedNetwork;
}

/** Reads and checks model.spkw, or the model inside model.wasm; throws `ModelError` naming the file and the fault. */
export function readModel(path: string): ModelFile {
  let content: Uint8Array;
  try {
    content = new Uint8Array(readFileSync(path));
  } catch (cause) {
    throw new ModelError(`${path}: cannot be read: ${(cause as Error).message}`, { cause });
  }
  const bytes = isWasm(content) ? extractModel(content, path) : content;
  return { bytes, network: decodeModel(bytes, path) };
}
