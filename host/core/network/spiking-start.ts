import { type Parameters, parameterShapes } from './parameters.js';
import { type NetworkPlan, planNetwork } from './plan.js';
import type { NetworkSpec } from './spec.js';

/**
 * Turns a trained network of `relu` into the same network with spiking neurons, to be trained further. All weights are
 * kept, because spikes are worth their threshold: over the timesteps a neuron sends its rectified current, cut off at
 * the threshold and rounded down to one of T steps. A layer's thresholds are the root mean square of its currents, as
 * its batch norm says; that of `if` stays 1. Further training adapts them.
 *
 * @param spec the spiking network; layers and classes are those of the network with `relu`
 */
export function withSpikingNeurons(parameters: Parameters, spec: NetworkSpec): Parameters {
  const currents = currentsOf(planNetwork(spec), parameters);
  return withThresholds(parameters, spec, spec.neuron === 'if' ? currents.map(() => 1) : currents);
}

/**
 * Returns the parameters of a network of `relu` with thresholds, those of a layer all the same.
 *
 * @param spec the spiking network; layers and classes are those of the network with `relu`
 * @param thresholds [layer]
 */
export function withThresholds(parameters: Parameters, spec: NetworkSpec, thresholds: readonly number[]): Parameters {
  const plan = planNetwork(spec);
  const ofLayer = new Map(plan.layers.map(({ name }, k) => [name, thresholds[k]]));
  return new Map(
    parameterShapes(plan).map(({ name, shape, role }) => {
      if (role !== 'threshold') return [name, parameters.get(name)!];
      return [name, new Float32Array(shape[0]).fill(ofLayer.get(name.slice(0, name.lastIndexOf('.')))!)];
    }),
  );
}

/**
 * The root mean square of the current in each layer, by batch norm: γ² + β² on average over the channels, plus that of
 * a projection, plus half the square of the layer that an identity shortcut adds, whose negative half is zero.
 */
function currentsOf({ layers }: NetworkPlan, parameters: Parameters): number[] {
  const squares: number[] = [];
  for (const { name, shortcut } of layers) {
    let square = normalizedSquare(parameters, name);
    if (shortcut?.kind === 'projection') square += normalizedSquare(parameters, `${name}.shortcut`);
    else if (shortcut?.kind === 'identity') square += squares[shortcut.source] / 2;
    squares.push(square);
  }
  return squares.map(Math.sqrt);
}

/** The mean square of what a convolution's batch norm sends on. */
function normalizedSquare(parameters: Parameters, name: string): number {
  const gamma = parameters.get(`${name}.bn.gamma`)!;
  const beta = parameters.get(`${name}.bn.beta`)!;
  return gamma.reduce((sum, value, channel) => sum + value ** 2 + beta[channel] ** 2, 0) / gamma.length;
}
