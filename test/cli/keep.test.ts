import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { readRecording } from '../../host/audio/index.js';
import { levelPicture } from '../../host/cli/review.js';
import type { KeptSound } from '../../host/core/dataset/index.js';
import { encodeWav } from '../../host/core/wav/index.js';
import type { ReviewResult } from '../../host/dataset/index.js';
import { defaultModelPath } from '../../host/system/index.js';
import { temporaryFolder } from '../dataset/corpus.js';
import { MODEL, POINT_OPTIONS, WORDS, wordsInARow } from '../detection/words.js';
import { MAIN, spikeword, withoutNpm } from './spikeword.js';

const root = temporaryFolder();
const { samples } = await wordsInARow();
const wav = join(root, 'words.wav');
writeFileSync(wav, encodeWav(samples));

const listen = (folder: string, ...args: string[]) =>
  spikeword('listen', MODEL, '--wav', wav, ...POINT_OPTIONS, '--keep', folder, ...args);
const soundsIn = (folder: string): KeptSound[] =>
  readFileSync(join(folder, 'kept.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('spikeword listen --keep', () => {
  const folder = join(root, 'kept');
  const { code, stdout, stderr } = listen(folder, '--json', '--near-miss', '0');
  const detections = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

  test('keeps the second that ends with each detection, and says what to do with them', async () => {
    assert.equal(code, 0, stderr);
    assert.match(stderr, /8 detections\n8 detections and 0 near misses kept in (\S+)\nnext: spikeword review \1\n$/);
    const sounds = soundsIn(folder);
    assert.deepEqual(
      sounds.map(({ word }) => word),
      WORDS,
    );
    for (const [k, sound] of sounds.entries()) {
      const { word, score, sample, timeMs } = detections[k];
      const sha256 = createHash('sha256').update(readFileSync(MODEL)).digest('hex');
      const { words, ...model } = sound.model;
      assert.deepEqual(
        [sound.kind, sound.word, sound.score, sound.timeMs, sound.source, model],
        ['detection', word, score, timeMs, wav, { name: 'gsc-17-small.spkw', sha256 }],
      );
      assert.ok(WORDS.every((one) => words.includes(one)) && !words.includes('_unknown_'));
      assert.ok(Math.abs(sound.threshold - 0.5) < 1e-4);
      const expected = new Int16Array(16_000);
      const from = Math.max(0, sample - 16_000);
      expected.set(samples.subarray(from, sample), 16_000 - (sample - from));
      assert.deepEqual(await readRecording(join(folder, sound.file)), expected, sound.file);
    }
  });

  test('keeps words that are nearly detected', () => {
    const strict = join(root, 'strict');
    // a threshold that no word reaches, and no suppression, because the words follow each other without a pause
    const point = '--average 240 --count 1 --hop 40 --suppression 0 --threshold 1'.split(' ');
    const all = spikeword('listen', MODEL, '--wav', wav, ...point, '--keep', strict, '--near-miss', '0.5');
    assert.match(all.stderr, /\n0 detections and \d near misses kept in /);
    const kept = soundsIn(strict);
    assert.ok(kept.length >= 6, `${kept.length}`);
    for (const { kind, word, score } of kept) {
      assert.equal(kind, 'near-miss');
      assert.ok(WORDS.includes(word as (typeof WORDS)[number]) && score >= 0.5 && score < 1);
    }
  });

  test('says how much it has kept when Ctrl-C ends it', async () => {
    const live = join(root, 'live');
    const args = ['listen', MODEL, '--wav', wav, '--loop', ...POINT_OPTIONS, '--keep', live];
    const child = spawn(process.execPath, [MAIN, ...args], { env: withoutNpm() });
    let told = '';
    child.stderr.on('data', (text) => {
      told += text;
    });
    child.stdout.once('data', () => {
      child.stdout.resume();
      child.kill('SIGINT');
    });
    assert.deepEqual(await once(child, 'close'), [130, null]);
    assert.match(told, /\d+ detections? and \d+ near miss(es)? kept in \S+\nnext: spikeword review \S+\n$/);
    assert.ok(!existsSync(join(live, 'kept.pid')), 'the folder is free again');
    assert.ok(soundsIn(live).length > 0);
  });

  test('refuses a folder that it cannot write to, before it listens', () => {
    const refused = listen(join(wav, 'folder'));
    assert.deepEqual([refused.code, refused.stdout], [1, '']);
    assert.match(refused.stderr, /^WriteError: .*words\.wav\/folder: no sounds can be kept there: /);
  });

  test('refuses --near-miss without it', () => {
    const refused = spikeword('listen', MODEL, '--wav', wav, '--near-miss', '0.1');
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /--near-miss needs --keep/);
  });
});

