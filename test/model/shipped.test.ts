import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeModel } from '../../host/core/model/index.js';
import { presetNetwork } from '../../host/core/network/index.js';
import { quantizeNetwork } from '../../host/core/quantization/index.js';
import { resolveTask, trainedTask } from '../../host/dataset/index.js';
import { readCheckpoint, readModel } from '../../host/model/index.js';
import { packagePath } from '../../host/system/index.js';
import { defaultModelPath } from '../../host/system/package-files.js';

describe('the default model', () => {
  const { network } = readModel(defaultModelPath());

  const labels = 'yes no up down left right stop go _unknown_ _silence_'.split(' ');

  test('knows its commands, other words and silence', () => {
    assert.deepEqual(network.labels, labels);
    assert.equal(network.provenance.task, 'commands');
  });

  test('is evaluated on the words that it knows, though the task of its name has more now', () => {
    const { name, ...task } = trainedTask(network.provenance.task, network.labels);
    assert.deepEqual(task, { labels, live: true });
    assert.deepEqual(resolveTask(name).labels, labels);
  });

  test('is a small network', () => {
    const { classes, neuron, timesteps } = network.spec;
    assert.deepEqual(network.spec, presetNetwork('small', { classes, neuron, timesteps }));
  });

  test('has the operating point that was chosen for it', () => {
    assert.ok(network.detection !== null && network.detection !== undefined);
  });
});

for (const name of ['commands', 'gsc-17-small']) {
  test(`models/${name}.spkw equals, byte for byte, its quantised checkpoint`, () => {
    const { bytes, network } = readModel(packagePath(`models/${name}.spkw`));
    const { provenance, detection } = network;
    const quantized = quantizeNetwork(readCheckpoint(packagePath(`models/${name}.safetensors`)));
    // the checkpoint does not contain the values measured and tuned on recordings
    const { validationAccuracy, validationAccuracyFloat } = provenance;
    const measured = { ...quantized.provenance, validationAccuracy, validationAccuracyFloat };
    assert.deepEqual(encodeModel({ ...quantized, provenance: measured, detection }), bytes);
  });
}
