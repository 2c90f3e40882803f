import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { fitFeatureParameters } from '../../host/core/features/index.js';
import { SamplePack } from '../../host/dataset/index.js';
import { extractFeatures, fitOnPack, openFrontEnd } from '../../host/features/index.js';
import { noiseClip, SPEECH_PARAMETERS } from './signals.js';

const CLIPS = 200;
const clips = Array.from({ length: CLIPS }, (_, k) => noiseClip(k, 10 + k * 150));

describe('features of a pack', () => {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-features-'));
  const keptCache = process.env.SPIKEWORD_CACHE;
  const cache = join(folder, 'cache');

  before(() => {
    process.env.SPIKEWORD_CACHE = cache;
  });
  beforeEach(() => rmSync(cache, { recursive: true, force: true }));
  after(() => {
    if (keptCache === undefined) delete process.env.SPIKEWORD_CACHE;
    else process.env.SPIKEWORD_CACHE = keptCache;
    rmSync(folder, { recursive: true });
  });

  /** Writes a pack of these clips. */
  function packOf(given: readonly Int16Array[], name = 'pack'): SamplePack {
    const path = join(folder, `${name}.i16`);
    writeFileSync(path, Buffer.concat(given.map((clip) => new Uint8Array(clip.buffer))));
    const names = given.map((_, k) => `clip ${k}`);
    return SamplePack.open({ path, count: given.length, labels: new Int32Array(given.length), names });
  }

  function expected(given: readonly Int16Array[]): number[] {
    const frontEnd = openFrontEnd(SPEECH_PARAMETERS);
    return given.flatMap((clip) => [...frontEnd.features(clip)]);
  }

  /** Extracts features, and returns whether anything was computed. */
  async function extract(pack: SamplePack): Promise<{ features: number[]; computed: boolean }> {
    let computed = false;
    const onProgress = () => {
      computed = true;
    };
    const features = await extractFeatures(pack, SPEECH_PARAMETERS, { threads: 2, onProgress });
    return { features: [...features], computed };
  }

  function cacheFile(): string {
    const files = readdirSync(join(cache, 'features'));
    assert.equal(files.length, 1);
    return join(cache, 'features', files[0]);
  }

  test('are the features of each clip, on one thread or three', async () => {
    const pack = packOf(clips);
    const all = expected(clips);
    for (const threads of [1, 3]) {
      rmSync(cache, { recursive: true, force: true });
      assert.deepEqual([...(await extractFeatures(pack, SPEECH_PARAMETERS, { threads }))], all);
    }
    pack.close();
  });

  test('report every clip once as progress', async () => {
    const pack = packOf(clips);
    const reports: number[][] = [];
    await extractFeatures(pack, SPEECH_PARAMETERS, { onProgress: (...report) => reports.push(report) });
    assert.deepEqual(reports.at(-1), [CLIPS, CLIPS]);
    assert.ok(reports.every(([done], k) => k === 0 || done > reports[k - 1][0]));
    pack.close();
  });

  test('come from the cache the second time', async () => {
    const pack = packOf(clips);
    const first = await extract(pack);
    assert.deepEqual(await extract(pack), { features: first.features, computed: false });
    assert.equal(first.computed, true);
    pack.close();
  });

  test('are computed again if one sample has changed and the name has not', async () => {
    const original = packOf(clips);
    await extract(original);
    original.close();
    const changed = clips.map((clip) => clip.slice());
    changed[77].fill(12_345, 5000, 9000);
    const pack = packOf(changed);
    assert.deepEqual(await extract(pack), { features: expected(changed), computed: true });
    pack.close();
  });

  test('are computed again for other parameters', async () => {
    const pack = packOf(clips);
    await extract(pack);
    const parameters = { ...SPEECH_PARAMETERS, frames: 48 };
    assert.equal((await extractFeatures(pack, parameters)).length, CLIPS * 480);
    pack.close();
  });

  const damage: Record<string, (path: string) => void> = {
    'one changed byte': (path) => {
      const bytes = readFileSync(path);
      bytes[bytes.length >> 1] ^= 1;
      writeFileSync(path, bytes);
    },
    'a missing end': (path) => truncateSync(path, 5000),
    'nothing in it': (path) => truncateSync(path, 0),
    'too much in it': (path) => writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.alloc(490)])),
  };
  for (const [fault, inflict] of Object.entries(damage)) {
    test(`are computed again if the cache has ${fault}`, async () => {
      const pack = packOf(clips);
      const { features } = await extract(pack);
      inflict(cacheFile());
      assert.deepEqual(await extract(pack), { features, computed: true });
      assert.deepEqual(await extract(pack), { features, computed: false });
      pack.close();
    });
  }

  test('are not taken from a cache file of other clips that has their name', async () => {
    const others = packOf(clips.slice(0, 100), 'others');
    await extract(others);
    const foreign = readFileSync(cacheFile());
    rmSync(cache, { recursive: true });
    const pack = packOf(clips.slice(100));
    await extract(pack);
    writeFileSync(cacheFile(), foreign);
    assert.deepEqual(await extract(pack), { features: expected(clips.slice(100)), computed: true });
    others.close();
    pack.close();
  });

  test('fail with the fault of a thread, which ends all threads', async () => {
    const pack = packOf(clips);
    const failing: SamplePack = Object.create(pack, {
      descriptor: { value: () => ({ ...pack.descriptor(), path: join(folder, 'missing.i16') }) },
    });
    await assert.rejects(extractFeatures(failing, SPEECH_PARAMETERS, { threads: 2 }), /ENOENT.*missing\.i16/);
    assert.throws(cacheFile, 'nothing was kept');
    pack.close();
  });

  test('have the same fitted parameters on threads as from the clips one after the other', async () => {
    const pack = packOf(clips);
    const frontEnd = openFrontEnd();
    const fitted = fitFeatureParameters(
      clips.map((clip) => frontEnd.rawMfcc(clip)),
      49,
    );
    for (const threads of [1, 3]) {
      rmSync(cache, { recursive: true, force: true });
      assert.deepEqual(await fitOnPack(pack, 49, { threads }), fitted);
    }
    assert.deepEqual(await fitOnPack(pack, 49), fitted, 'from the cache');
    pack.close();
  });
});
