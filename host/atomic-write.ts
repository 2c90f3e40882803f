import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

const unfinished = new Set<string>();

/**
 * Writes a file whole or not at all: into a new file beside it, flushed to the disk, then renamed over the old one.
 * Creates the folder if it does not exist.
 */
export function writeFileAtomically(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
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

/** A file or folder in the making, removed by `removeUnfinished` when the process is interrupted. */
export function whileUnfinished(path: string): { done(): void } {
  unfinished.add(path);
  return { done: () => void unfinished.delete(path) };
}

/** Removes everything that is half-written; the command line calls it on SIGINT and SIGTERM. */
export function removeUnfinished(): void {
  for (const path of unfinished) rmSync(path, { recursive: true, force: true });
  unfinished.clear();
}
