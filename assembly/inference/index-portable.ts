// The kernel for a module that brings its model and runs on any runtime: without bulk memory, and with a self test.

import { loadEmbedded } from './index';
import { testEmbedded } from './self-test';

export * from './index';

/**
 * Loads the embedded model, computes a built-in signal and compares every stage with what the maker of the module
 * computed. Returns 0 if all are equal; 1 without a model, 2 if features differ, 3 scores, 4 what is heard in a stream,
 * 5 the word that is detected, 16 + k the spikes of layer k. Then the model is loaded, and nothing heard.
 */
export function selfTest(): i32 {
  if (loadEmbedded() != 0) return 1;
  const stage = testEmbedded();
  loadEmbedded();
  return stage;
}

/** For shells that only run a main: traps unless the self test passes. */
export function _start(): void {
  if (selfTest() != 0) unreachable();
}
