import { NetworkError } from '../error.js';
import { type Checkpoint, type NetworkPlan, planNetwork } from '../network/index.js';
import { proveBounds, proveClassifier } from './bounds.js';
import { type FoldedLayer, type FoldedNetwork, foldNetwork } from './folding.js';
import type { QuantizedLayer, QuantizedNetwork, QuantizedShortcut } from './quantized-network.js';
import { foldedChannel, greatestWeight, packChannels, scaleChannel, WEIGHT_BITS } from './scaling.js';

/** With one bit, a weight could only be zero. */
export const FEWEST_WEIGHT_BITS = 2;
/** Leaves the larger half of int32 to the weighted counts. */
const BIAS_LIMIT = 2 ** 30;

function quantizeLayer(plan: NetworkPlan, index: number, folded: FoldedLayer, bits: number): QuantizedLayer {
  const channels = folded.bias.length;
  const { source, convolution } = plan.layers[index];
  const { kernel } = convolution;
  const stem = source < 0;
  const parts = Array.from({ length: channels }, (_, c) => foldedChannel(folded, kernel[0] * kernel[1], c));
  const plain = parts.map((part, c) => scaleChannel(part, stem, bits, `${folded.name}, channel ${c}`));
  const scaled = stem ? plain : packChannels(parts, plain);
  const rows = (of: Int8Array[]): Int8Array => Int8Array.from(of.flatMap((row) => Array.from(row)));
  let shortcut: QuantizedShortcut | null = null;
  if (folded.shortcut?.kind === 'identity') {
    shortcut = { kind: 'identity', weights: Int16Array.from(scaled, (channel) => channel.identity) };
  } else if (folded.shortcut?.kind === 'projection') {
    shortcut = { kind: 'projection', weights: rows(scaled.map((channel) => channel.projection)) };
  }
  const layer = {
    name: folded.name,
    weights: rows(scaled.map((channel) => channel.weights)),
    shortcut,
    bias: Int32Array.from(scaled, (channel) => channel.bias),
    thresholds: Int32Array.from(
      Array.from({ length: plan.timesteps }, (_, t) => scaled.map((channel) => channel.thresholds[t])).flat(),
    ),
    scales: Float64Array.from(scaled, (channel) => channel.scale),
  };
  return { ...layer, bounds: proveBounds(plan, index, layer) };
}

/** One scale for all classes, so that logits can be compared: the smallest at which weights and biases fit. */
function quantizeClassifier(plan: NetworkPlan, { weights, bias }: FoldedNetwork['classifier'], bits: number) {
  const greatest = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  // with nothing but zeros any scale will do
  const scale = Math.max(greatest(weights) / greatestWeight(bits), greatest(bias) / BIAS_LIMIT) || 1;
  const classifier = {
    weights: Int8Array.from(weights, (weight) => Math.round(weight / scale)),
    bias: Int32Array.from(bias, (value) => Math.round(value / scale)),
    scale,
  };
  proveClassifier(plan, classifier.weights, classifier.bias);
  return classifier;
}

/**
 * Quantises a trained network to integers: folds batch norms and amplitudes, and gives every channel the smallest scale
 * at which its threshold is an exact integer, its weights fit int8 and its bounds are proven, or the next one at which
 * the kernel is faster (`packChannels`). The accuracy of the float network comes from the checkpoint; that of the
 * integers is null until `withValidation`. Throws `NetworkError` naming layer, channel and bound if that is impossible,
 * and for `relu`.
 *
 * @param bits of the weights of convolutions, projections and classifier, 2 to 8: with 4 they are −7 to 7. They are
 *   stored as int8 all the same. Biases, thresholds and identity shortcuts are not limited, but are rounded in the
 *   coarser scale of their channel.
 */
export function quantizeNetwork(checkpoint: Checkpoint, { bits = WEIGHT_BITS } = {}): QuantizedNetwork {
  if (!(Number.isInteger(bits) && bits >= FEWEST_WEIGHT_BITS && bits <= WEIGHT_BITS)) {
    throw new NetworkError(
      `weights of ${bits} bits: expected a whole number from ${FEWEST_WEIGHT_BITS} to ${WEIGHT_BITS}`,
    );
  }
  const { spec, labels, features, provenance } = checkpoint;
  const plan = planNetwork(spec);
  const folded = foldNetwork(checkpoint);
  return {
    spec,
    labels,
    features,
    layers: folded.layers.map((layer, index) => quantizeLayer(plan, index, layer, bits)),
    classifier: quantizeClassifier(plan, folded.classifier, bits),
    provenance: {
      spikeword: provenance.spikeword,
      task: provenance.task,
      dataset: provenance.dataset,
      seed: provenance.seed,
      epochs: provenance.epochs,
      validationAccuracyFloat: provenance.validationAccuracy,
      validationAccuracy: null,
    },
  };
}

/** The network with the accuracies measured on validation: fractions of clips, in float and in integers. */
export function withValidation(network: QuantizedNetwork, float: number, integers: number): QuantizedNetwork {
  return {
    ...network,
    provenance: { ...network.provenance, validationAccuracyFloat: float, validationAccuracy: integers },
  };
}
