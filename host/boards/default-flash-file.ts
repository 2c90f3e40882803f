import { join } from 'node:path';
import { cacheFolder } from '../system/index.js';
import type { Board } from './boards.js';

/** Where an emulated board keeps its flash unless it is told: in the cache, one file a board. */
export function defaultFlashFile(board: Board): string {
  return join(cacheFolder(), 'boards', `${board.name}.flash`);
}
