import type { FeatureParameters } from '../features/index.js';
import type { NetworkSpec } from '../network/index.js';
import type { OperatingPoint } from './operating-point.js';

/** The shortcut of a layer in integers, in the scale of the layer's channels. */
export type QuantizedShortcut =
  /** [channels]: what a spike of the same channel and position adds. */
  | { readonly kind: 'identity'; readonly weights: Int16Array }
  /** int8, [out][in]: a 1 × 1 convolution with the stride of the layer plan. */
  | { readonly kind: 'projection'; readonly weights: Int8Array };

/** The integers of one layer; shapes, strides and sources are those of `planNetwork(spec).layers[k]`. */
export interface QuantizedLayer {
  readonly name: string;
  /** int8, [out][in][time][frequency] */
  readonly weights: Int8Array;
  readonly shortcut: QuantizedShortcut | null;
  /** int32, [out], added at every timestep; the batch norms of convolution and shortcut are folded into it. */
  readonly bias: Int32Array;
  /** int32, [timestep][out], positive */
  readonly thresholds: Int32Array;
  /** [out]: the float value of one integer unit of current, membrane and threshold. */
  readonly scales: Float64Array;
  readonly bounds: LayerBounds;
}

/** The range that no input can leave, proven from the weights: the extremes over all channels of the layer. */
export interface LayerBounds {
  readonly currentMin: number;
  readonly currentMax: number;
  readonly membraneMin: number;
  readonly membraneMax: number;
}

/** The least and the greatest threshold of a layer, over channels and timesteps. */
export function thresholdRange({ thresholds }: QuantizedLayer): [least: number, greatest: number] {
  return [thresholds.reduce((a, b) => Math.min(a, b)), thresholds.reduce((a, b) => Math.max(a, b))];
}

/** Where a model comes from. */
export interface Provenance {
  readonly spikeword: string;
  readonly task: string;
  readonly dataset: string;
  readonly seed: number;
  readonly epochs: number;
  /** Fraction of validation clips recognised by the float network and by the integers; null where not measured. */
  readonly validationAccuracyFloat: number | null;
  readonly validationAccuracy: number | null;
}

/**
 * When a network that classifies clips decides before its last timestep: part of the model file once `spikeword early`
 * has chosen it. The kernel stops after t timesteps if the score of the winner exceeds every other by the margin.
 */
export interface EarlyDecision {
  /** Least lead of the winner after t timesteps, [t − 1] for t from 1 to T − 1, in units of a score; 0: no decision. */
  readonly margins: readonly number[];
  /** int32 bias of the classifier after t timesteps, [t − 1][class]; zeros where there is no decision. */
  readonly biases: readonly (readonly number[])[];
}

/** A quantised network: everything the kernel needs, and where it comes from. */
export interface QuantizedNetwork {
  readonly spec: NetworkSpec;
  readonly labels: readonly string[];
  readonly features: FeatureParameters;
  readonly layers: readonly QuantizedLayer[];
  readonly classifier: {
    /** int8, [class][channel] */
    readonly weights: Int8Array;
    /** int32, [class] */
    readonly bias: Int32Array;
    /** The float value of one integer unit of a logit. */
    readonly scale: number;
  };
  readonly provenance: Provenance;
  /** How to detect words in a stream, if that was chosen for this model. */
  readonly detection?: OperatingPoint;
  /** When the network decides before its last timestep, if that was chosen for this model. */
  readonly early?: EarlyDecision;
}
