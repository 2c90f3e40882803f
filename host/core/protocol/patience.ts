import { PATIENCE, type Patience } from './generated.js';

/** How long to wait for a board, by kind of request. */
export function patienceFor(kind: number): Patience {
  return PATIENCE[kind];
}
