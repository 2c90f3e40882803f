import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { initialParameters, planNetwork, presetNetwork } from '../../host/core/network/index.js';
import { Random } from '../../host/core/random.js';
import { encodeWav } from '../../host/core/wav/index.js';
import type { ValidationStreams } from '../../host/detection/index.js';
import { readCheckpoint } from '../../host/model/index.js';
import { packagePath } from '../../host/system/index.js';
import { isBetter, missRateOf, openValidationStreams } from '../../host/training/best-epoch.js';
import {
  configureTraining,
  type EpochLog,
  RunFolder,
  type TrainingConfig,
  type TrainingResult,
  trainRun,
} from '../../host/training/index.js';
import { readState } from '../../host/training/training-state.js';
import { corpus, SPEAKERS, temporaryFolder } from '../dataset/corpus.js';
import { checkpointOf } from '../quantization/checkpoints.js';

const folder = temporaryFolder();
process.env.SPIKEWORD_CACHE = join(folder, 'cache');
const overrides = { task: 'live:yes,no', preset: 'tiny', batchSize: 16 };
const data = packagePath('datasets/sample');

describe('an epoch is better', () => {
  const epoch = { missRate: 0.5, accuracy: 0.8, loss: 1 };

  test('if it misses less in streams, however many clips it recognises', () => {
    assert.equal(isBetter({ missRate: 0.4, accuracy: 0.1, loss: 9 }, epoch), true);
    assert.equal(isBetter({ missRate: 0.6, accuracy: 0.9, loss: 0 }, epoch), false);
  });

  test('if it is more accurate where streams are not heard', () => {
    const windows = { ...epoch, missRate: null };
    assert.equal(isBetter({ ...windows, accuracy: 0.81, loss: 9 }, windows), true);
    assert.equal(isBetter({ ...windows, accuracy: 0.79, loss: 0 }, windows), false);
  });

  for (const missRate of [0.5, null]) {
    test(`if it is as good ${missRate === null ? 'on clips' : 'in streams'} with less loss`, () => {
      const best = { ...epoch, missRate };
      assert.equal(isBetter({ ...best, loss: 0.9 }, best), true);
      assert.equal(isBetter({ ...best, loss: 1 }, best), false);
      assert.equal(isBetter({ ...best, loss: 1.1 }, best), false);
    });
  }
});

test('a network that cannot be quantised misses everything', async () => {
  const spec = presetNetwork('tiny', { classes: 4, neuron: 'atif-u', timesteps: 4 });
  const parameters = new Map(initialParameters(planNetwork(spec), 1));
  parameters.set('stem.bn.gamma', new Float32Array(parameters.get('stem.bn.gamma')!.length).fill(1e9));
  const streams = {} as ValidationStreams;
  assert.equal(await missRateOf(checkpointOf(spec, parameters), streams, { threads: 1 }), 1);
});

