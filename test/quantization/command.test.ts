import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Checkpoint, presetNetwork } from '../../host/core/network/index.js';
import { quantizeNetwork } from '../../host/core/quantization/index.js';
import { Random } from '../../host/core/random.js';
import { comparePredictions, type QuantizationReport } from '../../host/evaluation/index.js';
import { readModel, writeCheckpoint } from '../../host/model/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { speechLikeFeatures } from '../judge/feature-maps.js';
import { randomQuantizedNetwork } from '../judge/random-network.js';
import { randomCheckpoint } from './checkpoints.js';

/** Returns a WAV file of one second, 16 kHz mono int16: a gliding tone in noise. */
function tone(seed: number): Buffer {
  const random = new Random(seed);
  const start = 150 + random.below(500);
  const glide = random.below(800) - 200;
  const bytes = Buffer.alloc(44 + 32_000);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8);
  for (const [at, value, size] of [
    [16, 16, 4],
    [20, 1, 2],
    [22, 1, 2],
    [24, 16_000, 4],
    [28, 32_000, 4],
    [32, 2, 2],
    [34, 16, 2],
    [40, 32_000, 4],
  ]) {
    bytes.writeUIntLE(value, at, size);
  }
  bytes.write('data', 36);
  for (let k = 0; k < 16_000; k++) {
    const t = k / 16_000;
    const value = 6000 * Math.sin(2 * Math.PI * (start + (glide * t) / 2) * t) + 400 * random.normal();
    bytes.writeInt16LE(Math.round(value), 44 + 2 * k);
  }
  return bytes;
}

const folder = mkdtempSync(join(tmpdir(), 'spikeword-quantize-'));
after(() => rmSync(folder, { recursive: true }));
const data = join(folder, 'recordings');
const checkpointPath = join(folder, 'network.safetensors');

const spikeword = (...args: string[]) =>
  spawnSync(process.execPath, [packagePath('dist/host/cli/main.js'), ...args], { encoding: 'utf8' });

describe('spikeword quantize', () => {
  const spec = presetNetwork('tiny', { classes: 2 });
  const features = Array.from({ length: 3 }, (_, k) => speechLikeFeatures(randomQuantizedNetwork(1, { spec }), k));
  const drawn = randomCheckpoint(spec, 5, features);
  const checkpoint: Checkpoint = {
    ...drawn,
    labels: ['yes', 'no'],
    provenance: { ...drawn.provenance, task: 'yes,no' },
  };

  before(() => {
    const validation: string[] = [];
    for (const [w, word] of ['yes', 'no'].entries()) {
      mkdirSync(join(data, word), { recursive: true });
      for (let speaker = 0; speaker < 12; speaker++) {
        const name = `${(0xabc00 + speaker).toString(16)}_nohash_0.wav`;
        writeFileSync(join(data, word, name), tone(2 * speaker + w));
        if (speaker < 8) validation.push(`${word}/${name}`);
      }
    }
    writeFileSync(join(data, 'validation_list.txt'), `${validation.join('\n')}\n`);
    writeFileSync(join(data, 'testing_list.txt'), '');
    writeCheckpoint(checkpointPath, checkpoint);
  });

  test('writes the same network as the library, with both accuracies, and reports them as one object', () => {
    const out = join(folder, 'out');
    const { status, stdout, stderr } = spikeword('quantize', checkpointPath, '--data', data, '--out', out, '--json');
    assert.equal(status, 0, stderr);
    const report = JSON.parse(stdout) as QuantizationReport & { model: string; module: string };
    assert.deepEqual([report.model, report.module], [join(out, 'model.spkw'), join(out, 'model.wasm')]);
    assert.equal(report.validation?.clips, 16);
    assert.equal(report.layers.length, 5);
    const { agreement, accuracy, floatAccuracy, lossPoints } = report.validation;
    assert.ok(agreement >= 0.75, `agreement ${agreement}`);
    assert.ok(Math.abs(lossPoints - 100 * (floatAccuracy - accuracy)) < 1e-9);
    const network = readModel(report.model).network;
    assert.equal(network.provenance.validationAccuracy, accuracy);
    assert.equal(network.provenance.validationAccuracyFloat, floatAccuracy);
    const { provenance: _, ...integers } = network;
    const { provenance: __, ...expected } = quantizeNetwork(checkpoint);
    assert.deepEqual(integers, expected);
    assert.equal(stderr, '');
  });

  test('without recordings, writes the model next to the checkpoint and says that nothing was measured', () => {
    const { status, stdout } = spikeword('quantize', checkpointPath);
    assert.equal(status, 0);
    assert.match(stdout, /stage2\.block1\.conv2/);
    assert.match(stdout, /accuracy not measured/);
    assert.equal(readModel(folder).network.provenance.validationAccuracy, null);
  });

  test('refuses a network of ordinary activations with exit code 1 and leaves nothing behind', () => {
    const relu = join(folder, 'relu.safetensors');
    const reluSpec = presetNetwork('tiny', { classes: 2, neuron: 'relu' });
    writeCheckpoint(relu, { ...checkpoint, spec: reluSpec });
    const out = join(folder, 'relu');
    const { status, stdout, stderr } = spikeword('quantize', relu, '--out', out);
    assert.equal(status, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /^NetworkError: .*relu.*train with if, atif-u or atif-nu/);
    assert.ok(!existsSync(join(folder, 'relu')));
    assert.ok(!readdirSync(folder).some((name) => name.endsWith('.part')));
  });

  test('reports a path that does not exist as an error, not as a crash', () => {
    const { status, stderr } = spikeword('quantize', join(folder, 'nothing'));
    assert.equal(status, 1);
    assert.match(stderr, /^NetworkError: .*nothing: cannot be read/);
  });
});

test('the comparison counts hits and equal answers, including equal mistakes', () => {
  const labels = Int32Array.of(0, 1, 2, 0, 1);
  const float = Int32Array.of(0, 1, 1, 1, 1);
  const integers = Int32Array.of(0, 2, 1, 0, 0);
  const { lossPoints, ...comparison } = comparePredictions(labels, float, integers);
  assert.deepEqual(comparison, { clips: 5, floatAccuracy: 0.6, accuracy: 0.4, agreement: 0.4 });
  assert.ok(Math.abs(lossPoints - 20) < 1e-9);
});
