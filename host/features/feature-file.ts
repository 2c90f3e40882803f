import { createHash } from 'node:crypto';
import { COEFFICIENTS, FEATURE_SCALE, FeatureError, type FeatureParameters } from './parameters.js';

/** The features of many clips, with what is needed to train on them elsewhere. */
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
  /** [clip], paths within the dataset. */
  readonly names: readonly string[];
}

/**
 * Encodes a feature set in the safetensors format (https://github.com/huggingface/safetensors), which NumPy and PyTorch
 * read: tensors `features` (I8, [clips, frames, 10]) and `labels` (I32, [clips]); the rest is metadata in JSON. One unit
 * of a feature is worth 1/32 at the network's input. Throws FeatureError if the parts do not fit together.
 */
export function encodeFeatureSet(set: FeatureSet): Uint8Array {
  const { features, clipLabels, parameters, names } = set;
  const clips = clipLabels.length;
  if (features.length !== clips * parameters.frames * COEFFICIENTS || names.length !== clips) {
    throw new FeatureError(
      `${features.length} features, ${clips} labels, ${names.length} names of ${parameters.frames} × ${COEFFICIENTS}`,
    );
  }
  const labelsEnd = clips * 4;
  const header = JSON.stringify({
    __metadata__: {
      task: set.task,
      split: set.split,
      labels: JSON.stringify(set.labels),
      names: JSON.stringify(names),
      parameters: JSON.stringify(parameters),
      featureScale: String(FEATURE_SCALE),
    },
    labels: { dtype: 'I32', shape: [clips], data_offsets: [0, labelsEnd] },
    features: {
      dtype: 'I8',
      shape: [clips, parameters.frames, COEFFICIENTS],
      data_offsets: [labelsEnd, labelsEnd + features.length],
    },
  });
  const json = Buffer.from(header);
  // The header ends on a multiple of 8, filled with spaces.
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, ' ');
  json.copy(padded);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const bytes = (array: Int8Array | Int32Array): Uint8Array =>
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  return Buffer.concat([length, padded, bytes(clipLabels), bytes(features)]);
}

/** SHA-256 of the features, hexadecimal: equal on every machine for the same recordings, task, split and seed. */
export function featureDigest(features: Int8Array): string {
  return createHash('sha256').update(features).digest('hex');
}