describe('spikeword review', () => {
  /** Returns a folder with eight detections. */
  const fresh = (name: string): string => {
    const folder = join(root, name);
    listen(folder, '--near-miss', '0');
    return folder;
  };
  /** A folder of programs; only what is in it and Node are found. */
  const programs = (scripts: Readonly<Record<string, string>>): string => {
    const folder = temporaryFolder();
    for (const [name, script] of Object.entries(scripts)) {
      writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(folder, name), 0o755);
    }
    return folder;
  };
  const review = (folder: string, keys: string, PATH: string, ...args: string[]) => {
    const env = { ...withoutNpm(), PATH };
    const options = { input: keys, encoding: 'utf8', env } as const;
    return spawnSync(process.execPath, [MAIN, 'review', folder, ...args], options);
  };

  test('takes one key for each sound, and writes what they say', () => {
    const folder = fresh('keys');
    // yes is right, no is up (the second of the others), up is no word, down is played again and skipped
    const { status, stdout, stderr } = review(folder, 'rw2nxasq', programs({}));
    assert.equal(status, 0, stderr);
    assert.deepEqual(
      soundsIn(folder).map((sound) => sound.review?.said),
      ['yes', 'up', null, ...new Array(5).fill(undefined)],
    );
    assert.match(stderr, /^no program to play sound is installed: install one of pw-play, paplay, aplay, /);
    assert.match(stderr, /\n1 of 8 {2}0:0\d\.\d {2}yes detected {2}0\.\d\d, threshold 0\.50\n {2}▕[ ▁-█]{50}▏\n/);
    assert.match(stderr, /which word\? {2}1 yes {2}2 up {2}3 down .* 0 none of these: 2\n/s);
    for (const line of stderr.split('\n').slice(1)) assert.ok(line.length <= 80, line);
    assert.match(
      stdout,
      /^\S+: 1 right, 1 wrong word, 1 not a word, 5 without a verdict\nnext: spikeword train --config RUN\/config\.json [\s\S]*--mistakes \S+ --out NEW\n$/,
    );
  });

  test('names the network of the bundled model, which has no run folder', () => {
    const folder = fresh('bundled');
    const bundled = createHash('sha256').update(readFileSync(defaultModelPath())).digest('hex');
    const journal = join(folder, 'kept.jsonl');
    writeFileSync(
      journal,
      readFileSync(journal, 'utf8').replaceAll(/"sha256":"[0-9a-f]{64}"/g, `"sha256":"${bundled}"`),
    );
    const { stdout } = review(folder, 'rq', programs({}));
    assert.match(
      stdout.replaceAll(/ \\\n +/g, ' '),
      /\nnext: spikeword train --data RECORDINGS --task commands --from \S+commands\.safetensors --epochs 5 --mistakes \S+ --out NEW\n$/,
    );
  });

  test('goes on where it stopped when the keys end, and with --all asks about every sound', () => {
    const folder = fresh('again');
    review(folder, 'rr', programs({}));
    const next = review(folder, 'n', programs({}), '--json');
    assert.match(next.stderr, /\n1 of 6 {2}\S+ {2}up detected/);
    const { verdicts, unreviewed } = JSON.parse(next.stdout) as ReviewResult;
    assert.deepEqual([verdicts, unreviewed], [{ right: 2, 'wrong word': 0, 'not a word': 1 }, 5]);
    assert.match(review(folder, 'q', programs({}), '--all').stderr, /\n1 of 8 {2}.* yes detected .* \(right\)\n/);
  });

  test('goes back from the words of the model, and deletes what nobody should hear', () => {
    const folder = fresh('delete');
    const [{ file }] = soundsIn(folder);
    const { stdout } = review(folder, 'w0dq', programs({}));
    assert.match(stdout, /: 0 right, 0 wrong word, 0 not a word, 7 without a verdict, 1 deleted\n$/);
    assert.ok(!existsSync(join(folder, file)));
    assert.equal(soundsIn(folder).length, 7);
  });

  test('plays each sound with the first program that works', async () => {
    const folder = fresh('play');
    const log = join(temporaryFolder(), 'log');
    const PATH = programs({ 'pw-play': 'echo no device >&2; exit 1', aplay: `echo "$@" >> '${log}'` });
    const child = spawn(process.execPath, [MAIN, 'review', folder], { env: { ...process.env, PATH } });
    let told = '';
    child.stderr.on('data', (text) => {
      told += text;
    });
    const played = (): string[] => (existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []);
    const untilPlayed = async (count: number): Promise<void> => {
      for (let k = 0; k < 200 && played().length < count; k++) await wait(50);
    };
    for (const [count, key] of [...'rasq'].entries()) {
      await untilPlayed(count + 1);
      child.stdin.write(key);
    }
    assert.deepEqual(await once(child, 'close'), [0, null]);
    const files = soundsIn(folder).map(({ file }) => `-q ${join(folder, file)}`);
    assert.deepEqual(played(), [files[0], files[1], files[1], files[2]]);
    assert.equal(told.match(/pw-play: no device; trying aplay/g)?.length, 1);
  });

  test('has written every verdict when Ctrl-C ends it, and leaves the folder free', async () => {
    const folder = fresh('interrupted');
    const child = spawn(process.execPath, [MAIN, 'review', folder], { env: { ...process.env, PATH: programs({}) } });
    child.stdin.write('rn');
    for (let k = 0; k < 200 && soundsIn(folder)[1].review === undefined; k++) await wait(50);
    child.kill('SIGINT');
    assert.deepEqual(await once(child, 'close'), [130, null]);
    assert.match(review(folder, 'q', programs({})).stdout, /: 1 right, 0 wrong word, 1 not a word, 6 without/);
  });

  test('says so where there is nothing to review, and refuses a folder in which nothing was kept', () => {
    const folder = fresh('all');
    review(folder, 'rrrrrrrr', programs({}));
    assert.match(review(folder, '', programs({})).stderr, /: every sound has a verdict; --all asks about each again\n/);
    rmSync(join(folder, 'kept.jsonl'));
    const refused = review(folder, '', programs({}));
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /^DatasetError: .* has no kept\.jsonl; `spikeword listen --keep /);
  });
});

test('the picture of a sound is its level over time, from −60 dBFS to full scale', () => {
  const parts = [0, 32.768, 1036, 32_767].flatMap((value) => new Array<number>(8000).fill(value));
  const picture = [...levelPicture(Int16Array.from(parts))];
  assert.equal(picture.length, 50);
  // −30 dBFS, the logarithm of 1036 / 32768, is half of the height
  assert.deepEqual([picture[0], picture[18], picture[31], picture[49]], [' ', ' ', '▄', '█']);
});
