import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { WriteError } from './error.js';

const unfinished = new Set<string>();

/**
 * Writes a file whole or not at all: writes a new file in the same folder, flushes it to the disk, and renames it over
 * the old file. Creates the folder if it does not exist. A link stays a link, to the new file. A device or a pipe such
 * as /dev/stdout, which cannot be replaced, is written to. Throws `WriteError` naming the file and the system's reason.
 */
export function writeFileAtomically(path: string, content: string | Uint8Array): void {
  try {
    makeFolder(dirname(path));
    const present = statSync(path, { throwIfNoEntry: false });
    if (present === undefined) writeAndRename(path, content);
    else if (present.isFile() || present.isDirectory()) writeAndRename(realpathSync(path), content);
    else writeFileSync(path, content);
  } catch (cause) {
    throw new WriteError(`${path}: cannot be written: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Creates a folder and the folders above it. Does not use `mkdirSync` with `recursive`, which in Node 20 never returns
 * if the system answers ENOENT for a folder whose parent exists, as in /proc.
 */
export function makeFolder(path: string): void {
  const folder = resolve(path);
  // existsSync comes first: if a file is in the way, statSync throws in Node 20 and returns undefined in later
  // versions.
  const isFolder = (): boolean => existsSync(folder) && statSync(folder).isDirectory();
  if (isFolder()) return;
  if (!existsSync(folder)) makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have created it first.
    if (!isFolder()) throw error;
  }
}

function writeAndRename(path: string, content: string | Uint8Array): void {
  const partial = `${path}.${process.pid}.part`;
  unfinished.add(partial);
  try {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    const file = openSync(partial, 'w');
    try {
      for (let offset = 0; offset < bytes.length; ) offset += writeSync(file, bytes, offset);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(partial, path);
  } finally {
    rmSync(partial, { force: true });
    unfinished.delete(partial);
  }
}

/** Marks a file or folder as unfinished until `done`: `removeUnfinished` removes it if the process is interrupted. */
export function whileUnfinished(path: string): { done(): void } {
  unfinished.add(path);
  return { done: () => void unfinished.delete(path) };
}

/** Removes all unfinished files and folders; the command line calls it on SIGINT and SIGTERM. */
export function removeUnfinished(): void {
  for (const path of unfinished) rmSync(path, { recursive: true, force: true });
  unfinished.clear();
}
