import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { before, describe, test } from 'node:test';
import { Random } from '../../host/core/random.js';
import { encodeWav } from '../../host/core/wav/index.js';
import { readCheckpoint } from '../../host/model/index.js';
import { packagePath } from '../../host/system/index.js';
import { configureTraining, RunFolder, trainRun } from '../../host/training/index.js';
import { openTrainingData } from '../../host/training/training-data.js';
import { unwrapped } from '../cli/spikeword.js';
import { corpus, temporaryFolder } from '../dataset/corpus.js';

function hiss(seed: number, length: number): Uint8Array {
  const random = new Random(seed);
  return encodeWav(Int16Array.from({ length }, () => Math.round(2000 * random.normal())));
}

const folder = temporaryFolder();
process.env.SPIKEWORD_CACHE = join(folder, 'cache');
const speech = corpus({
  'training/speech/radio/a.wav': hiss(1, 40_000),
  'training/noise/rain/b.wav': hiss(2, 40_000),
  'validation/noise/rain/d.wav': hiss(4, 40_000),
});
const words = corpus({ 'training/words/lists/c.wav': hiss(3, 12_000) });
const overrides = {
  data: packagePath('datasets/sample'),
  task: 'live:yes,no',
  preset: 'tiny',
  epochs: 2,
  batchSize: 16,
  ambient: [speech, words],
};
const config = configureTraining(overrides, null);
const CHECKPOINTS = ['best.safetensors', 'last.safetensors', 'state.safetensors'];
const bytesOf = (run: string): Buffer[] => CHECKPOINTS.map((file) => readFileSync(join(folder, run, file)));

describe('a training with ambient sound', () => {
  before(async () => {
    await trainRun(config, RunFolder.create(join(folder, 'one'), config), { threads: 1 });
  });

  test('has windows of every kind that there is, with their labels', async () => {
    const { ambient: _, ...without } = config;
    const [plain, heard] = [
      await openTrainingData(without, { threads: 1 }),
      await openTrainingData(config, { threads: 1 }),
    ];
    await Promise.all([plain.close(), heard.close()]);
    const count = plain.training.labels.length;
    assert.deepEqual(heard.training.labels.subarray(0, count), plain.training.labels);
    const clips = plain.training.labels.filter((label) => label < 2).length;
    const further = [...heard.training.labels.subarray(count)];
    const [unknown, silence] = [2, 3].map((label) => further.filter((other) => other === label).length);
    assert.deepEqual([unknown, silence], [2 * Math.ceil(clips / 4), Math.ceil(clips / 10)]);
    assert.equal(unknown + silence, further.length);
    assert.deepEqual(heard.validation, plain.validation, 'validation windows stay the same');
    assert.deepEqual(heard.features, plain.features);
  });

  test('records the digest of each folder, in the run and in the checkpoint', () => {
    const { dataset } = JSON.parse(readFileSync(join(folder, 'one', 'environment.json'), 'utf8'));
    assert.equal(dataset.ambient.length, 2);
    const heard = dataset.ambient.map((one: { validationDigest?: string }) => typeof one.validationDigest);
    assert.deepEqual(heard, ['string', 'undefined'], 'only one folder has a part for validation');
    const { provenance } = readCheckpoint(join(folder, 'one', 'best.safetensors'));
    const expected = [dataset, ...dataset.ambient].map(({ name, digest }) => `${name} ${digest}`);
    assert.equal(provenance.dataset, expected.join(' + '));
  });

  test('gives the same bytes on other threads, killed and resumed after a folder has moved', async () => {
    const run = join(folder, 'killed');
    const main = packagePath('dist/host/cli/main.js');
    const { data, task, preset, epochs, batchSize } = overrides;
    const args = [
      '--data',
      data,
      '--task',
      task,
      '--preset',
      preset,
      '--epochs',
      `${epochs}`,
      '--batch',
      `${batchSize}`,
    ];
    const ambient = (...folders: string[]): string[] => folders.flatMap((path) => ['--ambient', path]);
    const first = spawn(process.execPath, [
      main,
      'train',
      ...args,
      ...ambient(speech, words),
      '--threads',
      '3',
      '--out',
      run,
    ]);
    first.stderr.on('data', (text) => String(text).includes('epoch 1/2 ') && first.kill('SIGKILL'));
    await once(first, 'close');
    const moved = join(folder, 'moved', basename(words));
    cpSync(words, moved, { recursive: true });
    const resume = async (...folders: string[]): Promise<{ code: number; stdout: string; stderr: string }> => {
      const child = spawn(process.execPath, [main, 'train', '--resume', run, ...ambient(...folders)]);
      let [stdout, stderr] = ['', ''];
      child.stdout.on('data', (text) => {
        stdout += text;
      });
      child.stderr.on('data', (text) => {
        stderr += text;
      });
      const [code] = await once(child, 'close');
      return { code, stdout, stderr };
    };
    const refused = await resume(words);
    assert.equal(refused.code, 1);
    assert.match(
      refused.stderr,
      /this run began with different ambient sound .* give the original folders with --ambient/,
    );
    const { code, stdout, stderr } = await resume(speech, moved);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^epoch 2\/2 .* \d+\.\d\d % +\d+\.\d\d % +\d+\.\d %[ *]+\d\.\d{3} /m);
    assert.match(
      unwrapped(stdout),
      /^epoch [12] of 2, the one that missed least: missed \d+\.\d % of the words in validation str/,
    );
    assert.deepEqual(bytesOf('killed'), bytesOf('one'));
  });
});
