import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Kernel } from '../../host/kernel/index.js';
import { encodeModel } from '../../host/model/index.js';
import { type NeuronKind, planNetwork, presetNetwork } from '../../host/network/index.js';
import type { QuantizedNetwork } from '../../host/quantization/index.js';
import { featureMaps, speechLikeFeatures } from '../judge/feature-maps.js';
import { judge } from '../judge/judge.js';
import { networkAtBounds, randomQuantizedNetwork } from '../judge/random-network.js';

/** Holds both kernels against the judge on one feature map: every spike, current, score and count. */
function agreesWithJudge(network: QuantizedNetwork, features: Int8Array, what: string): void {
  const expected = judge(network, features);
  const model = encodeModel(network);
  for (const dense of [false, true]) {
    const { inference, stemCurrent, spikes } = Kernel.create(model, { dense }).trace(features);
    const name = `${what}, ${dense ? 'dense' : 'event-driven'}`;
    assert.deepEqual(stemCurrent, expected.stemCurrent, `${name}: current of the stem`);
    spikes.forEach((layer, k) => {
      const differs = layer.findIndex((spike, n) => spike !== expected.spikes[k][n]);
      assert.equal(differs, -1, `${name}: spike ${differs} of layer ${network.layers[k].name}`);
      assert.equal(layer.length, expected.spikes[k].length, `${name}: neurons of layer ${k}`);
    });
    assert.deepEqual(Array.from(inference.scores), expected.scores, `${name}: scores`);
    assert.equal(inference.class, expected.class, `${name}: class`);
    assert.deepEqual(
      Array.from(inference.spikes),
      expected.spikes.map((layer) => layer.reduce((sum, spike) => sum + spike, 0)),
      `${name}: spike counts`,
    );
    assert.deepEqual(
      Array.from(inference.synapticOperations),
      expected.synapticOperations,
      `${name}: synaptic operations`,
    );
  }
}

const NEURONS: readonly NeuronKind[] = ['if', 'atif-u', 'atif-nu'];

describe('every spike of the kernel equals that of the judge', () => {
  for (const neuron of NEURONS) {
    for (const dimensions of [1, 2] as const) {
      test(`random ${dimensions}-D networks with ${neuron} neurons`, () => {
        for (let seed = 0; seed < 12; seed++) {
          const network = randomQuantizedNetwork(seed * 7 + dimensions, { neuron, dimensions });
          for (const { name, features } of featureMaps(network, seed)) {
            agreesWithJudge(network, features, `seed ${seed}, ${name}`);
          }
        }
      });
    }
  }

  test('currents on the edges of int16 and int32', () => {
    for (let seed = 0; seed < 12; seed++) {
      const layers = planNetwork(randomQuantizedNetwork(seed).spec).layers.length;
      for (let target = 0; target < layers; target++) {
        const { network, features } = networkAtBounds(seed, target);
        agreesWithJudge(network, features, `seed ${seed}, layer ${target} at its bounds`);
      }
    }
  });

  for (const preset of ['tiny', 'small', 'base', 'reference']) {
    test(`preset ${preset}`, () => {
      const spec = presetNetwork(preset, { classes: 17, neuron: 'atif-nu' });
      const network = randomQuantizedNetwork(3, { spec });
      agreesWithJudge(network, speechLikeFeatures(network, 3), preset);
    });
  }

  test('layers wider than a spike word, and widths around the groups of a weight row', () => {
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
      for (const { name, features } of featureMaps(network, channels)) {
        agreesWithJudge(network, features, `${channels} channels, ${name}`);
      }
    }
  });
});
