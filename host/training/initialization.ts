import { type NetworkPlan, type ParameterShape, parameterShapes } from '../network/index.js';
import { Random } from '../random.js';

/** Separates the stream of the weights from those of shuffling and augmentation under the same seed. */
const STREAM = 0x1417;

/**
 * The parameters before the first step, by tensor name in canonical order.
 *
 * Convolutions are normal with variance 2 / fan-in (He et al., arXiv:1502.01852); the classifier, which reads means of
 * spikes and is followed by no batch norm, 1 / fan-in. Batch norm starts as the identity, so the current of a neuron
 * is about N(0, 1) at every timestep: with thresholds of 1 about a quarter of all timesteps spike, neither silent nor
 * saturated, and the surrogate gradient is large near the threshold for most neurons.
 */
export function initialParameters(plan: NetworkPlan, seed: number): Map<string, Float32Array> {
  const parameters = new Map<string, Float32Array>();
  for (const [k, parameter] of parameterShapes(plan).entries()) {
    parameters.set(parameter.name, initialTensor(parameter, new Random(STREAM, seed, k)));
  }
  return parameters;
}

function initialTensor({ name, shape, role }: ParameterShape, random: Random): Float32Array {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  switch (role) {
    case 'weight': {
      const fanIn = data.length / shape[0];
      const deviation = Math.sqrt((name.startsWith('classifier') ? 1 : 2) / fanIn);
      return data.map(() => deviation * random.normal());
    }
    case 'gamma':
    case 'threshold':
      return data.fill(1);
    case 'statistic':
      return data.fill(name.endsWith('variance') ? 1 : 0);
    case 'bias':
    case 'beta':
      return data;
  }
}
