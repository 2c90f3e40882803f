import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { presetNetwork } from '../../host/core/network/index.js';
import { resolveTask } from '../../host/dataset/index.js';
import { readModel } from '../../host/model/index.js';
import { defaultModelPath } from '../../host/system/package-files.js';

describe('the model that comes along', () => {
  const { network } = readModel(defaultModelPath());

  test('knows the commands, other words and silence', () => {
    assert.deepEqual(network.labels, resolveTask('commands').labels);
    assert.equal(network.provenance.task, 'commands');
  });

  test('is a small network', () => {
    const { classes, neuron, timesteps } = network.spec;
    assert.deepEqual(network.spec, presetNetwork('small', { classes, neuron, timesteps }));
  });

  test('brings the operating point that was chosen for it', () => {
    assert.ok(network.detection !== null && network.detection !== undefined);
  });
});
