import { join } from 'node:path';
import { cacheFolder } from '../system/index.js';
import type { Board } from './boards.js';

/** Returns the default path of an emulated board's flash: one file per board in the cache. */
export function defaultFlashFile(board: Board): string {
  return join(cacheFolder(), 'boards', `${board.name}.flash`);
}
