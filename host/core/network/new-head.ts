import type { Checkpoint } from './checkpoint.js';
import { initialParameters } from './initialization.js';
import type { Parameters } from './parameters.js';
import { planNetwork } from './plan.js';
import type { NetworkSpec } from './spec.js';

/** A network with other labels. */
export interface NewHead {
  readonly spec: NetworkSpec;
  readonly labels: readonly string[];
  readonly parameters: Parameters;
}

/**
 * Gives a network another classifier. Every other layer keeps its weights; so do the labels that both have. The weights
 * of a new label are those of an untrained network.
 */
export function withNewHead(
  { spec, labels, parameters }: Checkpoint,
  newLabels: readonly string[],
  seed: number,
): NewHead {
  const newSpec = { ...spec, classes: newLabels.length };
  const changed = new Map(initialParameters(planNetwork(newSpec), seed));
  for (const [name, tensor] of parameters) if (!name.startsWith('classifier.')) changed.set(name, tensor);
  for (const name of ['classifier.weight', 'classifier.bias']) {
    const [from, to] = [parameters.get(name)!, changed.get(name)!];
    const width = from.length / labels.length;
    for (const [row, label] of newLabels.entries()) {
      const before = labels.indexOf(label);
      if (before >= 0) to.set(from.subarray(before * width, (before + 1) * width), row * width);
    }
  }
  return { spec: newSpec, labels: newLabels, parameters: changed };
}
