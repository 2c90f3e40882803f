import type { NetworkSpec } from '../../host/core/network/index.js';
import type { QuantizedNetwork } from '../../host/core/quantization/index.js';
import { randomQuantizedNetwork } from '../judge/random-network.js';

const base = {
  input: { frames: 7, coefficients: 10 },
  surrogateSlope: 4,
  timesteps: 3,
  classes: 3,
} as const;

const SPECS: readonly NetworkSpec[] = [
  { ...base, dimensions: 1, neuron: 'if', stem: { channels: 4, kernel: [3, 1], stride: [1, 1] }, stages: [] },
  {
    ...base,
    dimensions: 1,
    neuron: 'atif-nu',
    stem: { channels: 5, kernel: [3, 1], stride: [1, 1] },
    stages: [
      { blocks: 1, channels: 5, kernel: [3, 1], stride: [1, 1] },
      { blocks: 1, channels: 9, kernel: [3, 1], stride: [2, 1] },
    ],
  },
  {
    ...base,
    dimensions: 2,
    neuron: 'atif-u',
    stem: { channels: 3, kernel: [3, 3], stride: [2, 2] },
    stages: [{ blocks: 2, channels: 4, kernel: [3, 3], stride: [1, 2] }],
  },
  {
    ...base,
    dimensions: 1,
    neuron: 'atif-u',
    stem: { channels: 33, kernel: [1, 1], stride: [2, 1] },
    stages: [{ blocks: 1, channels: 33, kernel: [1, 1], stride: [1, 1] }],
  },
  {
    ...base,
    input: { frames: 17, coefficients: 10 },
    dimensions: 1,
    padding: 'valid',
    neuron: 'atif-u',
    stem: { channels: 5, kernel: [3, 1], stride: [1, 1] },
    stages: [
      { blocks: 1, channels: 5, kernel: [3, 1], stride: [1, 1] },
      { blocks: 1, channels: 9, kernel: [3, 1], stride: [2, 1] },
    ],
  },
];

/**
 * Networks of one or two kilobytes that have everything: both dimensions, both shortcuts, both paddings, wide and
 * narrow layers, early decisions.
 */
export function tinyNetworks(): QuantizedNetwork[] {
  const networks = SPECS.map((spec, seed) => randomQuantizedNetwork(seed, { spec }));
  return [...networks, tinyEarly()];
}

/** One that decides early, after one or two of its three timesteps. */
export function tinyEarly(): QuantizedNetwork {
  const network = randomQuantizedNetwork(1, { spec: SPECS[1] });
  return {
    ...network,
    early: {
      margins: [100, 300],
      biases: [
        [5, -70, 0],
        [0, 4, 11],
      ],
    },
  };
}
