import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Random } from '../../host/core/random.js';
import { evaluateModel, quantizeRun } from '../../host/evaluation/index.js';
import { disturb, measureRobustness, type RobustnessReport } from '../../host/experiment/index.js';
import { writeModel } from '../../host/model/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { configureTraining, trainNetwork } from '../../host/training/index.js';
import { spikeword } from '../cli/spikeword.js';

const DATA = packagePath('datasets/sample');

/** A second of a tone whose level rises and falls. */
const word = (): Int16Array =>
  Int16Array.from({ length: 16_000 }, (_, n) =>
    Math.round(6000 * Math.sin(n / 7) * Math.exp(-(((n - 8000) / 2500) ** 2))),
  );
const noises = [1, 2].map((seed) => {
  const random = new Random(seed);
  return Int16Array.from({ length: 40_000 }, () => Math.round(900 * seed * random.normal()));
});

describe('noise', () => {
  for (const snrDb of [20, 10, 5, 0, -5]) {
    test(`has ${snrDb} dB less power than the whole clip, and is a piece of a recording`, () => {
      for (let seed = 0; seed < 5; seed++) {
        const clean = word();
        const noisy = clean.slice();
        disturb(noisy, { kind: 'noise', snrDb }, noises, new Random(1, seed));
        const added = Array.from(noisy, (sample, n) => sample - clean[n]);
        const power = (of: ArrayLike<number>): number => Array.from(of).reduce((sum, x) => sum + x * x, 0);
        const found = 10 * Math.log10(power(clean) / power(added));
        assert.ok(Math.abs(found - snrDb) < 0.02, `${found} dB`);
        // the correlation with one stretch of one recording is complete but for rounding
        const best = Math.max(
          ...noises.flatMap((noise) => {
            const scores: number[] = [];
            for (let at = 0; at + 16_000 <= noise.length; at++) {
              if (Math.sign(noise[at]) * Math.sign(added[0]) < 0) continue;
              const piece = noise.subarray(at, at + 60);
              const dot = piece.reduce((sum, x, n) => sum + x * added[n], 0);
              scores.push(dot / Math.sqrt(power(piece) * power(added.slice(0, 60))));
            }
            return scores;
          }),
        );
        assert.ok(best > 0.98, `${best}`);
      }
    });
  }

  test('is the same at every ratio but for its level', () => {
    const at = (snrDb: number): Int16Array => {
      const silent = new Int16Array(16_000).fill(200);
      disturb(silent, { kind: 'noise', snrDb }, noises, new Random(3, 7));
      return silent.map((sample) => sample - 200);
    };
    const [loud, quiet] = [at(0), at(20)];
    for (const [n, sample] of loud.entries()) assert.ok(Math.abs(sample / 10 - quiet[n]) <= 0.6);
  });
});

describe('a shift', () => {
  test('moves a clip by 100 ms, 1600 samples, and fills with zeros', () => {
    const clean = word().map((sample) => sample + 1);
    for (const [ms, by] of [
      [100, 1600],
      [-100, -1600],
    ]) {
      const moved = clean.slice();
      disturb(moved, { kind: 'shift', ms }, [], new Random(1));
      assert.deepEqual(
        moved,
        clean.map((_, n) => clean[n - by] ?? 0),
      );
    }
  });
});

describe('the robustness of a model', () => {
  let folder: string;
  let model: string;
  let report: RobustnessReport;

  /** The sample with every clip moved, written as files of its own; the splits stay, as they are by speaker. */
  function movedCopy(bySamples: number): string {
    const copy = join(folder, `moved ${bySamples}`);
    for (const name of readdirSync(DATA)) {
      if (!/^[a-z]+$/.test(name)) {
        cpSync(join(DATA, name), join(copy, name), { recursive: true });
        continue;
      }
      mkdirSync(join(copy, name), { recursive: true });
      for (const file of readdirSync(join(DATA, name))) {
        const bytes = readFileSync(join(DATA, name, file));
        const start = bytes.indexOf('data') + 8;
        // a clip is cut to a second or padded to one before it is moved
        const second = new Int16Array(16_000);
        const own = Math.min(16_000, (bytes.length - start) >> 1);
        const moved = Array.from(second, (_, n) => {
          const from = n - bySamples;
          return from >= 0 && from < own ? bytes.readInt16LE(start + 2 * from) : 0;
        });
        const header = Buffer.from(bytes.subarray(0, start));
        header.writeUInt32LE(32_000, start - 4);
        header.writeUInt32LE(start - 8 + 32_000, 4);
        writeFileSync(join(copy, name, file), Buffer.concat([header, Buffer.from(Int16Array.from(moved).buffer)]));
      }
    }
    return copy;
  }

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'spikeword-robustness-'));
    process.env.SPIKEWORD_CACHE = join(folder, 'cache');
    const run = join(folder, 'run');
    const config = configureTraining({ data: DATA, task: 'yes,no,up,down', preset: 'tiny', epochs: 8 }, null);
    await trainNetwork({ ...config, batchSize: 16 }, run);
    model = writeModel((await quantizeRun(run)).network, run).model;
    report = await measureRobustness({ model, data: DATA, split: 'validation', snrDb: [20, -10] });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('begins with the figures of evaluate', async () => {
    const { report: direct } = await evaluateModel({ model, data: DATA, split: 'validation' });
    const [plain] = report.results;
    for (const figure of ['accuracy', 'accuracyInterval', 'spikesPerNeuron', 'synapticOperations'] as const) {
      assert.deepEqual(plain[figure], direct[figure], figure);
    }
    assert.deepEqual([report.clips, report.voices], [direct.clips, direct.voices]);
  });

  for (const [k, by] of [
    [3, -1600],
    [4, 1600],
  ]) {
    test(`is that of evaluate on recordings that were moved by ${by} samples`, async () => {
      const { report: direct } = await evaluateModel({ model, data: movedCopy(by), split: 'validation' });
      assert.equal(report.results[k].accuracy, direct.accuracy);
      assert.equal(report.results[k].spikesPerNeuron, direct.spikesPerNeuron);
      assert.notEqual(report.results[k].spikesPerNeuron, report.results[0].spikesPerNeuron);
    });
  }

  test('is the same again with the same seed, and is printed in 80 columns', () => {
    const args = ['experiment', 'robustness', model, '--data', DATA, '--snr', '20,-10'];
    const json = spikeword(...args, '--json');
    assert.deepEqual(JSON.parse(json.stdout), report);
    const text = spikeword(...args);
    assert.equal(text.code, 0, text.stderr);
    assert.match(text.stdout, /noise, −?-?10 dB/);
    assert.match(text.stdout, /100 ms earlier/);
    assert.ok(text.stdout.split('\n').every((line) => line.length <= 80));
  });

  test('needs noise, unless none is asked for', async () => {
    const copy = movedCopy(0);
    rmSync(join(copy, '_background_noise_'), { recursive: true, force: true });
    const options = { model, data: copy, split: 'validation' } as const;
    await assert.rejects(measureRobustness(options), { name: 'EvaluationError', message: /_background_noise_/ });
    const { results } = await measureRobustness({ ...options, snrDb: [], shiftsMs: [50] });
    assert.deepEqual(
      results.map(({ disturbance }) => disturbance),
      [{ kind: 'none' }, { kind: 'shift', ms: -50 }, { kind: 'shift', ms: 50 }],
    );
  });
});
