import { Random } from '../random.js';
import { type ParameterShape, parameterShapes } from './parameters.js';
import type { NetworkPlan } from './plan.js';

/** Separates the random stream of the weights from those of shuffling and augmentation under the same seed. */
const STREAM = 0x1417;

/**
 * The threshold that quantises the positive half of N(0, 1) with the least error in 4 timesteps: the paper learns it
 * for one neuron (Figure 3B, near 0.174 for σ = 0.1).
 */
const GAUSSIAN_THRESHOLD = 1.74;

/**
 * The parameters before the first step, by tensor name in canonical order.
 *
 * Convolutions are normal with variance 2 / fan-in (He et al., arXiv:1502.01852); the classifier, which reads means of
 * spikes and has no batch norm after it, 1 / fan-in. Batch norm at first gives mean 0 and variance 1, or 1/2 where a
 * second current is added, so the current of every neuron is about N(0, 1). Trainable thresholds start at the value
 * that represents such a current best. This gives about one spike in six timesteps, neither silence nor saturation, and
 * beats a start at 1 in accuracy and in spikes.
 */
export function initialParameters(plan: NetworkPlan, seed: number): Map<string, Float32Array> {
  const added = plan.layers.flatMap(({ name, shortcut }) => (shortcut === null ? [] : [`${name}.`]));
  const threshold = plan.spec.neuron === 'if' ? 1 : GAUSSIAN_THRESHOLD;
  const parameters = new Map<string, Float32Array>();
  for (const [k, parameter] of parameterShapes(plan).entries()) {
    const gamma = added.some((prefix) => parameter.name.startsWith(prefix)) ? Math.SQRT1_2 : 1;
    const random = new Random(STREAM, seed, k);
    parameters.set(parameter.name, initialTensor(parameter, { gamma, threshold }, random));
  }
  return parameters;
}

function initialTensor(
  { name, shape, role }: ParameterShape,
  { gamma, threshold }: { gamma: number; threshold: number },
  random: Random,
): Float32Array {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  switch (role) {
    case 'weight': {
      const fanIn = data.length / shape[0];
      const deviation = Math.sqrt((name.startsWith('classifier') ? 1 : 2) / fanIn);
      return data.map(() => deviation * random.normal());
    }
    case 'gamma':
      return data.fill(gamma);
    case 'threshold':
      return data.fill(threshold);
    case 'statistic':
      return data.fill(name.endsWith('variance') ? 1 : 0);
    case 'bias':
    case 'beta':
      return data;
  }
}
