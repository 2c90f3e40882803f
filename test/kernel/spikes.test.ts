import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NETWORK, RECORD, RECORD_BYTES, SECTION_ENTRY, SECTION_TABLE } from '../../host/core/model/generated.js';
import { encodeModel } from '../../host/core/model/index.js';
import { type NeuronKind, planNetwork, presetNetwork } from '../../host/core/network/index.js';
import { featureMaps, speechLikeFeatures } from '../judge/feature-maps.js';
import { networkAtBounds, randomQuantizedNetwork } from '../judge/random-network.js';
import { GuardedKernel } from '../model/guarded-kernel.js';
import { repair } from '../model/mutate.js';
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

  test('where a file makes channels spike that only fill up a row', () => {
    for (const [channels, neuron] of [11, 13].flatMap((n) => NEURONS.map((kind) => [n, kind] as const))) {
      const spec = {
        ...presetNetwork('tiny', { classes: 3, timesteps: 3, neuron }),
        input: { frames: 9, coefficients: 10 },
        stem: { channels, kernel: [3, 1], stride: [1, 1] } as const,
        stages: [{ blocks: 2, channels, kernel: [3, 1], stride: [1, 1] }] as const,
      };
      const network = randomQuantizedNetwork(channels, { spec });
      const model = encodeModel(network);
      const view = new DataView(model.buffer, model.byteOffset, model.length);
      const records = view.getUint32(SECTION_TABLE + 2 * SECTION_ENTRY + 4, true) + NETWORK.records;
      const at = (k: number): number => records + k * RECORD_BYTES;
      // bounds of membranes with which the kernel packs pairs of channels
      for (let k = 1; k < network.layers.length; k++) {
        view.setInt32(at(k) + RECORD.membraneMin, -10_000, true);
        view.setInt32(at(k) + RECORD.membraneMax, 10_000, true);
      }
      repair(model);
      const intact = model.slice();
      for (let k = 1; k < network.layers.length; k++) {
        // a bias that takes a margin of 16 bits below zero by the second timestep
        const bias = view.getUint32(at(k) + RECORD.biasOffset, true);
        for (let c = channels; c < 16; c++) view.setInt16(bias + c * 2, 0x7fff, true);
      }
      repair(model);
      const kernel = new GuardedKernel('kernel', 65_536);
      for (const { name, features } of featureMaps(network, channels)) {
        const expected = kernel.run(intact, features);
        assert.equal(expected.error, 0);
        assert.deepEqual(kernel.run(model, features), expected, `${channels} channels, ${neuron}, ${name}`);
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
