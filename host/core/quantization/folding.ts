import { NetworkError } from '../error.js';
import { FEATURE_SCALE } from '../features/index.js';
import { BATCH_NORM_EPSILON, type Checkpoint, type NetworkPlan, planNetwork } from '../network/index.js';

/** A layer as currents: what one unit of input (a spike, or one step of an int8 feature) adds to the membrane. */
export interface FoldedLayer {
  readonly name: string;
  /** [out][in][time][frequency] */
  readonly weights: Float64Array;
  readonly shortcut:
    | { readonly kind: 'identity'; readonly amplitude: number }
    /** [out][in] */
    | { readonly kind: 'projection'; readonly weights: Float64Array }
    | null;
  /** [out], at every timestep. */
  readonly bias: Float64Array;
  /** One per timestep, in the units of the current. */
  readonly thresholds: readonly number[];
}

/** A float network without batch norms and amplitudes: binary spikes in, currents and thresholds inside. */
export interface FoldedNetwork {
  readonly layers: readonly FoldedLayer[];
  /** logits = Σ weights[class][channel] · counts[channel] + bias. */
  readonly classifier: { readonly weights: Float64Array; readonly bias: Float64Array };
}

type Tensors = (name: string) => Float32Array;

/** Tensors by name, every value finite; throws `NetworkError` naming the tensor. */
function finiteTensors(checkpoint: Checkpoint): Tensors {
  return (name) => {
    const tensor = checkpoint.parameters.get(name);
    if (tensor === undefined) throw new NetworkError(`tensor ${name} is missing`);
    const bad = tensor.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw new NetworkError(`tensor ${name} holds ${tensor[bad]} at ${bad}: the training diverged`);
    return tensor;
  };
}

/** One convolution with its batch norm: y = gamma · (W·x − mean) / √(variance + ε) + beta, x = amplitude · spikes. */
function foldConvolution(
  tensors: Tensors,
  name: string,
  amplitude: number,
): { weights: Float64Array; bias: Float64Array } {
  const [gamma, beta, mean, variance] = ['gamma', 'beta', 'mean', 'variance'].map((part) =>
    tensors(`${name}.bn.${part}`),
  );
  const weights = Float64Array.from(tensors(`${name}.weight`));
  const row = weights.length / gamma.length;
  const bias = new Float64Array(gamma.length);
  for (let c = 0; c < gamma.length; c++) {
    if (variance[c] < 0)
      throw new NetworkError(`tensor ${name}.bn.variance is ${variance[c]} in channel ${c}; it must not be negative`);
    const factor = gamma[c] / Math.sqrt(variance[c] + BATCH_NORM_EPSILON);
    bias[c] = beta[c] - factor * mean[c];
    for (let k = c * row; k < (c + 1) * row; k++) weights[k] *= factor * amplitude;
  }
  return { weights, bias };
}

function thresholdsOf(plan: NetworkPlan, tensors: Tensors, layer: string): number[] {
  const stored = Array.from(tensors(`${layer}.thresholds`));
  if (plan.spec.neuron === 'if' && stored[0] !== 1) {
    throw new NetworkError(`${layer}: the threshold is ${stored[0]}, but the neuron "if" needs it fixed at 1`);
  }
  const wrong = stored.find((threshold) => !(threshold > 0));
  if (wrong !== undefined) throw new NetworkError(`${layer}: the threshold is ${wrong}; it must be greater than 0`);
  return Array.from({ length: plan.timesteps }, (_, t) => (stored.length === 1 ? stored[0] : stored[t]));
}

/** The value of a spike of a layer: the mean of its thresholds. */
const amplitudeOf = (thresholds: readonly number[]): number =>
  thresholds.reduce((sum, threshold) => sum + threshold, 0) / thresholds.length;

/**
 * Folds batch norms (running statistics), spike amplitudes, the scale of the features and the classifier's mean over
 * positions and timesteps into weights and biases, in float64. Throws `NetworkError` for a network with ordinary
 * activations and for tensors that cannot be used.
 */
export function foldNetwork(checkpoint: Checkpoint): FoldedNetwork {
  const { spec } = checkpoint;
  if (spec.neuron === 'relu') {
    throw new NetworkError(
      'the network has ordinary activations (relu), which have no integer thresholds: train with if, atif-u or atif-nu',
    );
  }
  const plan = planNetwork(spec);
  const tensors = finiteTensors(checkpoint);
  const layers: FoldedLayer[] = [];
  const amplitude = (source: number): number => (source < 0 ? FEATURE_SCALE : amplitudeOf(layers[source].thresholds));
  for (const { name, source, shortcut } of plan.layers) {
    const { weights, bias } = foldConvolution(tensors, name, amplitude(source));
    let folded: FoldedLayer['shortcut'] = null;
    if (shortcut?.kind === 'identity') folded = { kind: 'identity', amplitude: amplitude(shortcut.source) };
    if (shortcut?.kind === 'projection') {
      const projection = foldConvolution(tensors, `${name}.shortcut`, amplitude(shortcut.source));
      for (let c = 0; c < bias.length; c++) bias[c] += projection.bias[c];
      folded = { kind: 'projection', weights: projection.weights };
    }
    layers.push({ name, weights, shortcut: folded, bias, thresholds: thresholdsOf(plan, tensors, name) });
  }
  const perCount = amplitude(layers.length - 1) / (plan.classifier.positions * plan.timesteps);
  return {
    layers,
    classifier: {
      weights: Float64Array.from(tensors('classifier.weight'), (weight) => weight * perCount),
      bias: Float64Array.from(tensors('classifier.bias')),
    },
  };
}
