import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { buildFrom, describeModel, describeText, Kernel } from '../../host/kernel/index.js';
import { readModel } from '../../host/model/index.js';
import { presetNetwork } from '../../host/network/index.js';
import { writeQuantizedNetwork } from '../../host/quantization/index.js';
import { speechLikeFeatures } from '../judge/feature-maps.js';
import { judge } from '../judge/judge.js';
import { randomQuantizedNetwork } from '../judge/random-network.js';

describe('building a quantised network', () => {
  const run = mkdtempSync(join(tmpdir(), 'spikeword-build-'));
  after(() => rmSync(run, { recursive: true }));
  const network = randomQuantizedNetwork(1, { spec: presetNetwork('small', { classes: 17, neuron: 'atif-nu' }) });
  writeQuantizedNetwork(join(run, 'quantized.json'), network);

  test('writes a model file and a module that compute what the network says', () => {
    const built = buildFrom(run);
    assert.equal(built.model, join(run, 'model.spkw'));
    assert.equal(built.module, join(run, 'model.wasm'));
    const features = speechLikeFeatures(network, 1);
    const { scores } = judge(network, features);
    const { bytes, network: decoded } = readModel(built.model);
    assert.deepEqual(decoded, network);
    assert.deepEqual([...Kernel.create(bytes).infer(features).scores], scores);
    assert.deepEqual([...Kernel.fromModule(readFileSync(built.module), decoded).infer(features).scores], scores);
  });

  test('gives the same bytes again, in another folder and under another name', () => {
    const first = buildFrom(run);
    const second = buildFrom(join(run, 'quantized.json'), join(run, 'out'), 'words');
    assert.equal(second.model, join(run, 'out', 'words.spkw'));
    assert.deepEqual(readFileSync(second.model), readFileSync(first.model));
    assert.deepEqual(readFileSync(second.module), readFileSync(first.module));
  });

  test('of a folder without one says what is missing', () => {
    assert.throws(() => buildFrom(tmpdir()), { name: 'QuantizationError', message: /quantized\.json: cannot be read/ });
  });

  test('is explained the same from the model file and from the module', () => {
    const { model, module } = buildFrom(run);
    const description = describeModel(model);
    assert.deepEqual({ ...describeModel(module), file: 'model.spkw' }, description);
    assert.equal(description.flashBytes, readFileSync(model).length);
    assert.equal(description.weights, 78_720);
    // the plan counts 1,536,832 a timestep; the stem is computed once, and so is the classifier
    assert.equal(description.denseMacs, 4 * (1_536_832 - 49 * 1600) + 49 * 1600 + 64 * 17);
    assert.deepEqual(description.layers[4], {
      name: 'stage2.block1.conv2',
      input: [48, 25, 1],
      output: [48, 25, 1],
      kernel: [5, 1],
      stride: [1, 1],
      shortcut: 'projection',
      neurons: 1200,
      weights: 5 * 48 * 48 + 32 * 48,
      thresholds: [Math.min(...network.layers[4].thresholds), Math.max(...network.layers[4].thresholds)],
      bounds: network.layers[4].bounds,
    });
    const text = describeText(description);
    for (const part of ['word16', 'atif-nu', '78720 weights', 'stage3.block2.conv2', `${description.ramBytes} bytes`]) {
      assert.ok(text.includes(part), `${part} in\n${text}`);
    }
  });

  test('is not explained where there is no model', () => {
    const path = join(run, 'notes.txt');
    writeFileSync(path, 'nothing of the kind');
    assert.throws(() => describeModel(path), { name: 'ModelError', message: /notes\.txt: not a spikeword model/ });
  });
});
