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

  const labels = 'yes no up down left right on off stop go _unknown_ _silence_'.split(' ');

  test('knows its commands, other words and silence', () => {
    assert.deepEqual(network.labels, labels);
    assert.equal(network.provenance.task, 'commands');
  });

  test('is evaluated on the words of its task', () => {
    assert.deepEqual(trainedTask(network.provenance.task, network.labels), resolveTask('commands'));
  });

  test('is a network that listens', () => {
    const { classes, neuron, timesteps } = network.spec;
    assert.deepEqual(network.spec, presetNetwork('listen', { classes, neuron, timesteps }));
  });

  test('has the operating point that was chosen for it', () => {
    assert.ok(network.detection !== null && network.detection !== undefined);
    assert.deepEqual(
      network.detection.curve.map(({ falseAcceptsPerHour }) => falseAcceptsPerHour),
      [0.5, 1, 2, 5, 10, 20, 50],
    );
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
