import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CLIP_SAMPLES } from '../../host/core/audio/index.js';
import { Random } from '../../host/core/random.js';
import { type AugmentationSettings, LIVE_KINDS, PLAIN_WINDOWS } from '../../host/core/training/index.js';
import { encodeWav } from '../../host/core/wav/index.js';
import { openAmbient, packAmbient, SamplePack } from '../../host/dataset/index.js';
import { openFrontEnd } from '../../host/features/index.js';
import { AugmentedFeatures } from '../../host/training/feature-source.js';
import { corpus } from '../dataset/corpus.js';

const CLIPS = 50;
const CLIP_FEATURES = 49 * 10;
const parameters = { frames: 49, mean: new Array(10).fill(0), multiplier: new Array(10).fill(65_536 * 4) };
const settings: AugmentationSettings = {
  shiftMs: 100,
  gainDb: 6,
  noise: 0.5,
  snrDb: [5, 30],
  masks: 1,
  maskFrames: 6,
  maskCoefficients: 1,
};

function hum(seed: number, length: number): Int16Array {
  const random = new Random(seed);
  const pitch = 0.01 + 0.1 * random.uniform();
  return Int16Array.from({ length }, (_, k) => 6000 * Math.sin(k * pitch) + 300 * random.normal());
}

describe('augmented features', () => {
  let folder: string;
  let pack: SamplePack;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'spikeword-features-'));
    const path = join(folder, 'clips.i16');
    const clips = new Int16Array(CLIPS * CLIP_SAMPLES);
    for (let clip = 0; clip < CLIPS; clip++) clips.set(hum(clip, CLIP_SAMPLES), clip * CLIP_SAMPLES);
    writeFileSync(path, clips);
    const names = Array.from({ length: CLIPS }, (_, clip) => `${clip}.wav`);
    pack = SamplePack.open({ path, count: CLIPS, labels: new Int32Array(CLIPS), names });
  });
  after(() => {
    pack.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Returns copies of the features of these epochs, in this order. Each is first prepared in the background. */
  async function featuresOf(threads: number, epochs: number[], changes: object = {}): Promise<Int8Array[]> {
    const noises = [hum(99, 40_000)];
    const source = await AugmentedFeatures.start({ pack, parameters, settings, seed: 3, noises, threads, ...changes });
    try {
      const all: Int8Array[] = [];
      for (const epoch of epochs) {
        source.prepare(epoch);
        all.push((await source.epoch(epoch)).slice());
      }
      return all;
    } finally {
      await source.close();
    }
  }

  test('do not depend on the number of threads', async () => {
    const [one] = await featuresOf(1, [0]);
    assert.deepEqual((await featuresOf(2, [0]))[0], one);
    assert.deepEqual((await featuresOf(4, [0]))[0], one);
  });

  test('do not depend on the epochs that were computed before', async () => {
    const [, , inRow] = await featuresOf(2, [0, 1, 2]);
    assert.deepEqual((await featuresOf(2, [2]))[0], inRow);
  });

  test('differ between epochs and between seeds', async () => {
    const [first, second] = await featuresOf(2, [0, 1]);
    assert.notDeepEqual(first, second);
    assert.notDeepEqual((await featuresOf(2, [0], { seed: 4 }))[0], first);
  });

  test('of half of the clips are drawn again if each draw is used for two epochs', async () => {
    const changes = { settings: { ...settings, redraw: 2 } };
    const [zeroth, first, second] = await featuresOf(2, [0, 1, 2], changes);
    const drawn = await featuresOf(2, [0, 1, 2]);
    const clipOf = (features: Int8Array, clip: number): Int8Array =>
      features.subarray(clip * CLIP_FEATURES, (clip + 1) * CLIP_FEATURES);
    for (let clip = 0; clip < CLIPS; clip++) {
      const of = (features: Int8Array): Int8Array => clipOf(features, clip);
      // odd clips are drawn again in odd epochs, even clips in even epochs
      const expected = clip % 2 === 1 ? [0, 1, 1] : [0, 0, 2];
      assert.deepEqual(
        [zeroth, first, second].map(of),
        expected.map((epoch) => of(drawn[epoch])),
        `clip ${clip}`,
      );
    }
    assert.deepEqual((await featuresOf(3, [2], changes))[0], second);
  });

  test('differ between clips with the same samples', async () => {
    const path = join(folder, 'alike.i16');
    const clip = hum(1, CLIP_SAMPLES);
    const samples = new Int16Array(2 * CLIP_SAMPLES);
    samples.set(clip);
    samples.set(clip, CLIP_SAMPLES);
    writeFileSync(path, samples);
    const alike = SamplePack.open({ path, count: 2, labels: new Int32Array(2), names: ['a', 'b'] });
    const [features] = await featuresOf(2, [0], { pack: alike });
    alike.close();
    assert.notDeepEqual(features.subarray(0, CLIP_FEATURES), features.subarray(CLIP_FEATURES));
  });

  test('of a stream depend only on the epoch, not on threads or earlier epochs', async () => {
    const kinds = Uint8Array.from({ length: CLIPS }, (_, clip) => clip % 4);
    const live = { ...PLAIN_WINDOWS, neighbour: 1 };
    const changes = { settings: { ...settings, speed: [0.9, 1.1], live }, kinds };
    const [one] = await featuresOf(1, [1], changes);
    const [first, second] = await featuresOf(3, [0, 1], changes);
    assert.deepEqual(second, one);
    assert.notDeepEqual(first, one);
    assert.notDeepEqual((await featuresOf(2, [1], { ...changes, kinds: new Uint8Array(CLIPS) }))[0], one);
  });

  test('of a stream are those of version 0.1 if no later augmentation is on, also for long windows', async () => {
    const golden = {
      49: '112d3ecbe07d980433af2623479eb18fecfb10ec7ec46091ca9d893b37d9e3a1',
      97: '20d5e05db0ac48bb2220bc155cd3641f679232c9becd6b34350523bd79c47e70',
    };
    const labels = Int32Array.from({ length: CLIPS }, (_, clip) => clip % 5);
    const labelled = SamplePack.open({ ...pack.descriptor(), labels });
    const kinds = Uint8Array.from({ length: CLIPS }, (_, clip) => clip % 4);
    const { wordInside, pieceInside, silenceDb } = { wordInside: 0.8, pieceInside: [0.1, 0.4], silenceDb: [-60, -10] };
    const live = { ...PLAIN_WINDOWS, wordInside, pieceInside, silenceDb, neighbour: 0.5, ambientNoise: 0.5 };
    const old = { ...settings, shiftMs: 0, gainDb: 15, snrDb: [0, 25], live };
    for (const [frames, digest] of Object.entries(golden)) {
      const changes = { pack: labelled, settings: old, kinds, unknown: 4 };
      const [features] = await featuresOf(2, [1], {
        ...changes,
        parameters: { ...parameters, frames: Number(frames) },
      });
      assert.equal(createHash('sha256').update(features).digest('hex'), digest);
    }
    labelled.close();
  });

  test('of ambient sound follow those of the clips, and depend only on the epoch', async () => {
    const ambientFolder = corpus({
      'training/speech/radio/a.wav': encodeWav(hum(5, 60_000)),
      'training/words/lists/b.wav': encodeWav(hum(6, 20_000)),
      'training/music/disc/c.wav': encodeWav(hum(7, 50_000)),
    });
    const before = process.env.SPIKEWORD_CACHE;
    process.env.SPIKEWORD_CACHE = folder;
    const ambient = await packAmbient([openAmbient(ambientFolder)]);
    if (before === undefined) delete process.env.SPIKEWORD_CACHE;
    else process.env.SPIKEWORD_CACHE = before;
    ambient.close();
    const { ambientSpeech, ambientWord, ambientSilence } = LIVE_KINDS;
    const further = [ambientSpeech, ambientWord, ambientSilence].flatMap((kind) => Array(5).fill(kind));
    const kinds = Uint8Array.from([...Array(CLIPS).fill(LIVE_KINDS.word), ...further]);
    const live = { ...PLAIN_WINDOWS, ambientNoise: 0.5 };
    const changes = { settings: { ...settings, live }, kinds, ambient: ambient.descriptor() };
    const [one] = await featuresOf(1, [1], changes);
    assert.equal(one.length, (CLIPS + 15) * CLIP_FEATURES);
    const [first, second] = await featuresOf(3, [0, 1], changes);
    assert.deepEqual(second, one);
    for (let clip = CLIPS; clip < CLIPS + 15; clip++) {
      const of = (features: Int8Array): Int8Array => features.slice(clip * CLIP_FEATURES, (clip + 1) * CLIP_FEATURES);
      assert.notDeepEqual(of(first), of(second), `window ${clip} is drawn again in every epoch`);
    }
  });

  test('are those of the integer front end if nothing is augmented', async () => {
    const off = { ...settings, shiftMs: 0, gainDb: 0, noise: 0, masks: 0 };
    const [features] = await featuresOf(2, [0], { settings: off });
    const frontEnd = openFrontEnd(parameters);
    for (let clip = 0; clip < CLIPS; clip++) {
      const expected = frontEnd.features(hum(clip, CLIP_SAMPLES));
      assert.deepEqual(features.slice(clip * CLIP_FEATURES, (clip + 1) * CLIP_FEATURES), expected, `clip ${clip}`);
    }
  });

  test('are right after an epoch that was started but is not wanted', async () => {
    const source = await AugmentedFeatures.start({ pack, parameters, settings, seed: 3, noises: [], threads: 2 });
    try {
      source.prepare(0);
      const wanted = (await source.epoch(1)).slice();
      assert.deepEqual(wanted, (await featuresOf(1, [1], { noises: [] }))[0]);
    } finally {
      await source.close();
    }
  });

  test('fail with an error if the file of samples is too short', async () => {
    const path = join(folder, 'short.i16');
    writeFileSync(path, new Int16Array(2 * CLIP_SAMPLES));
    const short = SamplePack.open({ path, count: 2, labels: new Int32Array(2), names: ['a', 'b'] });
    truncateSync(path, CLIP_SAMPLES);
    const source = await AugmentedFeatures.start({
      pack: short,
      parameters,
      settings,
      seed: 3,
      noises: [],
      threads: 2,
    });
    source.prepare(0);
    await assert.rejects(source.epoch(0), /ends within example/);
    await source.close();
    short.close();
  });
});
