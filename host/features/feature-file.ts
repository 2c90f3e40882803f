import { createHash } from 'node:crypto';
import { NetworkError } from '../core/error.js';
import { COEFFICIENTS, FEATURE_SCALE, type FeatureParameters } from '../core/features/index.js';
import { encodeTensors, type Tensor } from '../core/network/index.js';

/** The features of many clips, with everything that another program needs to train on them. */
export interface FeatureSet {
  readonly task: string;
  readonly split: string;
  /** The words, indexed by `clipLabels`. */
  readonly labels: readonly string[];
  readonly parameters: FeatureParameters;
  /** int8, [clip][frame][coefficient]. */
  readonly features: Int8Array;
  /** [clip]. */
  readonly clipLabels: Int32Array;
  /** [clip], paths in the dataset. */
  readonly names: readonly string[];
}

/**
 * Encodes a feature set in the safetensors format (https://github.com/huggingface/safetensors), which NumPy and PyTorch
 * read: tensors `features` (I8, [clips, frames, 10]) and `labels` (I32, [clips]); the rest is metadata in JSON. One
 * unit of a feature is 1/32 at the input of the network. Throws `NetworkError` if the sizes of the parts do not match.
 */
export function encodeFeatureSet(set: FeatureSet): Uint8Array {
  const { features, clipLabels, parameters, names } = set;
  const clips = clipLabels.length;
  if (features.length !== clips * parameters.frames * COEFFICIENTS || names.length !== clips) {
    throw new NetworkError(
      `${features.length} features, ${clips} labels and ${names.length} names do not match: expected ` +
        `${parameters.frames} × ${COEFFICIENTS} features and one name per label`,
    );
  }
  const tensors = new Map<string, Tensor>([
    ['labels', { shape: [clips], data: clipLabels }],
    ['features', { shape: [clips, parameters.frames, COEFFICIENTS], data: features }],
  ]);
  return encodeTensors(tensors, {
    task: set.task,
    split: set.split,
    labels: JSON.stringify(set.labels),
    names: JSON.stringify(names),
    parameters: JSON.stringify(parameters),
    featureScale: String(FEATURE_SCALE),
  });
}

/** Returns the SHA-256 of the features, hexadecimal: the same recordings, task, split and seed give the same digest. */
export function featureDigest(features: Int8Array): string {
  return createHash('sha256').update(features).digest('hex');
}
