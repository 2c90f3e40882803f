import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Kernel } from '../../host/core/kernel/index.js';
import { presetNetwork } from '../../host/core/network/index.js';
import { quantizeNetwork } from '../../host/core/quantization/index.js';
import {
  buildFrom,
  describeModel,
  describeText,
  openKernel,
  readModel,
  writeCheckpoint,
  writeQuantizedNetwork,
} from '../../host/model/index.js';
import { speechLikeFeatures } from '../judge/feature-maps.js';
import { judge } from '../judge/judge.js';
import { randomQuantizedNetwork } from '../judge/random-network.js';
import { randomCheckpoint } from '../quantization/checkpoints.js';

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
    assert.deepEqual([...openKernel(bytes).infer(features).scores], scores);
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
    assert.throws(() => buildFrom(tmpdir()), {
      name: 'NetworkError',
      message: /quantized\.json: cannot be read.* \(spikeword quantize makes it\)$/,
    });
  });

  test('of a file of another kind says what it looks like', () => {
    const { model } = buildFrom(run);
    assert.throws(() => buildFrom(model), {
      name: 'NetworkError',
      message: /model\.spkw: not JSON, or not whole; it looks like a model file, for spikeword evaluate and info$/,
    });
    assert.throws(() => readModel(join(run, 'quantized.json')), {
      name: 'ModelError',
      message: /quantized\.json: not a spikeword model.* it looks like a quantised network, for spikeword build$/,
    });
  });

  test('is explained the same from the model file and from the module', () => {
    const { model, module } = buildFrom(run);
    const description = describeModel(model);
    assert.deepEqual({ ...describeModel(module), file: 'model.spkw', kind: 'model' }, description);
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

  test('is explained before it is built, from the quantised network and from the checkpoint', () => {
    const { model } = buildFrom(run);
    const description = describeModel(model);
    const quantised = describeModel(join(run, 'quantized.json'));
    assert.deepEqual({ ...quantised, file: 'model.spkw', kind: 'model' }, description);
    assert.match(
      describeText(quantised),
      /^quantized\.json, a quantised network: the model that spikeword build makes/,
    );

    const spec = presetNetwork('tiny', { classes: 2 });
    const features = [speechLikeFeatures(randomQuantizedNetwork(1, { spec }), 1)];
    const checkpoint = randomCheckpoint(spec, 4, features);
    const path = join(run, 'best.safetensors');
    writeCheckpoint(path, checkpoint);
    const { kind, layers, provenance } = describeModel(path);
    assert.equal(kind, 'checkpoint');
    assert.equal(provenance.validationAccuracy, null);
    const { thresholds } = quantizeNetwork(checkpoint).layers[1];
    assert.deepEqual(layers[1].thresholds, [Math.min(...thresholds), Math.max(...thresholds)]);
  });

  test('is not explained where there is no model', () => {
    const path = join(run, 'notes.txt');
    writeFileSync(path, 'nothing of the kind');
    assert.throws(() => describeModel(path), { name: 'ModelError', message: /notes\.txt: not a spikeword model/ });
  });

  test('is explained from the folder it stands in; a folder without one names all that can be explained', () => {
    const { model } = buildFrom(run);
    assert.deepEqual(describeModel(run), describeModel(model));
    const empty = join(run, 'empty');
    mkdirSync(empty);
    assert.throws(() => describeModel(empty), {
      name: 'ModelError',
      message: /a folder without a model, expected model\.spkw, model\.wasm, the quantized\.json .* \(\.safetensors\)$/,
    });
  });
});
