import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { planNetwork } from '../../host/core/network/index.js';
import { type EvaluationReport, evaluateModel, quantizeRun } from '../../host/evaluation/index.js';
import {
  ABLATION_DEFAULTS,
  type AblationReport,
  type AblationSettings,
  cellsOf,
  runAblation,
} from '../../host/experiment/index.js';
import { writeModel } from '../../host/model/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { configureTraining, RunFolder, trainNetwork } from '../../host/training/index.js';
import { MAIN, spikeword, withoutNpm } from '../cli/spikeword.js';

const DATA = packagePath('datasets/sample');
const SETTINGS: AblationSettings = {
  ...{ data: DATA, task: 'yes,no,up,down', preset: 'tiny', neurons: ['relu', 'atif-nu'], timesteps: [2, 1] },
  ...{ widths: [1, 0.5], bits: [8, 4], conversions: [4], seeds: [1, 2], epochs: 2, share: 0.5, batchSize: 16 },
};
const FLAGS = [
  ...['--data', DATA, '--task', SETTINGS.task, '--preset', 'tiny', '--neurons', 'relu,atif-nu', '--timesteps', '2,1'],
  ...['--widths', '1,0.5', '--bits', '8,4', '--conversions', '4', '--seeds', '1,2', '--epochs', '2'],
  ...['--share', '0.5', '--batch-size', '16'],
];
const FILES = ['ablation.json', 'ablation.md', 'ablation.svg'];

let folder: string;
let whole: string;
let report: AblationReport;
const path = (name: string): string => join(folder, name);
const results = (of: string): string[] =>
  readdirSync(of, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(validation|testing)\.json$/.test(file));

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'spikeword-ablation-'));
  process.env.SPIKEWORD_CACHE = path('cache');
  whole = path('whole');
  report = await runAblation(whole, { settings: SETTINGS });
});
after(() => rmSync(folder, { recursive: true, force: true }));

