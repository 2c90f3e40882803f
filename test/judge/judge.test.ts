import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { planNetwork } from '../../host/network/index.js';
import { featureMaps, stemExtremeFeatures } from './feature-maps.js';
import { judge } from './judge.js';
import { networkAtBounds, randomQuantizedNetwork } from './random-network.js';

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

  test('inputs that make every neuron spike drive each later layer onto the edges of int16 and of its membrane', () => {
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
