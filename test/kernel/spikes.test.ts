import { describe, test } from 'node:test';
import { type NeuronKind, planNetwork, presetNetwork } from '../../host/core/network/index.js';
import { featureMaps, speechLikeFeatures } from '../judge/feature-maps.js';
import { networkAtBounds, randomQuantizedNetwork } from '../judge/random-network.js';
import { IMAGE } from '../training/engine/networks.js';
import { Agreement } from './agreement.js';

const NEURONS: readonly NeuronKind[] = ['if', 'atif-u', 'atif-nu'];

describe('every spike of the kernel equals that of the judge', () => {
  for (const neuron of NEURONS) {
    for (const dimensions of [1, 2] as const) {
      test(`random ${dimensions}-D networks with ${neuron} neurons`, () => {
        for (let seed = 0; seed < 12; seed++) {
          const network = randomQuantizedNetwork(seed * 7 + dimensions, { neuron, dimensions });
          const agreement = new Agreement(network);
          for (const { name, features } of featureMaps(network, seed)) {
            agreement.check(features, `seed ${seed}, ${name}`);
          }
        }
      });
    }
  }

  test('with currents at the limits of int16 and int32', () => {
    for (let seed = 0; seed < 12; seed++) {
      const layers = planNetwork(randomQuantizedNetwork(seed).spec).layers.length;
      for (let target = 0; target < layers; target++) {
        const { network, features } = networkAtBounds(seed, target);
        new Agreement(network).check(features, `seed ${seed}, layer ${target} at its bounds`);
      }
    }
  });

  test('with so many rows that their offsets of 128 carry from lane to lane, and currents at the limits of int16', () => {
    const spec = {
      ...presetNetwork('tiny', { classes: 3, timesteps: 2 }),
      input: { frames: 5, coefficients: 10 },
      stem: { channels: 400, kernel: [1, 1], stride: [1, 1] } as const,
      stages: [{ blocks: 1, channels: 300, kernel: [3, 1], stride: [1, 1] }] as const,
    };
    for (const target of [1, 2]) {
      const { network, features } = networkAtBounds(1, target, { spec });
      new Agreement(network).check(features, `layer ${target}`);
    }
  });

  for (const preset of ['tiny', 'small', 'base', 'reference']) {
    test(`preset ${preset}`, () => {
      const spec = presetNetwork(preset, { classes: 17, neuron: 'atif-nu' });
      const network = randomQuantizedNetwork(3, { spec });
      new Agreement(network).check(speechLikeFeatures(network, 3), preset);
    });
  }

  test('networks on several channels, with stages without shortcuts', () => {
    for (const channels of [2, 3, 16]) {
      const spec = { ...IMAGE, input: { ...IMAGE.input, channels } };
      const network = randomQuantizedNetwork(channels, { spec });
      const agreement = new Agreement(network);
      for (const { name, features } of featureMaps(network, channels)) {
        agreement.check(features, `${channels} channels, ${name}`);
      }
    }
  });

  test('with layers wider than a spike word, and widths around the groups of a weight row', () => {
    for (const channels of [1, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 40, 64, 65]) {
      const spec = {
        ...presetNetwork('tiny', { classes: 3, timesteps: 2 }),
        input: { frames: 9, coefficients: 10 },
        stem: { channels, kernel: [3, 1], stride: [1, 1] } as const,
        stages: [
          { blocks: 1, channels, kernel: [3, 1], stride: [1, 1] },
          { blocks: 1, channels: channels + 3, kernel: [3, 1], stride: [2, 1] },
        ] as const,
      };
      const network = randomQuantizedNetwork(channels, { spec });
      const agreement = new Agreement(network);
      for (const { name, features } of featureMaps(network, channels)) {
        agreement.check(features, `${channels} channels, ${name}`);
      }
    }
  });
});
