import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeModel } from '../../host/core/model/index.js';
import { type NeuronKind, planNetwork, presetNetwork } from '../../host/core/network/index.js';
import { keptMembranesFault, type QuantizedNetwork } from '../../host/core/quantization/index.js';
import { openKernel } from '../../host/model/index.js';
import { decidingAfter, leadAfter, withEarlyDecisions } from '../judge/early-decisions.js';
import { featureMaps, speechLikeFeatures } from '../judge/feature-maps.js';
import { judge } from '../judge/judge.js';
import { networkAtBounds, randomQuantizedNetwork } from '../judge/random-network.js';
import { Agreement } from './agreement.js';

const NEURONS: readonly NeuronKind[] = ['if', 'atif-u', 'atif-nu'];

/** The first networks of these random ones that can decide early. */
function deciding(count: number, options: Parameters<typeof randomQuantizedNetwork>[1] = {}): QuantizedNetwork[] {
  const found: QuantizedNetwork[] = [];
  for (let seed = 0; found.length < count; seed++) {
    const network = randomQuantizedNetwork(seed, options);
    const { timesteps, classes } = network.spec;
    const able = timesteps > 1 && classes > 1 && network.layers.length > 1;
    if (able && keptMembranesFault(network.layers) === null) found.push(withEarlyDecisions(network, seed));
  }
  return found;
}

describe('a network that decides early', () => {
  for (const neuron of NEURONS) {
    for (const dimensions of [1, 2] as const) {
      test(`gives every spike, score, count and timestep of the judge: ${dimensions}-D, ${neuron}`, () => {
        for (const [k, network] of deciding(3, { neuron, dimensions }).entries()) {
          const agreement = new Agreement(network);
          for (const { name, features } of featureMaps(network, k).slice(0, 3)) {
            agreement.check(features, `network ${k}, ${name}`);
          }
        }
      });
    }
  }

  test('stops sometimes, and at different timesteps', () => {
    const shares = new Map<number, number>();
    for (const network of deciding(20, { timesteps: 4 })) {
      const kernel = openKernel(encodeModel(network));
      for (const { features } of featureMaps(network, 1)) {
        const { timesteps } = kernel.infer(features);
        shares.set(timesteps, (shares.get(timesteps) ?? 0) + 1);
      }
    }
    for (const timesteps of [1, 2, 3, 4]) assert.ok((shares.get(timesteps) ?? 0) > 3, JSON.stringify([...shares]));
  });

  test('agrees with currents and membranes at the edges of their ranges', () => {
    let checked = 0;
    for (let seed = 0; seed < 6; seed++) {
      const { spec } = randomQuantizedNetwork(seed);
      if (spec.timesteps < 2 || spec.classes < 2) continue;
      for (let target = 1; target < planNetwork(spec).layers.length; target++) {
        const { network, features } = networkAtBounds(seed, target);
        if (keptMembranesFault(network.layers) !== null) continue;
        checked++;
        new Agreement(withEarlyDecisions(network, seed)).check(features, `seed ${seed}, layer ${target}`);
      }
    }
    assert.ok(checked > 5, `${checked} networks`);
  });

  test('agrees where membranes are kept in 16 bits, and in 32', () => {
    const seen = new Set<number>();
    for (const network of deciding(12, { timesteps: 6 })) {
      for (const { bounds } of network.layers.slice(1)) {
        seen.add(bounds.membraneMax - bounds.membraneMin <= 0xffff ? 16 : 32);
      }
      new Agreement(network).check(speechLikeFeatures(network, 5), 'six timesteps');
    }
    assert.deepEqual([...seen].sort(), [16, 32]);
  });

  test('decides at the margin, and not below it', () => {
    const spec = presetNetwork('tiny', { classes: 7, neuron: 'atif-nu', timesteps: 4 });
    const network = randomQuantizedNetwork(11, { spec });
    const features = speechLikeFeatures(network, 4);
    for (const timesteps of [1, 2, 3]) {
      const lead = leadAfter(network, timesteps, features);
      assert.ok(lead > 0);
      const after = (margin: number): number =>
        openKernel(encodeModel(decidingAfter(network, timesteps, margin))).infer(features).timesteps;
      assert.equal(after(lead), timesteps);
      assert.equal(after(lead + 1), 4);
    }
  });

  test('computes what the network computes without it, where no margin is reached', () => {
    const spec = presetNetwork('small', { classes: 5 });
    const network = randomQuantizedNetwork(2, { spec });
    const features = speechLikeFeatures(network, 2);
    const plain = openKernel(encodeModel(network)).trace(features);
    const late = openKernel(encodeModel(decidingAfter(network, 2, 0xffffffff))).trace(features);
    assert.deepEqual(late, plain);
  });

  test('counts fewer spikes and operations the earlier it decides', () => {
    const spec = presetNetwork('small', { classes: 5, timesteps: 4 });
    const network = randomQuantizedNetwork(2, { spec });
    const features = speechLikeFeatures(network, 2);
    const sums = [1, 2, 3].map((timesteps) => {
      const { synapticOperations } = judge(decidingAfter(network, timesteps, 1), features);
      return synapticOperations.reduce((sum, count) => sum + count, 0);
    });
    assert.ok(sums[0] < sums[1] && sums[1] < sums[2], sums.join());
  });
});
