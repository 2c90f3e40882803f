import { createHash } from 'node:crypto';

/** Begins the first line of the built service worker, which lists the files that it keeps. */
const BEGIN = 'self.FILES=';

/** Returns the SHA-256 of a file, 64 hexadecimal digits. */
export const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * Returns the code of the service worker with a list of files in its first line, in place of the list that it may have
 * already. A browser takes the worker for a new version when one byte of it differs.
 *
 * @param digests address and SHA-256 of every file
 */
export function offlineCode(digests: Iterable<readonly [address: string, sha256: string]>, code: string): string {
  const files = Object.fromEntries([...digests].sort(([a], [b]) => (a < b ? -1 : 1)));
  const rest = code.startsWith(BEGIN) ? code.slice(code.indexOf('\n') + 1) : code;
  return `${BEGIN}${JSON.stringify(files)};\n${rest}`;
}
