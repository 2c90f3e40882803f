import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { operatingPointOf } from '../../host/core/detection/index.js';
import type { EarlyDecision } from '../../host/core/quantization/index.js';
import { Random } from '../../host/core/random.js';
import { chooseDecisions, type Outlooks } from '../../host/evaluation/early-choice.js';
import { openKernel, readModel } from '../../host/model/index.js';
import { defaultModelPath, packagePath } from '../../host/system/package-files.js';
import { spikeword, unwrapped } from '../cli/spikeword.js';

const CLASSES = 3;
const CLASSIFIER = 7;

/** Random clips of which more are right, with greater leads, the later it is. */
function randomOutlooks(seed: number, clips: number): Outlooks {
  const random = new Random(seed);
  const spoken = Int32Array.from({ length: clips }, () => random.below(CLASSES));
  const sumsAfter = (signal: number): Int32Array =>
    Int32Array.from({ length: clips * CLASSES }, (_, k) =>
      Math.round(10 * random.normal() + (spoken[Math.floor(k / CLASSES)] === k % CLASSES ? signal : 0)),
    );
  const operationsAfter = (most: number): Float64Array =>
    Float64Array.from({ length: clips }, (_, k) => most + ((k * 31) % 17));
  return {
    spoken,
    early: [
      { timesteps: 1, sums: sumsAfter(9), operations: operationsAfter(100) },
      { timesteps: 2, sums: sumsAfter(18), operations: operationsAfter(250) },
    ],
    whole: { timesteps: 3, sums: sumsAfter(30), operations: operationsAfter(400) },
    bias: Int32Array.of(4, -3, 0),
    classifierOperations: CLASSIFIER,
  };
}

/** What decisions do with the clips, worked out clip by clip as the kernel does. */
function outcome(
  { spoken, early, whole, bias }: Outlooks,
  margins: readonly number[],
  biases: EarlyDecision['biases'],
) {
  let [operations, errors] = [0, 0];
  for (const clip of spoken.keys()) {
    for (const [k, { sums, operations: ofLayers }] of [...early, whole].entries()) {
      const last = k === early.length;
      if (!last && margins[k] === 0) continue;
      operations += CLASSIFIER;
      const row = last ? [...bias] : biases[k];
      const scores = row.map((value, c) => value + sums[clip * CLASSES + c]);
      const [first, second] = scores.toSorted((a, b) => b - a);
      if (!last && first - second < margins[k]) continue;
      operations += ofLayers[clip];
      errors += Number(scores.indexOf(first) !== spoken[clip]);
      break;
    }
  }
  return { operations, errors };
}

describe('choosing early decisions', () => {
  test('finds what trying all margins finds, and says what they do', () => {
    for (let seed = 0; seed < 2; seed++) {
      const outlooks = randomOutlooks(seed, 24);
      const without = outcome(outlooks, [0, 0], []);
      const shares = [0, 1, 2, 3].map((k) => [...outlooks.bias].map((value) => Math.round((value * k) / 3)));
      const all: (typeof without)[] = [];
      for (const one of [shares[0], shares[1], shares[3]]) {
        for (const two of [shares[0], shares[2], shares[3]]) {
          for (let first = 0; first < 45; first++) {
            for (let second = 0; second < 45; second++) all.push(outcome(outlooks, [first, second], [one, two]));
          }
        }
      }
      for (const most of [0, 2, 5]) {
        const allowed = all.filter(({ errors }) => errors <= without.errors + most);
        const least = allowed.reduce((least, { operations }) => Math.min(least, operations), without.operations);
        const choice = chooseDecisions(outlooks, most) ?? assert.fail();
        const { early, operations, errors } = choice;
        assert.deepEqual(outcome(outlooks, early.margins, early.biases), { operations, errors });
        assert.ok(errors <= without.errors + most);
        assert.ok(operations <= least * 1.01, `seed ${seed}, ${most} errors: ${operations}, at least ${least}`);
      }
    }
  });

  test('chooses none where the first timesteps say nothing', () => {
    const outlooks = randomOutlooks(3, 200);
    const silent = outlooks.early.map((outlook) => ({ ...outlook, sums: outlook.sums.map(() => 0) }));
    const bias = Int32Array.of(0, 0, 0);
    assert.equal(chooseDecisions({ ...outlooks, early: silent, bias }, 3), null);
  });
});

describe('spikeword early', () => {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-early-'));
  after(() => rmSync(folder, { recursive: true }));
  const shipped = packagePath('models/gsc-17-small.spkw');
  const data = packagePath('datasets/sample');
  const out = join(folder, 'early.spkw');

  test('stores decisions that evaluate then reports, with the operations of the same clips', () => {
    const before = readFileSync(shipped);
    const chosen = spikeword('early', shipped, '--data', data, '--most-loss', '5', '--out', out, '--json');
    assert.equal(chosen.code, 0, chosen.stderr);
    assert.deepEqual(readFileSync(shipped), before);
    const result = JSON.parse(chosen.stdout);
    const { network } = readModel(out);
    assert.deepEqual(network.early, result.early);
    assert.deepEqual({ ...network, early: undefined }, { ...readModel(shipped).network, early: undefined });
    assert.ok(result.saved > 0.2, chosen.stdout);
    assert.ok(result.accuracy >= result.accuracyWithout - 0.05);

    const report = JSON.parse(spikeword('evaluate', out, '--data', data, '--json').stdout);
    assert.equal(report.accuracy, result.accuracy);
    assert.ok(Math.abs(report.synapticOperations - result.operations) < 1e-6);
    assert.deepEqual(report.early.decisions, result.decisions);
    const plain = JSON.parse(spikeword('evaluate', shipped, '--data', data, '--json').stdout);
    assert.equal(plain.early, null);
    assert.ok(Math.abs(plain.synapticOperations - result.operationsWithout) < 1e-6);
    assert.equal(plain.accuracy, result.accuracyWithout);
  });

  test('is told by info and evaluate', () => {
    const [, first] = /after (\d)/.exec(unwrapped(spikeword('info', out).stdout)) ?? assert.fail();
    assert.match(unwrapped(spikeword('info', out).stdout), /decides early: after \d if the winner leads by [\d,]+/);
    const { stdout } = spikeword('evaluate', out, '--data', data);
    const text = unwrapped(stdout);
    assert.match(text, new RegExp(`clips by the timesteps that were computed: ${first}: [\\d.]+ %`));
    assert.match(text, /[\d,]+ operations instead of [\d,]+, [\d.]+ % fewer/);
  });

  test('refuses a network that listens, and writes nothing', () => {
    const never = join(folder, 'never.spkw');
    const { code, stderr } = spikeword('early', defaultModelPath(), '--data', data, '--out', never);
    assert.equal(code, 1);
    assert.match(unwrapped(stderr), /ModelError: .*commands\.spkw cannot decide early: .* listens?/);
    assert.equal(existsSync(never), false);
  });

  test('makes a model that refuses to listen', () => {
    const { content, network } = readModel(out);
    const kernel = openKernel(content);
    assert.throws(() => kernel.detectWith(operatingPointOf(network)), {
      message: /early decision and detection: a network that listens computes all timesteps/,
    });
  });
});
