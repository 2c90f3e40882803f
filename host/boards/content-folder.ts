import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, makeFolder, whileUnfinished } from '../system/index.js';

/** A key that differs whenever one of the parts does. */
export function contentKey(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part;
    hash.update(`${bytes.length}:`).update(bytes);
  }
  return hash.digest('hex').slice(0, 24);
}

/**
 * The folder in the cache that holds what `fill` makes for this key. It appears whole: made under another name, then
 * renamed, so that two processes that make the same at once do not meet.
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
      // Another process was first, with the same content.
      if (!existsSync(folder)) throw error;
    }
  } finally {
    rmSync(partial, { recursive: true, force: true });
    unfinished.done();
  }
  return folder;
}
