import { type Checkpoint, featureCount, type NetworkSpec, planNetwork, withThresholds } from '../core/network/index.js';
import { foldNetwork } from '../core/quantization/index.js';
import { FloatSimulator } from './simulate.js';

/**
 * How a network of ordinary activations gets its thresholds. `one`: all are 1. `maximum`: each layer's is its largest
 * activation on training clips (Diehl et al. 2015, https://doi.org/10.1109/IJCNN.2015.7280696). `percentile`: the value
 * that 99.9 % of its activations do not exceed, so that one outlier does not slow the whole layer down (Rueckauer et
 * al. 2017, https://doi.org/10.3389/fnins.2017.00682, section 2.2.2).
 */
export type Balance = 'one' | 'maximum' | 'percentile';
export const BALANCES: readonly Balance[] = ['one', 'maximum', 'percentile'];

const PERCENTILE = 0.999;
/** A layer that never was active gets the smallest threshold that still is one. */
const LEAST_THRESHOLD = 1e-6;

/** The largest activation of each layer, and the one that 99.9 % of them do not exceed: [layer]. */
export interface ActivationRange {
  readonly maximum: readonly number[];
  readonly percentile: readonly number[];
}

const spikingSpec = (spec: NetworkSpec, neuron: 'if' | 'atif-u', timesteps: number): NetworkSpec => ({
  ...spec,
  neuron,
  timesteps,
});

/**
 * Returns the range of the activations of a network with `relu` over clips, zeros included.
 *
 * @param features int8, [clip][frame][coefficient][channel]
 */
export function activationRange(checkpoint: Checkpoint, features: Int8Array): ActivationRange {
  const once = withThresholdsOf(checkpoint, spikingSpec(checkpoint.spec, 'if', 1), null);
  const plan = planNetwork(once.spec);
  const simulator = new FloatSimulator(plan, foldNetwork(once));
  const size = featureCount(checkpoint.spec);
  const clips = features.length / size;
  const activations = plan.layers.map(({ neurons }) => new Float32Array(neurons * clips));
  for (let clip = 0; clip < clips; clip++) {
    simulator.activate(features.subarray(clip * size, (clip + 1) * size), (layer, values) =>
      activations[layer].set(values, clip * values.length),
    );
  }
  for (const values of activations) values.sort();
  return {
    maximum: activations.map((values) => values[values.length - 1]),
    percentile: activations.map((values) => values[Math.ceil(PERCENTILE * values.length) - 1]),
  };
}

/**
 * Returns a network of `relu` as one of spiking neurons with the same weights and these thresholds, one per layer, or
 * with null all 1. A spike is
 * worth its threshold, so over T timesteps a neuron sends its activation, cut off at the threshold and rounded down to
 * a multiple of 1/T of it: dividing weights by the ranges, as the papers do, is the same.
 */
export function convertToSpikes(
  checkpoint: Checkpoint,
  thresholds: readonly number[] | null,
  timesteps: number,
): Checkpoint {
  const neuron = thresholds === null ? 'if' : 'atif-u';
  return withThresholdsOf(checkpoint, spikingSpec(checkpoint.spec, neuron, timesteps), thresholds);
}

/** The checkpoint with other neurons and these thresholds, one per layer; null: all are 1. */
function withThresholdsOf(checkpoint: Checkpoint, spec: NetworkSpec, thresholds: readonly number[] | null): Checkpoint {
  const perLayer = planNetwork(spec).layers.map((_, k) => Math.max(LEAST_THRESHOLD, thresholds?.[k] ?? 1));
  return { ...checkpoint, spec, parameters: withThresholds(checkpoint.parameters, spec, perLayer) };
}
