import assert from 'node:assert/strict';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { RecordingError } from '../../host/core/error.js';
import { Random } from '../../host/core/random.js';
import { encodeWav } from '../../host/core/wav/index.js';
import { ambientDigest, openAmbient, packAmbient } from '../../host/dataset/index.js';
import { DatasetError } from '../../host/system/index.js';
import { constantWav, corpus, temporaryFolder } from './corpus.js';

const cacheBefore = process.env.SPIKEWORD_CACHE;
before(() => {
  process.env.SPIKEWORD_CACHE = temporaryFolder();
});
after(() => {
  if (cacheBefore === undefined) delete process.env.SPIKEWORD_CACHE;
  else process.env.SPIKEWORD_CACHE = cacheBefore;
});

/** Returns a recording at 8 kHz. */
function slowWav(samples: number): Uint8Array {
  const wav = constantWav(1000, samples);
  const header = new DataView(wav.buffer, wav.byteOffset);
  header.setUint32(24, 8000, true);
  header.setUint32(28, 16_000, true);
  return wav;
}

const FILES = {
  'training/speech/radio/one/a.wav': constantWav(1, 3000),
  'training/speech/b.WAV': constantWav(2, 1000),
  'training/words/lists/c.wav': constantWav(3, 500),
  'training/music/disc/d.wav': constantWav(4, 1000),
  'training/noise/rain/e.wav': constantWav(5, 1000),
  'training/noise/rain/notes.txt': 'rain',
  'testing/speech/radio/f.wav': constantWav(6, 1000),
  'validation/words/lists/g.wav': constantWav(7, 1000),
};

describe('a folder of ambient sound', () => {
  test('has the recordings of its training part, by kind, at any depth', () => {
    const { files } = openAmbient(corpus(FILES));
    assert.deepEqual(
      files.map(({ path, kind }) => [kind, path]),
      [
        ['speech', 'training/speech/b.WAV'],
        ['speech', 'training/speech/radio/one/a.wav'],
        ['music', 'training/music/disc/d.wav'],
        ['noise', 'training/noise/rain/e.wav'],
        ['words', 'training/words/lists/c.wav'],
      ],
    );
  });

  test('may be made of links', () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'training'));
    symlinkSync(join(corpus(FILES), 'training', 'noise'), join(root, 'training', 'noise'));
    assert.equal(openAmbient(root).files.length, 1);
  });

  test('has a digest of the paths and sizes of the recordings for training', () => {
    const digest = (files: Readonly<Record<string, string | Uint8Array>>): string =>
      ambientDigest(openAmbient(corpus(files)));
    assert.match(digest(FILES), /^[0-9a-f]{64}$/);
    assert.equal(digest({ ...FILES, 'testing/speech/h.wav': constantWav(1, 1) }), digest(FILES));
    assert.notEqual(digest({ ...FILES, 'training/speech/b.WAV': constantWav(2, 1001) }), digest(FILES));
    assert.notEqual(digest({ ...FILES, 'training/speech/h.wav': constantWav(1, 1) }), digest(FILES));
  });

  const sound = { 'training/speech/a.wav': constantWav(1, 1) };
  for (const [what, files, message] of [
    ['has no training part', { 'testing/speech/a.wav': constantWav(1, 1) }, /: has no training folder, only testing/],
    [
      'has an unknown kind',
      { ...sound, 'training/musik/a.wav': '' },
      /: training\/musik is not a kind .*speech, words, music, noise$/,
    ],
    ['has no recording', { 'training/speech/a.txt': '' }, /training: contains no recordings; expected/],
  ] as const) {
    test(`is refused if it ${what}`, () => {
      const refusal = (error: Error): boolean => error instanceof DatasetError && message.test(error.message);
      assert.throws(() => openAmbient(corpus(files)), refusal);
    });
  }

  test('is refused if it does not exist', () => {
    const missing = join(temporaryFolder(), 'none');
    assert.throws(() => openAmbient(missing), {
      name: 'DatasetError',
      message: new RegExp(`^${missing}: cannot be listed`),
    });
  });
});

