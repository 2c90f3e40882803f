import type { QuantizedNetwork } from '../../host/core/quantization/index.js';
import { Random } from '../../host/core/random.js';
import { judge } from './judge.js';

/** Returns the network with random early decisions; it needs at least two layers, classes and timesteps. */
export function withEarlyDecisions(network: QuantizedNetwork, seed: number): QuantizedNetwork {
  const random = new Random(seed, 0x6561726c);
  const { timesteps, classes } = network.spec;
  const decides = Array.from({ length: timesteps - 1 }, () => random.below(3) > 0);
  decides[random.below(timesteps - 1)] = true;
  return {
    ...network,
    early: {
      // from a lead that any winner has to one that few have
      margins: decides.map((decision) => (decision ? 1 + random.below(4 ** (1 + random.below(6))) : 0)),
      biases: decides.map((decision) =>
        Array.from({ length: classes }, () => (decision ? Math.round(random.normal() * 200) : 0)),
      ),
    },
  };
}

/** Returns the network with one decision, after `timesteps` with the biases of all, at a lead of `margin`. */
export function decidingAfter(network: QuantizedNetwork, timesteps: number, margin: number): QuantizedNetwork {
  const { spec, classifier } = network;
  const at = (k: number): boolean => k === timesteps - 1;
  const rows = Array.from({ length: spec.timesteps - 1 }, (_, k) => k);
  return {
    ...network,
    early: {
      margins: rows.map((k) => (at(k) ? margin : 0)),
      biases: rows.map((k) => Array.from(classifier.bias, (value) => (at(k) ? value : 0))),
    },
  };
}

/** By how much the winner leads in the scores after some timesteps, by the judge. */
export function leadAfter(network: QuantizedNetwork, timesteps: number, features: Int8Array): number {
  const { spec } = network;
  const layers = network.layers.map((layer) => ({
    ...layer,
    thresholds: layer.thresholds.slice(0, (timesteps * layer.thresholds.length) / spec.timesteps),
  }));
  const { scores } = judge({ ...network, spec: { ...spec, timesteps }, layers }, features);
  const [first, second] = scores.toSorted((a, b) => b - a);
  return first - second;
}
