import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UsageError } from '../core/error.js';
import { makeFolder, whileUnfinished } from '../system/index.js';

/** The file that marks a folder as a demo's. */
export const RESULT_FILE = 'demo.json';

/**
 * Makes the content of a folder next to it and moves it into place when it is complete. Until then an earlier demo
 * stays unchanged, and an interrupted demo leaves nothing behind. Throws `UsageError` if the folder contains anything
 * but an earlier demo.
 */
export async function replaceDemoFolder<T>(folder: string, make: (partial: string) => Promise<T>): Promise<T> {
  if (existsSync(folder) && !statSync(folder).isDirectory()) {
    throw new UsageError(`${folder}: is a file; give a folder with --out`);
  }
  if (existsSync(folder) && readdirSync(folder).length > 0 && !existsSync(join(folder, RESULT_FILE))) {
    throw new UsageError(`${folder}: is not empty and is not an earlier demo; choose another folder with --out`);
  }
  const parent = dirname(resolve(folder));
  const partial = join(parent, `.${basename(folder)}.${process.pid}.part`);
  const before = join(parent, `.${basename(folder)}.${process.pid}.old`);
  makeFolder(parent);
  const unfinished = whileUnfinished(partial);
  try {
    const result = await make(partial);
    if (existsSync(folder)) renameSync(folder, before);
    renameSync(partial, folder);
    rmSync(before, { recursive: true, force: true });
    return result;
  } finally {
    rmSync(partial, { recursive: true, force: true });
    unfinished.done();
  }
}