describe('packed ambient sound', () => {
  const random = new Random(1);

  test('gives stretches of the wanted length, from anywhere in a recording', async () => {
    const ramp = Int16Array.from({ length: 3000 }, (_, k) => k);
    const pack = await packAmbient([openAmbient(corpus({ 'training/speech/ramp.wav': encodeWav(ramp) }))]);
    const starts = Array.from({ length: 200 }, () => {
      const stretch = pack.stretch('speech', 1000, random);
      assert.deepEqual(stretch, ramp.slice(stretch[0], stretch[0] + 1000));
      return stretch[0];
    });
    assert.ok(Math.min(...starts) < 50 && Math.max(...starts) > 1950);
    assert.deepEqual(pack.stretch('speech', 5000, random), ramp, 'a whole recording that is shorter');
    pack.close();
  });

  test('draws recordings by their length, words all equally often, and music and noise as one', async () => {
    const pack = await packAmbient([
      openAmbient(corpus({ ...FILES, 'training/words/lists/long.wav': constantWav(8, 50_000) })),
    ]);
    const share = (draw: () => Int16Array, value: number): number =>
      Array.from({ length: 400 }, () => draw()[0]).filter((sample) => sample === value).length / 400;
    const speech = share(() => pack.stretch('speech', 100, random), 1);
    assert.ok(Math.abs(speech - 0.75) < 0.08, `${speech}`);
    const words = share(() => pack.word(random), 8);
    assert.ok(Math.abs(words - 0.5) < 0.08, `${words}`);
    const music = share(() => pack.stretch('sound', 100, random), 4);
    assert.ok(Math.abs(music - 0.5) < 0.08, `${music}`);
    pack.close();
  });

  test('draws every folder equally often, and only from those with the use', async () => {
    const words = (value: number, count: number): string =>
      corpus(
        Object.fromEntries(
          Array.from({ length: count }, (_, k) => [`training/words/v/${k}.wav`, constantWav(value, 10)]),
        ),
      );
    const few = words(1, 2);
    const pack = await packAmbient(
      [few, words(2, 50), corpus({ 'training/noise/n.wav': constantWav(3, 10) })].map(openAmbient),
    );
    const ones = Array.from({ length: 400 }, () => pack.word(random)[0]).filter((value) => value === 1).length;
    assert.ok(ones > 150 && ones < 250, `${ones} of 400`);
    assert.deepEqual(
      (['speech', 'words', 'sound'] as const).map((use) => pack.has(use)),
      [false, true, true],
    );
    pack.close();
  });

  test('is read from the cache the second time, and built again if that is damaged', async () => {
    const folder = openAmbient(corpus(FILES));
    const first = await packAmbient([folder]);
    first.close();
    const steps: number[] = [];
    const again = async (): Promise<void> =>
      (await packAmbient([folder], { onProgress: (done) => steps.push(done) })).close();
    await again();
    assert.deepEqual(steps, []);
    writeFileSync(first.descriptor().packs[0].path, 'damaged');
    await again();
    assert.deepEqual(steps, [1, 2, 3, 4, 5]);
  });

  test('names a recording that cannot be used, and leaves no file behind', async () => {
    for (const [content, message] of [
      ['not a recording', /a\.wav: /],
      [slowWav(100), /a\.wav: is at 8000 Hz, expected 16000 Hz \(use --resample\)/],
    ] as const) {
      const folder = openAmbient(corpus({ 'training/speech/a.wav': content }));
      const refusal = (error: Error): boolean => error instanceof RecordingError && message.test(error.message);
      await assert.rejects(packAmbient([folder]), refusal);
    }
    const gone = openAmbient(corpus(FILES));
    renameSync(join(gone.root, 'training', 'music'), join(gone.root, 'elsewhere'));
    await assert.rejects(
      packAmbient([gone]),
      (error: Error) => error instanceof RecordingError && /d\.wav: cannot be read/.test(error.message),
    );
  });

  test('is resampled if that is wanted', async () => {
    const folder = openAmbient(corpus({ 'training/speech/a.wav': slowWav(4000) }));
    const pack = await packAmbient([folder], { resample: true });
    const { length } = pack.stretch('speech', 20_000, random);
    // a resampler may give a sample more or less
    assert.ok(Math.abs(length - 8000) <= 1, `${length}`);
    pack.close();
  });
});
