import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { readRecording } from '../../host/audio/index.js';
import { Random } from '../../host/core/random.js';
import { encodeWav } from '../../host/core/wav/index.js';
import { openAmbient } from '../../host/dataset/index.js';
import type { MineResult } from '../../host/detection/index.js';
import { temporaryFolder } from '../dataset/corpus.js';
import { MODEL, SAMPLE } from '../detection/words.js';
import { spikeword } from './spikeword.js';

const root = temporaryFolder();
const random = new Random(0x313e);
const hiss = (seconds: number): Int16Array =>
  Int16Array.from({ length: seconds * 16_000 }, () => Math.round(random.normal() * 20));
const put = (path: string, samples: Int16Array): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), encodeWav(samples));
};

/** Where the word begins, in samples. */
const AT = 7 * 16_000;
const speech = hiss(12);
for (const [k, sample] of (await readRecording(join(SAMPLE, 'yes', '06fb60c7_nohash_0.wav'))).entries()) {
  speech[AT + k] += sample;
}
put('training/speech/radio/monday.wav', speech);
put('training/music/disc/quiet.wav', hiss(5));
put('validation/speech/radio/tuesday.wav', speech);

const mine = (out: string, ...args: string[]) =>
  spikeword('mine', MODEL, '--ambient', root, '--out', out, '--threshold', '0.3', ...args);

describe('spikeword mine', () => {
  const out = join(temporaryFolder(), 'mined');
  const { code, stdout, stderr } = mine(out, '--json');

  test('keeps what is heard as a word in the training part, whole and with its surroundings', async () => {
    assert.equal(code, 0, stderr);
    const { kinds } = JSON.parse(stdout) as MineResult;
    assert.deepEqual(
      kinds.map(({ kind, stretches }) => [kind, stretches]),
      [
        ['speech', 1],
        ['music', 0],
      ],
    );
    const [name, ...more] = readdirSync(join(out, 'training', 'speech', 'mined'));
    assert.deepEqual(more, []);
    assert.match(name, /^radio-monday-[78]\.\d\d-yes\.wav$/);
    const stretch = await readRecording(join(out, 'training', 'speech', 'mined', name));
    const from = speech.findIndex((_, n) => stretch.subarray(0, 50).every((sample, k) => speech[n + k] === sample));
    assert.deepEqual(stretch, speech.subarray(from, from + stretch.length));
    // a window of a second and 0.3 s on either side
    assert.ok(from <= AT && from + stretch.length >= AT + 16_000 / 2, `${from} to ${from + stretch.length}`);
    assert.ok(stretch.length > 16_000 && stretch.length < 2 * 16_000);
  });

  test('makes a folder that train --ambient takes', () => {
    assert.deepEqual(
      openAmbient(out).files.map(({ kind }) => kind),
      ['speech'],
    );
  });

  test('says how much it kept', () => {
    const again = mine(join(temporaryFolder(), 'again'));
    assert.match(
      again.stdout,
      /speech +0\.00 +1\nmusic +0\.00 +0\n\n\S+\nnext: spikeword train [\s\S]* --ambient \S+ --ambient \S+/,
    );
    const none = mine(join(temporaryFolder(), 'none'), '--threshold', '1');
    assert.match(none.stdout, /nothing was detected; a lower --threshold finds more\n$/);
  });

  test('refuses a folder that has something in it, and one without a part for training', () => {
    const full = mine(out);
    assert.equal(full.code, 2);
    assert.match(full.stderr, /mined: exists and is not empty/);
    const elsewhere = join(temporaryFolder(), 'elsewhere');
    const other = spikeword('mine', MODEL, '--ambient', join(root, 'validation'), '--out', elsewhere);
    assert.equal(other.code, 1);
    assert.match(other.stderr, /^DatasetError: .*has no folder training/);
    assert.equal(existsSync(elsewhere), false);
  });
});
