import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type NetworkSpec, planNetwork } from '../../host/core/network/index.js';
import type { QuantizedLayer, QuantizedNetwork } from '../../host/core/quantization/index.js';
import { featureMaps, stemExtremeFeatures } from './feature-maps.js';
import { judge } from './judge.js';
import { networkAtBounds, randomQuantizedNetwork } from './random-network.js';

test('the judge agrees with a network of three layers worked out by hand', () => {
  const spec: NetworkSpec = {
    input: { frames: 3, coefficients: 1 },
    dimensions: 1,
    stem: { channels: 1, kernel: [1, 1], stride: [1, 1] },
    stages: [{ blocks: 1, channels: 1, kernel: [3, 1], stride: [1, 1] }],
    neuron: 'atif-u',
    timesteps: 3,
    surrogateSlope: 4,
    classes: 3,
  };
  const layer = (name: string, weights: number[], bias: number, threshold: number): QuantizedLayer => ({
    name,
    weights: Int8Array.from(weights),
    shortcut: null,
    bias: Int32Array.of(bias),
    thresholds: new Int32Array(3).fill(threshold),
    scales: Float64Array.of(1),
    bounds: { currentMin: 0, currentMax: 0, membraneMin: 0, membraneMax: 0 },
  });
  const network: QuantizedNetwork = {
    ...randomQuantizedNetwork(1, { spec }),
    layers: [
      layer('stem', [2], 1, 3),
      layer('stage1.block1.conv1', [1, 2, 4], 0, 3),
      {
        ...layer('stage1.block1.conv2', [-1, 5, 0], -1, 4),
        shortcut: { kind: 'identity', weights: Int16Array.of(2) },
      },
    ],
    classifier: { weights: Int8Array.of(1, 3, 3), bias: Int32Array.of(4, 0, 0), scale: 1 },
  };
  const result = judge(network, Int8Array.of(1, -3, 0));
  assert.deepEqual([...result.stemCurrent], [3, -5, 1]);
  // rows are timesteps, columns frames; the first neuron meets its threshold exactly
  assert.deepEqual([...result.spikes[0]], [1, 0, 0, 1, 0, 0, 1, 0, 1]);
  // currents 2 1 0, 2 1 0, 2 5 2
  assert.deepEqual([...result.spikes[1]], [0, 0, 0, 1, 0, 0, 1, 1, 0]);
  // currents 1 −1 −1, 6 −2 −1, 6 3 0
  assert.deepEqual([...result.spikes[2]], [0, 0, 0, 1, 0, 0, 1, 0, 0]);
  assert.deepEqual(result.reached[2], { currentMin: -2, currentMax: 6, membraneMin: -3, membraneMax: 9 });
  assert.deepEqual(result.synapticOperations, [3, 8, 7 + 4]);
  assert.deepEqual(result.scores, [6, 6, 6]);
  assert.equal(result.class, 0, 'the lowest index wins a tie');
});

describe('the judge and the proven bounds', () => {
  test('no random network leaves its proven bounds on any feature map', () => {
    for (let seed = 0; seed < 40; seed++) {
      const network = randomQuantizedNetwork(seed);
      for (const { name, features } of featureMaps(network, seed).slice(0, 7)) {
        const { reached } = judge(network, features);
        for (const [k, { bounds, name: layer }] of network.layers.entries()) {
          const inside =
            reached[k].currentMin >= bounds.currentMin &&
            reached[k].currentMax <= bounds.currentMax &&
            reached[k].membraneMin >= bounds.membraneMin &&
            reached[k].membraneMax <= bounds.membraneMax;
          assert.ok(inside, `seed ${seed}, ${name}, ${layer}: ${JSON.stringify([reached[k], bounds])}`);
        }
      }
    }
  });

  test('random networks are neither silent nor saturated', () => {
    let sum = 0;
    let layers = 0;
    for (let seed = 0; seed < 40; seed++) {
      const network = randomQuantizedNetwork(seed);
      for (const train of judge(network, featureMaps(network, seed)[0].features).spikes) {
        sum += train.reduce((ones, z) => ones + z, 0) / train.length;
        layers++;
      }
    }
    assert.ok(sum / layers > 0.1 && sum / layers < 0.6, `mean density ${sum / layers}`);
  });

  test('features chosen by the signs of the weights drive the stem onto its bounds exactly', () => {
    for (let seed = 0; seed < 12; seed++) {
      const network = randomQuantizedNetwork(seed);
      const reached = Array.from({ length: network.spec.stem.channels }, (_, c) => [
        judge(network, stemExtremeFeatures(network, c, false)).reached[0].currentMin,
        judge(network, stemExtremeFeatures(network, c, true)).reached[0].currentMax,
      ]);
      assert.equal(Math.min(...reached.map(([min]) => min)), network.layers[0].bounds.currentMin);
      assert.equal(Math.max(...reached.map(([, max]) => max)), network.layers[0].bounds.currentMax);
    }
  });

  test('inputs that make every neuron spike drive each later layer to the limits of int16 and of its membrane', () => {
    for (let seed = 0; seed < 12; seed++) {
      const layers = planNetwork(randomQuantizedNetwork(seed).spec).layers;
      for (let target = 1; target < layers.length; target++) {
        const { network, features } = networkAtBounds(seed, target);
        const { reached } = judge(network, features);
        const { bounds } = network.layers[target];
        const where = `seed ${seed}, layer ${target}`;
        assert.equal(reached[target].currentMax, 32767, where);
        assert.equal(bounds.currentMax, 32767, where);
        assert.equal(reached[target].membraneMax, bounds.membraneMax, where);
        if (network.layers[target].bias.length === 1) continue;
        assert.equal(reached[target].currentMin, -32768, where);
        assert.equal(bounds.currentMin, -32768, where);
        assert.equal(reached[target].membraneMin, network.spec.timesteps * -32768, where);
        assert.equal(bounds.membraneMin, network.spec.timesteps * -32768, where);
      }
    }
  });
});
