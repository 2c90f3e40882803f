import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { RecordingError } from '../../host/core/error.js';
import { packSounds, type SoundPack } from '../../host/dataset/index.js';
import { constantWav, corpus, temporaryFolder } from './corpus.js';

let cache = '';
beforeEach(() => {
  cache = temporaryFolder();
  process.env.SPIKEWORD_CACHE = cache;
});

const root = corpus({ 'a/long.wav': constantWav(500, 40_000), 'b/short.wav': constantWav(-900, 7) });
const paths = ['b/short.wav', 'a/long.wav'];

function contents(pack: SoundPack): Int16Array[] {
  const all = pack.sounds.map(({ samples }, k) => {
    const whole = new Int16Array(samples);
    pack.read(k, 0, whole);
    return whole;
  });
  pack.close();
  return all;
}

describe('a pack of whole recordings', () => {
  test('has them in the given order, with length, level and peak', async () => {
    const pack = await packSounds(root, paths);
    assert.deepEqual(pack.sounds, [
      { at: 0, samples: 7, level: 900, peak: 900 },
      { at: 7, samples: 40_000, level: 500, peak: 500 },
    ]);
    assert.deepEqual(contents(pack), [new Int16Array(7).fill(-900), new Int16Array(40_000).fill(500)]);
  });

  test('reads any part of a recording', async () => {
    const ramp = Int16Array.from({ length: 1000 }, (_, k) => k);
    const header = constantWav(0, 1000).subarray(0, 44);
    const folder = corpus({ 'ramp.wav': new Uint8Array([...header, ...new Uint8Array(ramp.buffer)]) });
    const pack = await packSounds(folder, ['ramp.wav']);
    const part = new Int16Array(3);
    pack.read(0, 500, part);
    pack.close();
    assert.deepEqual([...part], [500, 501, 502]);
  });

  test('is built again if its file in the cache is damaged or cut short', async () => {
    const before = contents(await packSounds(root, paths));
    const [name] = readdirSync(join(cache, 'sounds'));
    const file = join(cache, 'sounds', name);
    const whole = readFileSync(file);
    const damaged = Uint8Array.from(whole);
    damaged[1000] ^= 1;
    for (const bytes of [damaged, whole.subarray(0, 100), whole.subarray(0, 3)]) {
      writeFileSync(file, bytes);
      assert.deepEqual(contents(await packSounds(root, paths)), before);
      assert.deepEqual(readFileSync(file), whole);
    }
  });

  test('refuses a recording that cannot be read, by its name, and leaves nothing behind', async () => {
    const folder = corpus({ 'good.wav': constantWav(1, 5), 'tv/bad.wav': 'not a recording' });
    const named = (error: Error): boolean =>
      error instanceof RecordingError && error.message.includes(join('tv', 'bad.wav'));
    await assert.rejects(packSounds(folder, ['good.wav', 'tv/bad.wav']), named);
    assert.deepEqual(readdirSync(join(cache, 'sounds')), []);
  });
});
