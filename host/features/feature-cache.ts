import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, writeFileAtomically } from '../system/index.js';

const DIGEST_BYTES = 32;

const sha256 = (...parts: readonly (string | Uint8Array)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/**
 * Returns the result of `compute` and keeps it in the cache folder under `key`, the hexadecimal digest of everything
 * that it depends on. A file is the SHA-256 of key and content, then the content. If a file was cut, changed or
 * renamed, its digest is wrong and the result is computed again.
 */
export async function cached(key: string, compute: () => Promise<Uint8Array>): Promise<Uint8Array> {
  const path = join(cacheFolder(), 'features', key);
  if (existsSync(path)) {
    const file = readFileSync(path);
    const content = file.subarray(DIGEST_BYTES);
    if (sha256(key, content).equals(file.subarray(0, DIGEST_BYTES))) return content;
  }
  const content = await compute();
  writeFileAtomically(path, Buffer.concat([sha256(key, content), content]));
  return content;
}
