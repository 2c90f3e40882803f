import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readRecording } from '../../host/audio/index.js';
import { openAmbient } from '../../host/dataset/index.js';
import { packagePath } from '../../host/system/index.js';
import { corpus, temporaryFolder } from './corpus.js';

const SCRIPT = packagePath('datasets/make-other-words.mjs');
const run = (args: readonly string[], env: NodeJS.ProcessEnv = process.env) =>
  spawnSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8', env });
const skip = spawnSync('espeak-ng', ['--version']).error === undefined ? false : 'espeak-ng is missing';

describe('the script that says other words', { skip }, () => {
  const list = join(
    corpus({ 'list.txt': 'know\nwrite\nstopped\nnose\ngoes\nyes\nbucket\nriver\nUtah\ndog\nbucket\nwindow\nfish\n' }),
    'list.txt',
  );
  const say = (folder: string, ...args: string[]): readonly string[] => {
    const { status, stderr } = run([folder, '--list', list, ...args]);
    assert.equal(status, 0, stderr);
    return openAmbient(folder).files.map(({ path }) => path);
  };
  const wordsOf = (paths: readonly string[]): string[] =>
    [...new Set(paths.map((path) => path.replace(/^.*\/|\.wav$/g, '')))].sort();

  test('makes a folder for --ambient without the words of the network, their forms and what sounds like them', async () => {
    const folder = join(temporaryFolder(), 'a');
    const paths = say(folder);
    assert.deepEqual(wordsOf(paths), ['bucket', 'dog', 'fish', 'river', 'window']);
    assert.equal(paths.length, 10, 'two voices say each word');
    for (const path of paths) {
      assert.match(path, /^training\/words\/(espeak-ng|flite)-/);
      const samples = await readRecording(join(folder, path));
      assert.equal(samples.length, 16_000);
      const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
      assert.ok(peak > 7900 && peak < 24_100, `${path}: ${peak}`);
    }
  });

  test('makes the same files again', () => {
    const [first, second] = ['b', 'c'].map((name) => join(temporaryFolder(), name));
    const paths = say(first, '--words', '2', '--takes', '1');
    assert.equal(paths.length, 2);
    assert.deepEqual(say(second, '--words', '2', '--takes', '1'), paths);
    for (const path of paths) assert.deepEqual(readFileSync(join(second, path)), readFileSync(join(first, path)));
  });

  test('leaves out other words for a network that knows them', () => {
    assert.deepEqual(wordsOf(say(join(temporaryFolder(), 'd'), '--except', 'river,fish,window,dog', '--takes', '1')), [
      'bucket',
      'goes',
      'know',
      'nose',
      'stopped',
      'write',
      'yes',
    ]);
  });
});

describe('the script that says other words refuses', () => {
  const full = corpus({ 'training/words/v/dog.wav': '' });
  for (const [what, args, message, env] of [
    ['to run without a folder', [], /give one folder/, {}],
    ['a folder that has words', [full], /already has training\/words/, {}],
    ['a number that is none', [join(full, 'x'), '--words', 'many'], /--words is many, expected a whole number/, {}],
    [
      'to run without espeak-ng, and says how to install it',
      [join(full, 'x')],
      /espeak-ng is missing; on Debian: apt install/,
      { PATH: '' },
    ],
  ] as const) {
    test(what, () => {
      const { status, stderr } = run(args, { ...process.env, ...env });
      assert.equal(status, 1);
      assert.match(stderr, message);
    });
  }
});
