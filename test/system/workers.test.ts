import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { initialParameters, planNetwork, presetNetwork } from '../../host/core/network/index.js';
import { openDataset, packSamples, resolveTask, taskExamples } from '../../host/dataset/index.js';
import { evaluateStreams } from '../../host/detection/index.js';
import { extractFeatures, fitOnPack } from '../../host/features/index.js';
import { classifyPack, readModel } from '../../host/model/index.js';
import { defaultModelPath, packagePath } from '../../host/system/index.js';
import { sharedCounter, takePieces, WorkerPool } from '../../host/system/workers.js';
import { AugmentedFeatures } from '../../host/training/feature-source.js';
import { openTrainingEngine } from '../../host/training/open-engine.js';
import { whereAWorkerEnds } from './dying-workers.js';

const ENDED = /a worker thread ended before its work was done \(code 0\)/;
const SAMPLE = packagePath('datasets/sample');

/** Returns the address of a worker module with this code, in which `serveJobs` is imported. */
function module(text: string): URL {
  const workers = new URL('../../host/system/workers.js', import.meta.url).href;
  const source = `import { serveJobs } from ${JSON.stringify(workers)};\n${text}`;
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`);
}

describe('a pool of workers', () => {
  test('gives every worker each job, receives their messages, and ends', async () => {
    const adding = module('serveJobs((setup) => (job, tell) => tell(setup + job));');
    const pool = await WorkerPool.start<number, number, number>(adding, [10, 20, 30]);
    const heard: number[] = [];
    await pool.run(1, (sum) => void heard.push(sum));
    await pool.run(2, (sum) => void heard.push(sum));
    await pool.close();
    assert.deepEqual(heard.sort(), [11, 12, 21, 22, 31, 32]);
  });

  test('has nothing to do without workers', async () => {
    const pool = await WorkerPool.start(module(''), []);
    await pool.run(1);
    await pool.close();
  });

  test('takes one job at a time', async () => {
    const pool = await WorkerPool.start<null, number>(module('serveJobs(() => () => {});'), [null]);
    const first = pool.run(1);
    await assert.rejects(pool.run(2), /already have a job/);
    await first;
    await pool.close();
  });

  test('throws the error of a worker, for this job and every later job', async () => {
    const failing = module("serveJobs(() => (job) => { if (job === 7) throw new RangeError('seven'); });");
    const pool = await WorkerPool.start<null, number>(failing, [null, null]);
    await pool.run(1);
    await assert.rejects(pool.run(7), { name: 'RangeError', message: 'seven' });
    await assert.rejects(pool.run(1), { name: 'RangeError', message: 'seven' });
    await pool.close();
  });

  for (const [how, text] of [
    ['throws', "throw new Error('no start');"],
    ['ends', ''],
    ['throws in its setup', "serveJobs(() => { throw new Error('no start'); });"],
  ] as const) {
    test(`does not start with a worker that ${how} before it is ready`, async () => {
      await assert.rejects(
        WorkerPool.start(module(text), [null]),
        /no start|ended before its work was done \(code 0\)/,
      );
    });
  }

  test('fails the next job if a worker ends between two jobs', async () => {
    const pool = await WorkerPool.start<null, null>(module('serveJobs(() => () => setTimeout(process.exit, 10, 0));'), [
      null,
    ]);
    await pool.run(null);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await assert.rejects(pool.run(null), ENDED);
    await pool.close();
  });

  test('divides items into pieces so that every item is taken once', () => {
    const counter = sharedCounter();
    const taken: number[] = [];
    const take = (first: number, end: number): void => {
      assert.ok(end - first <= 4 && end > first);
      for (let item = first; item < end; item++) taken.push(item);
    };
    takePieces(counter, 10, 4, take);
    takePieces(counter, 10, 4, take);
    assert.deepEqual(taken, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

describe('a worker that ends early, with exit code 0, fails', async () => {
  const cache = mkdtempSync(join(tmpdir(), 'spikeword-workers-'));
  const before = process.env.SPIKEWORD_CACHE;
  process.env.SPIKEWORD_CACHE = cache;
  after(() => {
    if (before === undefined) delete process.env.SPIKEWORD_CACHE;
    else process.env.SPIKEWORD_CACHE = before;
    rmSync(cache, { recursive: true });
  });
  const dataset = openDataset(SAMPLE);
  const words = [...new Set(dataset.clips.map(({ word }) => word))];
  const pack = await packSamples(dataset, taskExamples(dataset, resolveTask(words.join(',')), 'training', 1));
  after(() => pack.close());
  const parameters = { frames: 49, mean: new Array<number>(10).fill(0), multiplier: new Array<number>(10).fill(100) };
  const threads = 2;

  test('the extraction of features, which leaves nothing in the cache and works the next time', async () => {
    await assert.rejects(
      whereAWorkerEnds(() => extractFeatures(pack, parameters, { threads })),
      ENDED,
    );
    assert.deepEqual(readdirSync(cache), ['samples']);
    const features = await extractFeatures(pack, parameters, { threads });
    assert.ok(features.subarray(-490).some((value) => value !== 0));
  });

  test('the fitting of feature parameters', async () => {
    await assert.rejects(
      whereAWorkerEnds(() => fitOnPack(pack, 49, { threads })),
      ENDED,
    );
  });

  test('the recognition of clips', async () => {
    const { content } = readModel(defaultModelPath());
    await assert.rejects(
      whereAWorkerEnds(() => classifyPack(content, pack, { threads })),
      ENDED,
    );
  });

  test('the evaluation of streams', async () => {
    const stream = { data: SAMPLE, split: 'validation', hours: 0.4, snrDb: [10], seed: 1 } as const;
    await assert.rejects(
      whereAWorkerEnds(() => evaluateStreams({ ...stream, model: defaultModelPath(), threads })),
      ENDED,
    );
  });

  test('the augmentation of an epoch', async () => {
    const settings = {
      shiftMs: 10,
      gainDb: 0,
      noise: 0,
      snrDb: [0, 1],
      masks: 0,
      maskFrames: 0,
      maskCoefficients: 0,
    } as const;
    await whereAWorkerEnds(async () => {
      const source = await AugmentedFeatures.start({ pack, parameters, settings, seed: 1, noises: [], threads });
      await assert.rejects(source.epoch(0), ENDED);
      await source.close();
    });
  });

  test('the training of a network', async () => {
    const plan = planNetwork(presetNetwork('tiny', { classes: 2 }));
    const optimizer = {
      kind: 'sgd',
      weightDecay: 0,
      momentum: 0,
      beta1: 0,
      beta2: 0,
      epsilon: 1e-8,
      gradientClip: 0,
    } as const;
    await whereAWorkerEnds(async () => {
      const engine = await openTrainingEngine({ plan, batchSize: 4, threads: 3, optimizer });
      assert.throws(() => engine.setParameters(initialParameters(plan, 1)), {
        name: 'TrainingError',
        message: /thread has failed/,
      });
      await engine.close();
    }, true);
  });
});
