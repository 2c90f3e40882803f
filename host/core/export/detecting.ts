import { operatingPointOf, type PointChanges } from '../detection/index.js';
import { encodeModel } from '../model/index.js';
import type { QuantizedNetwork } from '../quantization/index.js';

/** The bytes of a model file, and what they decode to. */
export interface DecodedModel {
  readonly bytes: Uint8Array;
  readonly network: QuantizedNetwork;
}

/** Returns a model with another operating point, if one is asked for. Throws `DetectionError`. */
export function detecting(model: DecodedModel, changes: PointChanges): DecodedModel {
  if (Object.keys(changes).length === 0) return model;
  const network = { ...model.network, detection: operatingPointOf(model.network, changes) };
  return { bytes: encodeModel(network), network };
}
