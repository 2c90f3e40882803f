import assert from 'node:assert/strict';
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { RecordingError } from '../../host/core/error.js';
import { encodeWav } from '../../host/core/wav/index.js';
import {
  type Dataset,
  type Example,
  loadBackgroundNoise,
  openDataset,
  packSamples,
  type SamplePack,
} from '../../host/dataset/index.js';
import { constantWav, corpus, temporaryFolder } from './corpus.js';

beforeEach(() => {
  process.env.SPIKEWORD_CACHE = temporaryFolder();
});

const files = {
  'yes/short_nohash_0.wav': constantWav(7, 3),
  'yes/long_nohash_0.wav': constantWav(9, 16_005),
  '_background_noise_/hum.wav': constantWav(1000, 20_000),
};

function examplesOf(dataset: Dataset): Example[] {
  const clips = dataset.clips.map((clip, k) => ({ label: k, name: clip.path, clip, noise: null }));
  const noise = { file: '_background_noise_/hum.wav', offset: 10_000, gain: 0.25 };
  return [...clips, { label: 5, name: 'silence/hum.wav@10000', clip: null, noise }];
}

async function contents(pack: SamplePack): Promise<Int16Array[]> {
  return Array.from({ length: pack.count }, (_, k) => {
    const samples = new Int16Array(16_000);
    pack.read(k, samples);
    return samples;
  });
}

function second(value: number, length: number): Int16Array {
  return new Int16Array(16_000).fill(value, 0, length);
}

