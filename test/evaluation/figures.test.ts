import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type NetworkSpec, planNetwork } from '../../host/core/network/index.js';
import { activity, classReports, confusionMatrix } from '../../host/evaluation/index.js';

describe('a confusion matrix', () => {
  const labels = ['yes', 'no', 'never'];
  const matrix = confusionMatrix(Int32Array.of(0, 0, 0, 1, 1), Int32Array.of(0, 0, 1, 1, 0), 3);

  test('has a row for each spoken and a column for each recognised class', () => {
    assert.deepEqual(matrix, [
      [2, 1, 0],
      [1, 1, 0],
      [0, 0, 0],
    ]);
  });

  test('gives precision by column and recall by row, and null for a division by zero', () => {
    assert.deepEqual(classReports(matrix, labels), [
      { label: 'yes', clips: 3, precision: 2 / 3, recall: 2 / 3 },
      { label: 'no', clips: 2, precision: 1 / 2, recall: 1 / 2 },
      { label: 'never', clips: 0, precision: null, recall: null },
    ]);
  });
});

describe('the activity of a network', () => {
  // stem: 3 channels × 8 frames = 24 neurons, 3·2·3·8 = 144 MACs.
  // conv1: 2 → stride 2 → 4 channels × 4 frames = 16 neurons, 4·3·3·4 = 144 MACs.
  // conv2: 16 neurons, 4·4·3·4 = 192 MACs and a projection of 4·3·4 = 48.
  const spec: NetworkSpec = {
    input: { frames: 8, coefficients: 2 },
    dimensions: 1,
    stem: { channels: 3, kernel: [3, 1], stride: [1, 1] },
    stages: [{ blocks: 1, channels: 4, kernel: [3, 1], stride: [2, 1] }],
    neuron: 'atif-u',
    timesteps: 4,
    surrogateSlope: 4,
    classes: 5,
  };
  const clips = 10;
  const result = activity(planNetwork(spec), { spikes: [240, 320, 80], synapticOperations: [1320, 500, 700] }, clips);

  test('gives θ and spikes per neuron of every layer', () => {
    assert.deepEqual(
      result.layers.map(({ name, neurons, theta, spikesPerNeuron }) => [name, neurons, theta, spikesPerNeuron]),
      [
        ['stem', 24, 0.25, 1],
        ['stage1.block1.conv1', 16, 0.5, 2],
        ['stage1.block1.conv2', 16, 0.125, 0.5],
      ],
    );
  });

  test('averages over layers, and over neurons', () => {
    assert.equal(result.theta, (0.25 + 0.5 + 0.125) / 3);
    assert.equal(result.spikesPerNeuron, (1 + 2 + 0.5) / 3);
    assert.equal(result.spikesPerNeuronWeighted, 640 / (56 * clips));
  });

  test('counts the stem once and everything else in every timestep', () => {
    assert.deepEqual(
      result.layers.map((layer) => layer.denseMacs),
      [144, 4 * 144, 4 * (192 + 48)],
    );
  });

  test('counts every layer of an ordinary network once', () => {
    assert.deepEqual(
      result.layers.map((layer) => layer.ordinaryMacs),
      [144, 144, 192 + 48],
    );
  });

  test('adds the classifier, classes × channels, to all sums', () => {
    assert.equal(result.ordinaryMacs, 144 + 144 + 240 + 20);
    assert.equal(result.denseMacs, 144 + 4 * 144 + 4 * 240 + 20);
    assert.equal(result.synapticOperations, 132 + 50 + 70 + 20);
  });
});
