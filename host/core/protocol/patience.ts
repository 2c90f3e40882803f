import { PATIENCE, type Patience } from './generated.js';

/** How long a board is waited for, by the kind of request. */
export function patienceFor(kind: number): Patience {
  return PATIENCE[kind];
}
