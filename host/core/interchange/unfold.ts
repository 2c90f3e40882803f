import { NetworkError } from '../error.js';
import { FEATURE_SCALE } from '../features/index.js';
import { BATCH_NORM_EPSILON, type NetworkPlan, type NeuronKind, type Parameters } from '../network/index.js';
import type { FoldedNetwork } from '../quantization/index.js';

/**
 * Returns a network of currents and binary spikes as tensors of a checkpoint, the reverse of `foldNetwork`: batch norms
 * have a mean of 0, and a factor that undoes the amplitude of the incoming spikes, so that weights keep their bits.
 *
 * In a checkpoint a spike is worth its threshold, in an identity shortcut too. A layer whose shortcut adds another
 * value is scaled as a whole, currents and threshold, which changes no spike. The neuron is `if` if every threshold is
 * then 1, otherwise `atif-u`. Throws `NetworkError` naming `file` for a shortcut that takes something away.
 */
export function unfoldNetwork(
  plan: NetworkPlan,
  folded: FoldedNetwork,
  file: string,
): { neuron: NeuronKind; parameters: Parameters } {
  const parameters = new Map<string, Float32Array>();
  const amplitudes: number[] = [];
  const convolution = (
    name: string,
    weights: Float64Array,
    bias: Float64Array,
    factor: number,
    scale: number,
  ): void => {
    parameters.set(`${name}.weight`, Float32Array.from(weights));
    const gamma = Math.fround(factor);
    // the variance makes up for what gamma lost to float32
    const variance = (gamma / factor) ** 2 - BATCH_NORM_EPSILON;
    parameters.set(`${name}.bn.gamma`, new Float32Array(bias.length).fill(gamma));
    parameters.set(
      `${name}.bn.beta`,
      Float32Array.from(bias, (value) => value * scale),
    );
    parameters.set(`${name}.bn.mean`, new Float32Array(bias.length));
    parameters.set(`${name}.bn.variance`, new Float32Array(bias.length).fill(variance));
  };
  for (const [k, { name, source, shortcut: shortcutPlan }] of plan.layers.entries()) {
    const { weights, bias, shortcut, thresholds } = folded.layers[k];
    let scale = 1;
    if (shortcut?.kind === 'identity') {
      const amplitude = amplitudes[shortcutPlan!.source];
      if (!(shortcut.amplitude > 0)) {
        throw new NetworkError(
          `${file}: the shortcut of ${name} adds ${shortcut.amplitude} per spike, expected a number above 0`,
        );
      }
      scale = amplitude / shortcut.amplitude;
    }
    if (source < 0) {
      convolution(
        name,
        weights.map((weight) => weight / FEATURE_SCALE),
        bias,
        scale,
        scale,
      );
    } else convolution(name, weights, bias, scale / amplitudes[source], scale);
    if (shortcut?.kind === 'projection') {
      const none = new Float64Array(bias.length);
      convolution(`${name}.shortcut`, shortcut.weights, none, scale / amplitudes[shortcutPlan!.source], scale);
    }
    const threshold = Math.fround(thresholds[0] * scale);
    parameters.set(`${name}.thresholds`, Float32Array.of(threshold));
    amplitudes.push(threshold);
  }
  const perCount = amplitudes[amplitudes.length - 1] / (plan.classifier.positions * plan.timesteps);
  const { weights, bias } = folded.classifier;
  parameters.set(
    'classifier.weight',
    Float32Array.from(weights, (weight) => weight / perCount),
  );
  parameters.set('classifier.bias', Float32Array.from(bias));
  return { neuron: amplitudes.every((amplitude) => amplitude === 1) ? 'if' : 'atif-u', parameters };
}
