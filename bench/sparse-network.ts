import type { FeatureParameters } from '../host/core/features/index.js';
import { encodeModel } from '../host/core/model/index.js';
import { type NetworkSpec, planNetwork } from '../host/core/network/index.js';
import { proveBounds, type QuantizedNetwork } from '../host/core/quantization/index.js';
import { openKernel } from '../host/model/index.js';
import { randomQuantizedNetwork } from '../test/judge/random-network.js';

/** Clips on which the spikes are counted. */
const CLIPS = 20;

/**
 * Returns a random network with about `spikesPerNeuron` on these clips. Raises the thresholds of one layer after the
 * other until that is so.
 */
export function sparseNetwork(
  spec: NetworkSpec,
  features: FeatureParameters,
  clips: readonly Int16Array[],
  spikesPerNeuron: number,
): QuantizedNetwork {
  const plan = planNetwork(spec);
  const network = { ...randomQuantizedNetwork(1, { spec }), features };
  const layers = [...network.layers];
  for (let k = 0; k < layers.length; k++) {
    const spikes = (): number => {
      const kernel = openKernel(encodeModel({ ...network, layers }));
      const total = clips.slice(0, CLIPS).reduce((sum, clip) => sum + kernel.classify(clip).spikes[k], 0);
      return total / CLIPS / plan.layers[k].neurons;
    };
    while (spikes() > spikesPerNeuron) {
      const layer = { ...layers[k], thresholds: layers[k].thresholds.map((threshold) => Math.ceil(threshold * 1.1)) };
      layers[k] = { ...layer, bounds: proveBounds(plan, k, layer) };
    }
  }
  return { ...network, layers };
}