describe('a training of a task that listens', () => {
  // with this seed the epoch that misses least in streams is not the most accurate one
  const config = configureTraining({ ...overrides, data, epochs: 4, seed: 5 }, null);
  let epochs: EpochLog[];
  let result: TrainingResult;

  const train = (name: string, how: TrainingConfig, threads: number, onEpoch?: (log: EpochLog) => void) =>
    trainRun(how, RunFolder.create(join(folder, name), how), { threads, onEpoch });
  const bestEpochOf = (name: string): number | undefined =>
    readCheckpoint(join(folder, name, 'best.safetensors')).provenance.epochs;
  /** The epoch with the least of something and, among equals, the least loss. */
  const least = (of: (epoch: EpochLog) => number): number =>
    epochs.toSorted((a, b) => of(a) - of(b) || a.validationLoss - b.validationLoss)[0].epoch;

  before(async () => {
    epochs = [];
    result = await train('streams', config, 1, (log) => epochs.push(log));
  });

  test('keeps the epoch that misses least in validation streams', () => {
    assert.equal(config.bestOn, 'streams');
    const best = least(({ validationMissRate }) => validationMissRate!);
    assert.notEqual(
      best,
      least(({ validationAccuracy }) => -validationAccuracy),
      'there is something to decide',
    );
    assert.equal(result.bestEpoch, best);
    assert.equal(bestEpochOf('streams'), best);
    assert.equal(result.validationMissRate, epochs[best - 1].validationMissRate);
    assert.equal(result.validationAccuracy, epochs[best - 1].validationAccuracy);
    assert.equal(readState(join(folder, 'streams', 'state.safetensors'))?.bestMissRate, result.validationMissRate);
  });

  test('keeps the same epoch, byte for byte, on two threads, interrupted after it was found', async () => {
    const { bestEpoch } = result;
    assert.ok(bestEpoch < 4, 'no later epoch is better');
    const interrupted = train('again', config, 2, ({ epoch }) => {
      if (epoch === bestEpoch) throw new Error('interrupted');
    });
    await assert.rejects(interrupted, /interrupted/);
    const { run, config: kept } = RunFolder.open(join(folder, 'again'));
    assert.deepEqual(await trainRun(kept, run, { threads: 2 }), {
      ...result,
      run: run.path,
      checkpoint: run.file('best'),
    });
    for (const file of ['best.safetensors', 'last.safetensors', 'state.safetensors']) {
      const [again, once] = ['again', 'streams'].map((name) => readFileSync(join(folder, name, file)));
      assert.ok(again.equals(once), file);
    }
  });

  test('keeps the most accurate epoch with bestOn: windows, and hears no streams', async () => {
    const windows = await train('windows', { ...config, bestOn: 'windows' }, 2, ({ validationMissRate }) =>
      assert.equal(validationMissRate, null),
    );
    assert.equal(
      windows.bestEpoch,
      least(({ validationAccuracy }) => -validationAccuracy),
    );
    assert.equal(bestEpochOf('windows'), windows.bestEpoch);
    assert.equal(windows.validationMissRate, null);
  });
});

describe('validation streams', () => {
  const streamsOf = (config: TrainingConfig): Promise<ValidationStreams | null> => openValidationStreams(config);
  const clip = (seed: number): Uint8Array => {
    const random = new Random(seed);
    return encodeWav(Int16Array.from({ length: 16_000 }, () => Math.round(3000 * random.normal())));
  };
  /** A dataset with four clips of keywords for validation. */
  const words = (noise: Uint8Array): string => {
    const speakers = [...SPEAKERS.training.slice(0, 2), ...SPEAKERS.validation.slice(0, 2)];
    const files = speakers.flatMap((speaker, k) =>
      ['yes', 'no', 'cat'].map((word, n) => [`${word}/${speaker}_nohash_0.wav`, clip(3 * k + n)]),
    );
    return corpus({ ...Object.fromEntries(files), '_background_noise_/rain.wav': noise });
  };
  const configOf = (dataset: string): TrainingConfig =>
    configureTraining({ ...overrides, data: dataset, batchSize: 2 }, null);
  const { bestOn: _, ...older } = configureTraining({ ...overrides, data }, null);
  const silence = encodeWav(new Int16Array(32_000));

  test('are heard if there is background noise for validation', async () => {
    const streams = await streamsOf(configOf(words(clip(99))));
    // four clips of keywords, each twice, at 500 an hour
    const samples = streams!.dense.plans.reduce((sum, plan) => sum + plan.samples, 0);
    assert.equal(samples, Math.round((8 / 500) * 3600 * 16_000));
    assert.deepEqual(streams!.ambient, []);
  });

  for (const [what, config] of [
    ['without background noise that can be heard', () => configOf(words(silence))],
    ['with bestOn: windows', () => configureTraining({ ...overrides, data, bestOn: 'windows' }, null)],
    ['in a run of a version without bestOn', () => configureTraining({}, older)],
    ['for a network of relu', () => configureTraining({ ...overrides, data, neuron: 'relu' }, null)],
    ['for a task on clips', () => configureTraining({ data, task: 'yes,no', preset: 'tiny', batchSize: 16 }, null)],
  ] as const) {
    test(`are not heard ${what}`, async () => assert.equal(await streamsOf(config()), null));
  }
});