describe('a pack of samples', () => {
  test('contains one second of each example: cut, zero-padded, or noise at its offset and gain', async () => {
    const dataset = openDataset(corpus(files));
    const pack = await packSamples(dataset, examplesOf(dataset));
    assert.deepEqual(pack.names, ['yes/long_nohash_0.wav', 'yes/short_nohash_0.wav', 'silence/hum.wav@10000']);
    assert.deepEqual([...pack.labels], [0, 1, 5]);
    assert.deepEqual(await contents(pack), [second(9, 16_000), second(7, 3), second(250, 10_000)]);
    assert.throws(() => pack.read(3, new Int16Array(16_000)), RangeError);
    pack.close();
  });

  test('has the second around the word of a longer clip, wherever the word is', async () => {
    const WORD = 4800;
    const said = (at: number): Uint8Array =>
      encodeWav(
        Int16Array.from({ length: 48_000 }, (_, k) =>
          k >= at && k < at + WORD ? Math.round(9000 * Math.sin(k / 5)) : (k * 7) % 5,
        ),
      );
    const places = [3200, 25_600, 41_600];
    const root = corpus(Object.fromEntries(places.map((at, k) => [`yes/${k}_nohash_0.wav`, said(at)])));
    const dataset = openDataset(root);
    const clips = dataset.clips.map((clip, k) => ({ label: k, name: clip.path, clip, noise: null }));
    const pack = await packSamples(dataset, clips);
    for (const [k, samples] of (await contents(pack)).entries()) {
      const loud = samples.reduce((count, sample) => count + (Math.abs(sample) > 100 ? 1 : 0), 0);
      assert.ok(loud > 0.95 * WORD, `of the word at ${places[k]}, ${loud} samples are there`);
    }
    pack.close();
  });

  test('can be opened in another thread with its descriptor', async () => {
    const dataset = openDataset(corpus(files));
    const pack = await packSamples(dataset, examplesOf(dataset));
    const library = new URL('../../host/dataset/index.js', import.meta.url).href;
    const code = `
      const { parentPort, workerData } = require('node:worker_threads');
      import(${JSON.stringify(library)}).then(({ SamplePack }) => {
        const pack = SamplePack.open(workerData);
        const samples = new Int16Array(16000);
        pack.read(1, samples);
        parentPort.postMessage({ samples, names: pack.names });
        pack.close();
      });`;
    const worker = new Worker(code, { eval: true, workerData: pack.descriptor() });
    const message = await new Promise<{ samples: Int16Array; names: string[] }>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    assert.deepEqual(message.samples, second(7, 3));
    assert.deepEqual(message.names, pack.names);
    pack.close();
  });

  test('reports its progress, and is not built again', async () => {
    const dataset = openDataset(corpus(files));
    const progress: number[] = [];
    const options = { onProgress: (done: number, total: number) => progress.push(done, total) };
    (await packSamples(dataset, examplesOf(dataset), options)).close();
    assert.deepEqual(progress.slice(-2), [3, 3]);
    progress.length = 0;
    (await packSamples(dataset, examplesOf(dataset), options)).close();
    assert.deepEqual(progress, []);
  });

  test('is built again if a recording, an offset or a gain has changed', async () => {
    const root = corpus(files);
    const dataset = openDataset(root);
    const examples = examplesOf(dataset);
    (await packSamples(dataset, examples)).close();
    const changed = join(root, 'yes/short_nohash_0.wav');
    writeFileSync(changed, constantWav(8, 3));
    const pack = await packSamples(dataset, examples);
    assert.deepEqual((await contents(pack))[1], second(8, 3));
    pack.close();
    const louder = await packSamples(dataset, [
      ...examples.slice(0, 2),
      { ...examples[2], noise: { ...examples[2].noise!, gain: 0.5 } },
    ]);
    assert.deepEqual((await contents(louder))[2], second(500, 10_000));
    louder.close();
  });

  test('is built again if a recording has changed but has the same size and modification time', async () => {
    const root = corpus(files);
    const dataset = openDataset(root);
    const path = join(root, 'yes/short_nohash_0.wav');
    utimesSync(path, 1, 1);
    (await packSamples(dataset, examplesOf(dataset))).close();
    writeFileSync(path, constantWav(8, 3));
    utimesSync(path, 1, 1);
    const pack = await packSamples(dataset, examplesOf(dataset));
    assert.deepEqual((await contents(pack))[1], second(8, 3));
    pack.close();
  });

  for (const [damage, spoil] of [
    ['changed by a bit', (bytes: Buffer) => bytes.fill(bytes[40_000] ^ 4, 40_000, 40_001)],
    ['cut short', (bytes: Buffer) => bytes.subarray(0, 50_000)],
    ['emptied', () => Buffer.alloc(0)],
    ['zeroed', (bytes: Buffer) => bytes.fill(0)],
  ] as const) {
    test(`is built again if it was ${damage}`, async () => {
      const dataset = openDataset(corpus(files));
      const first = await packSamples(dataset, examplesOf(dataset));
      const expected = await contents(first);
      first.close();
      writeFileSync(first.path, spoil(readFileSync(first.path)));
      const again = await packSamples(dataset, examplesOf(dataset));
      assert.deepEqual(await contents(again), expected);
      again.close();
    });
  }

  test('reports that it cannot be written', async () => {
    const dataset = openDataset(corpus(files));
    process.env.SPIKEWORD_CACHE = join(dataset.root, 'yes/short_nohash_0.wav');
    await assert.rejects(
      packSamples(dataset, examplesOf(dataset)),
      /^DatasetError: .* cannot be created: EEXIST: .*mkdir '.*short_nohash_0\.wav'/,
    );
  });

  test('fails with the name of a malformed recording, and leaves nothing behind', async () => {
    const dataset = openDataset(corpus({ ...files, 'yes/torn_nohash_0.wav': constantWav(1, 100).subarray(0, 90) }));
    const failing = packSamples(dataset, examplesOf(dataset));
    await assert.rejects(
      failing,
      (error) => error instanceof RecordingError && /torn_nohash_0\.wav/.test(error.message),
    );
    assert.deepEqual(readdirSync(join(process.env.SPIKEWORD_CACHE!, 'samples')), []);
  });
});

test('background noise is read whole, in the order of the dataset', async () => {
  const dataset = openDataset(corpus({ ...files, '_background_noise_/a.wav': constantWav(5, 2) }));
  const noises = await loadBackgroundNoise(dataset);
  assert.deepEqual(noises, [Int16Array.of(5, 5), new Int16Array(20_000).fill(1000)]);
});
