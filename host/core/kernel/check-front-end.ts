import { ModelError } from '../error.js';
import { COEFFICIENTS } from '../features/index.js';
import type { QuantizedNetwork } from '../quantization/index.js';

/** Throws `ModelError` for a network that does not read the features that a kernel computes from samples. */
export function checkFrontEnd({ spec }: QuantizedNetwork): void {
  const { coefficients, channels = 1 } = spec.input;
  if (coefficients === COEFFICIENTS && channels === 1) return;
  const needs = channels === 1 ? `${coefficients}` : `${coefficients} in ${channels} channels`;
  throw new ModelError(`the front end computes ${COEFFICIENTS} coefficients; the model needs ${needs}`);
}
