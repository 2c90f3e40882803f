import { readFileSync } from 'node:fs';
import { firmwarePath } from '../../host/boards/index.js';

/** Returns a file of firmware-bridge for `patches`, with some passages changed; each must occur exactly once. */
export function patched(path: string, changes: readonly (readonly [string, string])[]): string {
  let text = readFileSync(firmwarePath(path), 'utf8');
  for (const [from, to] of changes) {
    if (text.split(from).length !== 2) throw new Error(`${path}: not exactly once there: ${from}`);
    text = text.replace(from, to);
  }
  return text;
}
