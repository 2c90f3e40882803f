import type { ConvolutionPlan, NetworkPlan } from './plan.js';

/** A named tensor of a network, float32. */
export interface ParameterShape {
  readonly name: string;
  readonly shape: readonly number[];
  /** `statistic`: a running mean or variance of batch norm, which no gradient reaches. */
  readonly role: 'weight' | 'bias' | 'gamma' | 'beta' | 'threshold' | 'statistic';
}

/** Tensors by name. Convolution weights are [out][in][time][frequency], classifier weights [class][channel]. */
export type Parameters = ReadonlyMap<string, Float32Array>;

function convolutionParameters(name: string, convolution: ConvolutionPlan): ParameterShape[] {
  const { input, output, kernel } = convolution;
  const channels = [output.channels];
  return [
    { name: `${name}.weight`, shape: [output.channels, input.channels, kernel[0], kernel[1]], role: 'weight' },
    { name: `${name}.bn.gamma`, shape: channels, role: 'gamma' },
    { name: `${name}.bn.beta`, shape: channels, role: 'beta' },
    { name: `${name}.bn.mean`, shape: channels, role: 'statistic' },
    { name: `${name}.bn.variance`, shape: channels, role: 'statistic' },
  ];
}

/**
 * Every tensor of a network in canonical order. Layer L has `L.weight`, `L.bn.gamma|beta|mean|variance`, with a
 * projection also `L.shortcut.weight`, `L.shortcut.bn.…`, and `L.thresholds`: [1] for `if` (fixed at 1) and
 * `atif-u`, [T] for `atif-nu`, none for `relu`. Then `classifier.weight` and `classifier.bias`.
 */
export function parameterShapes(plan: NetworkPlan): ParameterShape[] {
  const { neuron } = plan.spec;
  const shapes: ParameterShape[] = [];
  for (const layer of plan.layers) {
    shapes.push(...convolutionParameters(layer.name, layer.convolution));
    if (layer.shortcut?.kind === 'projection') {
      shapes.push(...convolutionParameters(`${layer.name}.shortcut`, layer.shortcut.convolution));
    }
    if (neuron !== 'relu') {
      const count = neuron === 'atif-nu' ? plan.timesteps : 1;
      shapes.push({ name: `${layer.name}.thresholds`, shape: [count], role: 'threshold' });
    }
  }
  const { classes, channels } = plan.classifier;
  shapes.push({ name: 'classifier.weight', shape: [classes, channels], role: 'weight' });
  shapes.push({ name: 'classifier.bias', shape: [classes], role: 'bias' });
  return shapes;
}
