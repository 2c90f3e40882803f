import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { initialParameters, planNetwork, presetNetwork, withNewHead } from '../../host/core/network/index.js';

const LABELS = ['yes', 'no', '_unknown_', '_silence_'];
const NEW = ['_unknown_', 'lamp', 'yes'];

describe('a new head', () => {
  const spec = presetNetwork('listen-small', { classes: LABELS.length, neuron: 'atif-nu' });
  const parameters = initialParameters(planNetwork(spec), 1);
  parameters.set('classifier.bias', Float32Array.of(1, 2, 3, 4));
  const frames = spec.input.frames;
  const features = { frames, mean: Array(10).fill(0), multiplier: Array(10).fill(1) };
  const provenance = { spikeword: '', task: '', dataset: '', seed: 1, epochs: 1, validationAccuracy: null };
  const changed = withNewHead({ spec, labels: LABELS, features, parameters, provenance }, NEW, 7);
  const row = (of: ReadonlyMap<string, Float32Array>, label: number, classes: number): Float32Array => {
    const weights = of.get('classifier.weight')!;
    return weights.subarray((label * weights.length) / classes, ((label + 1) * weights.length) / classes);
  };

  test('keeps the weights of the labels that it knows', () => {
    assert.deepEqual(row(changed.parameters, 0, 3), row(parameters, 2, 4));
    assert.deepEqual(row(changed.parameters, 2, 3), row(parameters, 0, 4));
    assert.deepEqual([...changed.parameters.get('classifier.bias')!], [3, 0, 1]);
  });

  test('gives a new label the weights of an untrained network', () => {
    const untrained = initialParameters(planNetwork(changed.spec), 7);
    assert.deepEqual(row(changed.parameters, 1, 3), row(untrained, 1, 3));
  });

  test('keeps every other layer, and changes nothing in the network that it comes from', () => {
    for (const [name, tensor] of parameters) {
      if (!name.startsWith('classifier.')) assert.equal(changed.parameters.get(name), tensor, name);
    }
    assert.equal(changed.spec.classes, 3);
    assert.equal(parameters.get('classifier.weight')!.length % 4, 0);
  });
});
