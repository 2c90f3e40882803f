import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { NetworkError } from '../core/error.js';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../core/network/index.js';
import { writeFileAtomically } from '../system/index.js';

/** Writes a checkpoint, completely or not at all. Throws `NetworkError` or `WriteError`, which name the file. */
export function writeCheckpoint(path: string, checkpoint: Checkpoint): void {
  writeFileAtomically(path, encodeCheckpoint(checkpoint, path));
}

/** Returns the best checkpoint of a run folder; any other path is returned unchanged. */
export function checkpointPath(path: string): string {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? join(path, 'best.safetensors') : path;
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
