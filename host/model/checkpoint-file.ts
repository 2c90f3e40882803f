import { readFileSync } from 'node:fs';
import { NetworkError } from '../core/error.js';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../core/network/index.js';
import { writeFileAtomically } from '../system/index.js';

/** Writes a checkpoint, completely or not at all. Throws `NetworkError` or `WriteError`, which name the file. */
export function writeCheckpoint(path: string, checkpoint: Checkpoint): void {
  writeFileAtomically(path, encodeCheckpoint(checkpoint, path));
}

/** Reads a checkpoint. Throws `NetworkError`, which names the file and the fault. */
export function readCheckpoint(path: string): Checkpoint {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new NetworkError(`${path}: cannot be read: ${(cause as Error).message}`, { cause });
  }
  return decodeCheckpoint(bytes, path);
}
