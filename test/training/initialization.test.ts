import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parameterShapes, planNetwork, presetNetwork } from '../../host/core/network/index.js';
import { initialParameters } from '../../host/core/network/initialization.js';

const plan = planNetwork(presetNetwork('base', { classes: 17, neuron: 'atif-nu' }));

describe('initial parameters', () => {
  test('contain every tensor of the network in its shape', () => {
    const parameters = initialParameters(plan, 1);
    const shapes = parameterShapes(plan);
    assert.deepEqual(
      [...parameters.keys()],
      shapes.map(({ name }) => name),
    );
    for (const { name, shape } of shapes) {
      assert.equal(
        parameters.get(name)?.length,
        shape.reduce((a, b) => a * b, 1),
        name,
      );
    }
  });

  test('are the same for the same seed, and different for another seed', () => {
    assert.deepEqual(initialParameters(plan, 5), initialParameters(plan, 5));
    const weight = (seed: number): Float32Array | undefined => initialParameters(plan, seed).get('stem.weight');
    assert.notDeepEqual(weight(5), weight(6));
  });

  test('have convolutions of mean 0 and variance 2 / fan-in', () => {
    const weights = initialParameters(plan, 2).get('stage3.block2.conv1.weight') as Float32Array;
    const mean = weights.reduce((a, b) => a + b, 0) / weights.length;
    const variance = weights.reduce((a, b) => a + b * b, 0) / weights.length;
    const expected = 2 / (80 * 3);
    assert.ok(Math.abs(variance / expected - 1) < 0.05, `variance ${variance}, expected ${expected}`);
    assert.ok(Math.abs(mean) < 4 * Math.sqrt(expected / weights.length), `mean ${mean}`);
  });

  const all = (parameters: Map<string, Float32Array>, name: string, value: number): void => {
    const tensor = parameters.get(name);
    assert.ok(
      tensor?.every((x) => x === Math.fround(value)),
      `${name} is ${tensor}, expected ${value}`,
    );
  };

  test('give every neuron a current of variance 1 by batch norm, half from each of two currents', () => {
    const parameters = initialParameters(plan, 3);
    all(parameters, 'stem.bn.gamma', 1);
    all(parameters, 'stem.bn.beta', 0);
    all(parameters, 'stem.bn.mean', 0);
    all(parameters, 'stem.bn.variance', 1);
    all(parameters, 'stage2.block1.conv1.bn.gamma', 1);
    all(parameters, 'stage2.block1.conv2.bn.gamma', Math.SQRT1_2);
    all(parameters, 'stage2.block1.conv2.shortcut.bn.gamma', Math.SQRT1_2);
    all(parameters, 'classifier.bias', 0);
  });

  test('have trainable thresholds of the best quantiser of N(0, 1), and fixed thresholds of 1', () => {
    // Mean squared error of z · v against max(0, x), where z are the spikes for T = 4, by quadrature over the normal
    // density.
    const errorOf = (v: number): number => {
      let error = 0;
      for (let x = 0; x < 8; x += 0.001) {
        const spikes = Math.min(4, Math.floor((4 * x) / v));
        error += (x - (spikes * v) / 4) ** 2 * Math.exp((-x * x) / 2);
      }
      return error;
    };
    const candidates = Array.from({ length: 200 }, (_, k) => 0.8 + k * 0.01);
    const best = candidates.reduce((a, b) => (errorOf(b) < errorOf(a) ? b : a));
    const begin = initialParameters(plan, 3).get('stage1.block1.conv2.thresholds') as Float32Array;
    assert.equal(begin.length, 4);
    assert.ok(
      begin.every((v) => Math.abs(v - best) < 0.03),
      `${begin}, best is ${best}`,
    );
    const fixed = planNetwork(presetNetwork('base', { classes: 17, neuron: 'if' }));
    all(initialParameters(fixed, 3), 'stem.thresholds', 1);
  });
});