describe('an ablation', () => {
  test('measures every cell, with the first seed first and all neurons before their conversions', () => {
    assert.deepEqual(report.missing, []);
    const names = cellsOf(SETTINGS).map(({ name }) => name);
    assert.equal(results(whole).length, names.length);
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual(names.slice(0, 5), [
      ...['relu-w1-s1/float', 'atif-nu-t2-w1-s1/8-bits', 'atif-nu-t2-w1-s1/4-bits', 'atif-nu-t1-w1-s1/8-bits'],
      'relu-w1-s1/one-t4',
    ]);
  });

  test('ends with the same table, figures and picture if it was killed in the middle and started again', async () => {
    const killed = path('killed');
    const child = spawn(process.execPath, [MAIN, 'experiment', 'ablation', killed, ...FLAGS], { env: withoutNpm() });
    const ended = new Promise((resolve) => child.on('close', resolve));
    child.stderr.on('data', (data) => {
      // in the middle of the second training
      if (existsSync(join(killed, 'atif-nu-t2-w1-s1', 'config.json')) && /epoch 1\/2/.test(String(data))) {
        child.kill('SIGKILL');
      }
    });
    await ended;
    const before = results(killed);
    assert.ok(before.length > 0 && before.length < results(whole).length, `${before.length} cells before`);
    assert.ok(!existsSync(join(killed, 'atif-nu-t2-w1-s1', '8-bits.validation.json')));
    const times = before.map((file) => statSync(join(killed, file)).mtimeMs);
    // the settings are those of the folder
    const { code, stdout, stderr } = spikeword('experiment', 'ablation', killed);
    assert.equal(code, 0, stderr);
    assert.deepEqual(
      before.map((file) => statSync(join(killed, file)).mtimeMs),
      times,
      'finished cells are left alone',
    );
    for (const file of FILES)
      assert.equal(readFileSync(join(killed, file), 'utf8'), readFileSync(join(whole, file), 'utf8'));
    assert.ok(
      stdout.split('\n').every((line) => line.length <= 80),
      stdout,
    );
    assert.match(stdout, /atif-nu {2}2 .* ± .* 2 /);
  });

  test('computes a finished cell never again, and the same bytes if its result is deleted', async () => {
    const kept = join(whole, 'relu-w1-s2', 'float.validation.json');
    const lost = join(whole, 'atif-nu-t2-w1-s2', '4-bits.validation.json');
    const [keptText, lostText] = [kept, lost].map((file) => readFileSync(file, 'utf8'));
    writeFileSync(kept, keptText.replace(/"accuracy": [^,]*/, '"accuracy": 0.4321'));
    rmSync(lost);
    const cells: string[] = [];
    const again = await runAblation(whole, {
      onCell: ({ name }) => cells.push(name),
      onTraining: ({ name }) => cells.push(name),
    });
    writeFileSync(kept, keptText);
    assert.deepEqual(cells, ['atif-nu-t2-w1-s2/4-bits']);
    assert.equal(readFileSync(lost, 'utf8'), lostText);
    assert.equal(again.cells.find(({ name }) => name === 'relu-w1-s2/float')?.accuracy, 0.4321);
    assert.deepEqual(await runAblation(whole), report);
  });

  test('computes only the cells that are chosen, and names the others as missing', async () => {
    const { missing, cells } = await runAblation(path('part'), { settings: SETTINGS, only: ['relu-w0.5-s1', 'none'] });
    assert.deepEqual(
      cells.map(({ name }) => name),
      ['relu-w0.5-s1/float'],
    );
    assert.equal(missing.length, report.cells.length - 1);
  });

  test('evaluates on testing only if it is told to, and then once', async () => {
    assert.deepEqual(report.testing, []);
    const only = ['atif-nu-t2-w1-s1/8-bits'];
    const first = await runAblation(whole, { only, testing: true });
    assert.deepEqual(
      first.testing.map(({ neuron, seeds }) => [neuron, seeds]),
      [['atif-nu', [1]]],
    );
    const measured: string[] = [];
    await runAblation(whole, { only, testing: true, onCell: ({ name }) => measured.push(name) });
    assert.deepEqual(measured, []);
    const { report: direct } = await evaluateModel({
      model: join(whole, 'atif-nu-t2-w1-s1', '8-bits.spkw'),
      ...{ data: DATA, split: 'testing' },
    });
    assert.equal(first.testing[0].accuracy.mean, direct.accuracy);
    rmSync(join(whole, 'atif-nu-t2-w1-s1', '8-bits.testing.json'));
    await runAblation(whole);
  });

  test('has the figures that train, quantize and evaluate give', async () => {
    const config = configureTraining(
      {
        ...{ data: DATA, task: SETTINGS.task, preset: 'tiny', neuron: 'atif-nu', timesteps: 2, seed: 2 },
        ...{ epochs: 2, share: 0.5, batchSize: 16 },
      },
      null,
    );
    const run = path('direct');
    await trainNetwork(config, run);
    const directs: EvaluationReport[] = [];
    for (const bits of SETTINGS.bits) {
      const { network } = await quantizeRun(run, { bits });
      const { model } = writeModel(network, run, `bits-${bits}`);
      const { report: direct } = await evaluateModel({ model, data: DATA, split: 'validation' });
      directs.push(direct);
    }
    for (const [k, bits] of SETTINGS.bits.entries()) {
      const cell = report.cells.find(({ name }) => name === `atif-nu-t2-w1-s2/${bits}-bits`)!;
      for (const figure of [
        'accuracy',
        'clips',
        'theta',
        'spikesPerNeuron',
        'synapticOperations',
        'ordinaryMacs',
      ] as const) {
        assert.equal(cell[figure], directs[k][figure], `${figure} at ${bits} bits`);
      }
    }
    const other = report.cells.find(({ name }) => name === 'atif-nu-t2-w1-s1/8-bits')!.accuracy;
    const row = report.validation.find(
      ({ neuron, timesteps, width, form }) =>
        [neuron, timesteps, width, form.kind === 'integers' && form.bits].join() === 'atif-nu,2,1,8',
    )!;
    const [a, b] = [other, directs[0].accuracy];
    assert.deepEqual(row.seeds, [1, 2]);
    assert.ok(Math.abs(row.accuracy.mean - (a + b) / 2) < 1e-12);
    assert.ok(Math.abs(row.accuracy.deviation! - Math.abs(a - b) / Math.SQRT2) < 1e-12);
  });

  test('has the accuracy on validation that the training of relu reports, in float', () => {
    const { run } = RunFolder.open(join(whole, 'relu-w1-s1'));
    const log = run.readLog();
    const best = log.filter((epoch) => epoch.best).at(-1)!;
    assert.equal(report.cells.find(({ name }) => name === 'relu-w1-s1/float')?.accuracy, best.validationAccuracy);
  });

  test('halves the channels at a width of 0.5, and trains half of the clips of each class', () => {
    const { config, run } = RunFolder.open(join(whole, 'atif-nu-t2-w0.5-s1'));
    assert.deepEqual(
      [config.network.stem.channels, ...config.network.stages.map(({ channels }) => channels)],
      [12, 16, 20],
    );
    const cell = report.cells.find(({ name }) => name === 'atif-nu-t2-w0.5-s1/8-bits')!;
    assert.equal(cell.weights, planNetwork(config.network).weights);
    const full = configureTraining({ data: DATA, task: SETTINGS.task, preset: 'tiny' }, null);
    assert.deepEqual(
      { ...config, network: full.network, epochs: 60, share: undefined, batchSize: 32 },
      {
        ...full,
        share: undefined,
      },
    );
    assert.equal(run.readDataset()?.trainingClips, 40);
  });
});

