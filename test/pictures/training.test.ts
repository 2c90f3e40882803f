import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { planNetwork } from '../../host/core/network/index.js';
import { type EvaluationOptions, evaluateModel, quantizeRun } from '../../host/evaluation/index.js';
import { readModel, writeModel } from '../../host/model/index.js';
import { openPictures, somePictures } from '../../host/pictures/index.js';
import {
  configureTraining,
  RunFolder,
  type TrainingConfig,
  trainNetwork,
  trainRun,
} from '../../host/training/index.js';
import { spikeword } from '../cli/spikeword.js';
import { judge } from '../judge/judge.js';
import { noTorch } from '../torch/setup.js';
import { noDigits, writeDigits } from './digits.js';

let folder: string;
let model: string;
const at = (name: string): string => join(folder, name);

/** The recipe of the paper for a narrow network of both kinds of stage, which is trained in seconds. */
function narrow(data: string, task: string, changes: { epochs: number; mixup: number }): TrainingConfig {
  const preset = { preset: 'cifar-resnet-18', crop: 0.7, flip: 0, batchSize: 32 };
  const config = configureTraining({ data, task, ...preset, ...changes }, null);
  const [channels, kernel, stride] = [16, [3, 3], [2, 2]] as const;
  const stages = [
    { blocks: 2, channels, kernel, stride, shortcuts: false },
    { blocks: 1, channels: 32, kernel, stride },
  ] as const;
  return { ...config, network: { ...config.network, stem: { channels: 8, kernel, stride }, stages } };
}

describe('handwritten digits in the layout of CIFAR', { skip: noDigits }, () => {
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'spikeword-digits-'));
    writeDigits(at('digits'));
    const { validationAccuracy, run } = await trainNetwork(
      narrow(at('digits'), 'cifar-10', { epochs: 9, mixup: 0 }),
      at('run'),
    );
    // a tenth by chance
    assert.ok(validationAccuracy > 0.6, `${validationAccuracy}`);
    const { network, report } = await quantizeRun(run);
    const { clips, agreement, lossPoints, voices, missingWords } = report.validation!;
    assert.deepEqual([clips, voices, missingWords], [150, { clips: 150, speakers: 0 }, []]);
    assert.ok(agreement > 0.85, `the integers agree with the float network on ${agreement}`);
    assert.ok(Math.abs(lossPoints) < 6, `${lossPoints} points`);
    ({ model } = writeModel(network, at('model'), 'digits'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const evaluation = (more: Partial<EvaluationOptions> = {}): Promise<Awaited<ReturnType<typeof evaluateModel>>> =>
    evaluateModel({ model, data: at('digits'), split: 'testing', threads: 2, ...more });

  test('are recognised by the kernel, with θ of each layer by Eq. 20, as the judge counts', async () => {
    const pictures = 4;
    const { report } = await evaluation({ clips: pictures });
    const { network } = readModel(model);
    const { layers, timesteps } = planNetwork(network.spec);
    const { features, labels } = somePictures(openPictures(at('digits'), 'cifar-10').testing, pictures);
    const judged = Array.from({ length: pictures }, (_, k) => judge(network, features.slice(k * 3072, (k + 1) * 3072)));
    const thetas = layers.map(({ neurons }, k) => {
      const spikes = judged.reduce((sum, one) => sum + one.spikes[k].reduce((a, b) => a + b, 0), 0);
      return spikes / (pictures * neurons * timesteps);
    });
    assert.deepEqual(
      report.layers.map(({ theta }) => theta),
      thetas,
    );
    assert.ok(Math.abs(report.theta - thetas.reduce((a, b) => a + b) / thetas.length) < 1e-12);
    assert.equal(report.accuracy, judged.filter((one, k) => one.class === labels[k]).length / pictures);
    assert.equal(report.voices.speakers, 0);
  });

  test('are evaluated on the command line, with a page but no drawings', () => {
    const page = at('report.html');
    const { code, stdout, stderr } = spikeword(
      'evaluate',
      model,
      '--data',
      at('digits'),
      '--clips',
      '20',
      '--report',
      page,
    );
    assert.equal(code, 0, stderr);
    assert.match(stdout, /cifar-10, validation split, 20 clips \(atif-u, T = 4\)/);
    assert.match(stdout, /on 20 clips\n/);
  });

  test('cannot be drawn by name, nor run on a board', async () => {
    await assert.rejects(evaluation({ portray: ['test_batch.bin 0'] }), {
      name: 'EvaluationError',
      message: /reads pictures; only clips of sound are drawn/,
    });
    const runner = { name: 'board', threads: 1, run: () => assert.fail('ran') };
    await assert.rejects(evaluation({ runner }), {
      name: 'EvaluationError',
      message: /reads pictures; no board runs it/,
    });
  });

  test('in the layout of CIFAR-100 are a task of a hundred labels', async () => {
    writeDigits(at('digits-100'), 'cifar-100');
    const config = narrow(at('digits-100'), 'cifar-100', { epochs: 1, mixup: 0 });
    const { validationAccuracy, validation } = await trainNetwork(config, at('hundred'));
    assert.equal(config.network.classes, 100);
    assert.equal(validation.missingWords.length, 90);
    assert.ok(validationAccuracy >= 0.02, `${validationAccuracy}`);
  });

  test('are mixed by the torch engine alone, which the other says before it reads them', async () => {
    const config = narrow(at('nowhere'), 'cifar-10', { epochs: 1, mixup: 1 });
    await assert.rejects(trainNetwork(config, at('mixed')), {
      name: 'TrainingConfigError',
      message: 'training: the wasm engine does not mix pictures: use --engine torch, or --mixup 0',
    });
  });

  test('are learned by the torch engine, mixed in pairs', { skip: noTorch }, async () => {
    const config = narrow(at('digits'), 'cifar-10', { epochs: 3, mixup: 0.5 });
    const run = RunFolder.create(at('torch'), config);
    await trainRun(config, run, { torch: { device: 'cpu' }, threads: 2 });
    const losses = run.readLog().map(({ loss }) => loss);
    assert.ok(losses.every(Number.isFinite) && losses[2] < losses[0], `${losses}`);
  });
});
