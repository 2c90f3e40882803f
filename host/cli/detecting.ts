import { operatingPointOf, type PointChanges } from '../core/detection/index.js';
import { encodeModel } from '../core/model/index.js';
import type { ModelFile } from '../model/index.js';

/** Returns a model with another operating point, if one is asked for. */
export function detecting(model: ModelFile, changes: PointChanges): Pick<ModelFile, 'bytes' | 'network'> {
  if (Object.keys(changes).length === 0) return model;
  const network = { ...model.network, detection: operatingPointOf(model.network, changes) };
  return { bytes: encodeModel(network), network };
}