describe('an ablation refuses', () => {
  const refused = (name: string, args: readonly string[], message: RegExp): void => {
    test(name, () => {
      const { code, stderr } = spikeword('experiment', 'ablation', ...args);
      assert.equal(code, 2);
      assert.match(stderr.replace(/\s+/g, ' '), message);
    });
  };
  refused('a new experiment without recordings', [join(tmpdir(), 'spikeword-no-experiment')], /--data/);
  refused(
    'a neuron that does not exist',
    ['x', '--data', DATA, '--neurons', 'lif'],
    /neurons is \["lif"\], expected if, /,
  );
  refused(
    'weights of nine bits',
    ['x', '--data', DATA, '--bits', '8,9'],
    /bits is \[8,9\], expected whole numbers from 2 to 8/,
  );
  refused('a seed twice', ['x', '--data', DATA, '--seeds', '1,1'], /seeds is \[1,1\].*each once/);
  refused('a list without numbers', ['x', '--data', DATA, '--widths', 'wide'], /numbers separated by commas/);

  test('other settings than those of the folder', async () => {
    await assert.rejects(runAblation(whole, { settings: { epochs: 3 } }), {
      name: 'UsageError',
      message: /has epochs 2, not 3/,
    });
  });

  test('a cell that does not exist', async () => {
    await assert.rejects(runAblation(whole, { only: ['lif'] }), { name: 'UsageError', message: /no cell has lif/ });
  });

  test('a folder whose settings are damaged', async () => {
    const damaged = path('damaged');
    await runAblation(damaged, { settings: SETTINGS, only: ['relu-w0.5-s1'] });
    writeFileSync(join(damaged, 'experiment.json'), '{');
    await assert.rejects(runAblation(damaged), { name: 'RunError', message: /experiment\.json/ });
  });
});

test('the figures of the budget by default are those of the help', () => {
  const help = spawnSync(process.execPath, [MAIN, 'experiment', 'ablation', '--help'], { encoding: 'utf8' }).stdout;
  const text = help.replace(/\s+/g, ' ');
  for (const value of [ABLATION_DEFAULTS.epochs, ABLATION_DEFAULTS.share, ABLATION_DEFAULTS.neurons.join()]) {
    assert.ok(text.includes(`default: ${value}, or those of the folder`), `${value}`);
  }
});
