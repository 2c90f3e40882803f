import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, makeFolder, whileUnfinished } from '../system/index.js';

/** Returns a key that changes whenever one of the parts changes. */
export function contentKey(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part;
    hash.update(`${bytes.length}:`).update(bytes);
  }
  return hash.digest('hex').slice(0, 24);
}

/**
 * Returns the folder in the cache with the files that `fill` makes for this key. The folder is made under another name
 * and then renamed, so it is always complete, and two processes can make it at the same time.
 */
export async function contentFolder(
  kind: string,
  key: string,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const parent = join(cacheFolder(), 'firmware');
  const folder = join(parent, `${kind}-${key}`);
  if (existsSync(folder)) return folder;
  makeFolder(parent);
  const partial = mkdtempSync(join(parent, '.partial-'));
  const unfinished = whileUnfinished(partial);
  try {
    await fill(partial);
    try {
      renameSync(partial, folder);
    } catch (error) {
      // another process made the same content first
      if (!existsSync(folder)) throw error;
    }
  } finally {
    rmSync(partial, { recursive: true, force: true });
    unfinished.done();
  }
  return folder;
}
