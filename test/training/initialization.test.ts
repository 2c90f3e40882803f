import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parameterShapes, planNetwork, presetNetwork } from '../../host/network/index.js';
import { initialParameters } from '../../host/training/initialization.js';

const plan = planNetwork(presetNetwork('base', { classes: 17, neuron: 'atif-nu' }));

describe('initial parameters', () => {
  test('are every tensor of the network in its shape', () => {
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

  test('are the same for a seed and others for another', () => {
    assert.deepEqual(initialParameters(plan, 5), initialParameters(plan, 5));
    const weight = (seed: number): Float32Array | undefined => initialParameters(plan, seed).get('stem.weight');
    assert.notDeepEqual(weight(5), weight(6));
  });

  test('convolutions have mean 0 and variance 2 / fan-in', () => {
    const weights = initialParameters(plan, 2).get('stage3.block2.conv1.weight') as Float32Array;
    const mean = weights.reduce((a, b) => a + b, 0) / weights.length;
    const variance = weights.reduce((a, b) => a + b * b, 0) / weights.length;
    const expected = 2 / (80 * 3);
    assert.ok(Math.abs(variance / expected - 1) < 0.05, `variance ${variance}, expected ${expected}`);
    assert.ok(Math.abs(mean) < 4 * Math.sqrt(expected / weights.length), `mean ${mean}`);
  });

  test('batch norm begins as the identity and thresholds at 1', () => {
    const parameters = initialParameters(plan, 3);
    const only = (name: string, value: number): void =>
      assert.ok(
        parameters.get(name)?.every((x) => x === value),
        `${name} is not all ${value}`,
      );
    only('stem.bn.gamma', 1);
    only('stem.bn.beta', 0);
    only('stem.bn.mean', 0);
    only('stem.bn.variance', 1);
    only('stage2.block1.conv2.shortcut.bn.gamma', 1);
    only('stage1.block1.conv2.thresholds', 1);
    only('classifier.bias', 0);
  });
});
