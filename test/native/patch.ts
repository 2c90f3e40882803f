import { readFileSync } from 'node:fs';
import { firmwarePath } from '../../host/boards/index.js';

/** Returns the text of a file of firmware-bridge with some unique passages replaced, for `patches`. */
export function patched(path: string, changes: readonly (readonly [string, string])[]): string {
  let text = readFileSync(firmwarePath(path), 'utf8');
  for (const [from, to] of changes) {
    if (text.split(from).length !== 2) throw new Error(`${path}: not exactly once there: ${from}`);
    text = text.replace(from, to);
  }
  return text;
}
