import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { operatingPointOf } from '../../host/core/detection/index.js';
import { Kernel } from '../../host/core/kernel/index.js';
import { presetNetwork } from '../../host/core/network/index.js';
import { quantizeNetwork } from '../../host/core/quantization/index.js';
import { countText } from '../../host/core/text/index.js';
import {
  describeModel,
  describeText,
  openKernel,
  readModel,
  writeCheckpoint,
  writeModel,
} from '../../host/model/index.js';
import { speechLikeFeatures } from '../judge/feature-maps.js';
import { judge } from '../judge/judge.js';
import { randomQuantizedNetwork } from '../judge/random-network.js';
import { randomCheckpoint } from '../quantization/checkpoints.js';

describe('writing a model', () => {
  const run = mkdtempSync(join(tmpdir(), 'spikeword-build-'));
  after(() => rmSync(run, { recursive: true }));
  const network = randomQuantizedNetwork(1, { spec: presetNetwork('small', { classes: 17, neuron: 'atif-nu' }) });

  test('writes a model file and a module that compute the same as the network', () => {
    const built = writeModel(network, run);
    assert.equal(built.model, join(run, 'model.spkw'));
    assert.equal(built.module, join(run, 'model.wasm'));
    const features = speechLikeFeatures(network, 1);
    const { scores } = judge(network, features);
    const { bytes, network: decoded } = readModel(built.model);
    assert.deepEqual(decoded, network);
    assert.deepEqual([...openKernel(bytes).infer(features).scores], scores);
    assert.deepEqual([...Kernel.fromModule(readFileSync(built.module), decoded).infer(features).scores], scores);
  });

  test('writes the same bytes in another folder and under another name', () => {
    const first = writeModel(network, run);
    const second = writeModel(network, join(run, 'out'), 'words');
    assert.equal(second.model, join(run, 'out', 'words.spkw'));
    assert.deepEqual(readFileSync(second.model), readFileSync(first.model));
    assert.deepEqual(readFileSync(second.module), readFileSync(first.module));
  });

  test('keeps the operating point of the same network, and not that of another', () => {
    const folder = join(run, 'tuned');
    const detection = operatingPointOf(network, { threshold: 0.9 });
    const { model, module } = writeModel({ ...network, detection }, folder);
    const tuned = readFileSync(model);
    writeModel(network, folder);
    assert.deepEqual(readFileSync(model), tuned);
    assert.deepEqual(readModel(module).network.detection, detection);
    const other = randomQuantizedNetwork(2, { spec: network.spec });
    writeModel(other, folder);
    assert.equal(readModel(model).network.detection, undefined);
    assert.equal(readModel(module).network.detection, undefined);
  });

  test('replaces a file that is not a model', () => {
    const folder = join(run, 'damaged');
    mkdirSync(folder);
    writeFileSync(join(folder, 'model.spkw'), 'SPKW and nothing else');
    writeModel(network, folder);
    assert.deepEqual(readModel(folder).network, network);
  });

  test('is described the same from the model file and from the module', () => {
    const { model, module } = writeModel(network, run);
    const description = describeModel(model);
    assert.deepEqual({ ...describeModel(module), file: 'model.spkw', kind: 'model' }, description);
    assert.equal(description.flashBytes, readFileSync(model).length);
    assert.equal(description.weights, 78_720);
    // the plan counts 1,536,832 per timestep; the stem and the classifier are computed once
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
    for (const part of [
      'word16',
      'atif-nu',
      '78,720 weights',
      'stage3.block2.conv2',
      `${countText(description.ramBytes)} bytes`,
    ]) {
      assert.ok(text.includes(part), `${part} in\n${text}`);
    }
  });

  test('is described with how often it has results, if it listens', () => {
    const listening = randomQuantizedNetwork(1, { spec: presetNetwork('listen-small', { classes: 3 }) });
    const folder = join(run, 'listening');
    const description = describeModel(writeModel(listening, folder).model);
    assert.equal(description.hopMs, 80);
    assert.match(describeText(description), /listens {6}to a stream: a result every 80 ms, from the last 1\.47 s\n/);
    assert.match(describeText(description), /multiply-accumulates per window/);
    assert.doesNotMatch(describeText(describeModel(writeModel(network, run).model)), /listens/);
  });

  test('is described from the checkpoint before it is written', () => {
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

  test('is refused by info if there is no model', () => {
    const path = join(run, 'notes.txt');
    writeFileSync(path, 'nothing of the kind');
    assert.throws(() => describeModel(path), { name: 'ModelError', message: /notes\.txt: not a spikeword model/ });
  });

  test('is described from its folder; for a folder without a model, info lists what it can describe', () => {
    const { model } = writeModel(network, run);
    assert.deepEqual(describeModel(run), describeModel(model));
    const empty = join(run, 'empty');
    mkdirSync(empty);
    assert.throws(() => describeModel(empty), {
      name: 'ModelError',
      message: /a folder without a model, expected model\.spkw, model\.wasm, or a checkpoint \(\.safetensors\)$/,
    });
  });
});
