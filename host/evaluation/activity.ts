import type { NetworkPlan } from '../core/network/index.js';
import type { LayerReport } from './report.js';

/** The kernel's counts over all clips. */
export interface ActivityTotals {
  /** Spikes per layer. */
  readonly spikes: ArrayLike<number>;
  /** Synaptic operations per layer. */
  readonly synapticOperations: ArrayLike<number>;
  /** How often the classifier computed scores; default: once per clip. */
  readonly classifications?: number;
}

export interface Activity {
  readonly layers: readonly LayerReport[];
  readonly theta: number;
  readonly spikesPerNeuron: number;
  readonly spikesPerNeuronWeighted: number;
  readonly synapticOperations: number;
  readonly ordinaryMacs: number;
  readonly denseMacs: number;
}

/** Turns counts over `clips` clips into rates per layer and means over the network. */
export function activity(plan: NetworkPlan, totals: ActivityTotals, clips: number): Activity {
  const { timesteps } = plan;
  const { classifications = clips } = totals;
  const layers = plan.layers.map(({ name, neurons, macs, source }, k) => {
    const spikesPerNeuron = totals.spikes[k] / (neurons * clips);
    return {
      name,
      neurons,
      theta: spikesPerNeuron / timesteps,
      spikesPerNeuron,
      synapticOperations: totals.synapticOperations[k] / clips,
      ordinaryMacs: macs,
      // The stem reads features, not spikes. Its current is computed once and used in every timestep.
      denseMacs: source < 0 ? macs : macs * timesteps,
    };
  });
  const sum = (value: (layer: LayerReport) => number): number =>
    layers.reduce((total, layer) => total + value(layer), 0);
  const classifier = plan.classifier.classes * plan.classifier.channels;
  return {
    layers,
    theta: sum((layer) => layer.theta) / layers.length,
    spikesPerNeuron: sum((layer) => layer.spikesPerNeuron) / layers.length,
    spikesPerNeuronWeighted: sum((layer) => layer.spikesPerNeuron * layer.neurons) / sum((layer) => layer.neurons),
    synapticOperations: sum((layer) => layer.synapticOperations) + classifier * (classifications / clips),
    ordinaryMacs: sum((layer) => layer.ordinaryMacs) + classifier,
    denseMacs: sum((layer) => layer.denseMacs) + classifier,
  };
}
