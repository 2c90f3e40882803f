import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { RecordingError } from '../core/error.js';
import { DatasetError, makeFolder, whileUnfinished } from '../system/index.js';

/**
 * Writes a large file of the cache piece by piece, under a temporary name until it is complete.
 *
 * @throws RecordingError as `fill` does; DatasetError if the file cannot be written
 */
export async function writePack(
  path: string,
  fill: (append: (bytes: Uint8Array) => void) => Promise<void>,
): Promise<void> {
  const partial = `${path}.${process.pid}.part`;
  const mark = whileUnfinished(partial);
  const file = createFile(partial);
  try {
    await fill((bytes) => writeAll(file, bytes));
    fsyncSync(file);
    renameSync(partial, path);
  } catch (cause) {
    if (cause instanceof RecordingError) throw cause;
    throw new DatasetError(`${path}: cannot be written: ${(cause as Error).message}`, { cause });
  } finally {
    closeSync(file);
    rmSync(partial, { force: true });
    mark.done();
  }
}

function createFile(path: string): number {
  try {
    makeFolder(dirname(path));
    return openSync(path, 'w');
  } catch (cause) {
    throw new DatasetError(`${path}: cannot be created: ${(cause as Error).message}`, { cause });
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length; ) offset += writeSync(file, bytes, offset);
}
