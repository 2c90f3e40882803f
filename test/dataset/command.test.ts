import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { SPLITS } from '../../host/core/dataset/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { spikeword } from '../cli/spikeword.js';
import { constantWav, corpus, SPEAKERS, temporaryFolder } from './corpus.js';

const sample = packagePath('datasets/sample');

describe('spikeword dataset', () => {
  test('info shows the words and the splits, and that no speaker is in two splits', () => {
    const { code, stdout } = spikeword('dataset', 'info', sample, '--task', 'yes,no,_unknown_,_silence_');
    assert.equal(code, 0);
    assert.match(stdout, /^yes +20 +5 +5$/m);
    assert.match(stdout, /^speakers +20 +5 +5$/m);
    assert.match(stdout, /^_silence_ +4 +1 +1$/m);
    assert.match(stdout, /no speaker is in two splits \(30 speakers checked\)/);
  });

  test('info fails if a speaker is in two splits, and names the speaker', () => {
    const [speaker] = SPEAKERS.training;
    const clip = constantWav(1, 10);
    const root = corpus({
      [`yes/${speaker}_nohash_0.wav`]: clip,
      [`no/${speaker}_nohash_0.wav`]: clip,
      'validation_list.txt': `no/${speaker}_nohash_0.wav\n`,
      'testing_list.txt': '',
    });
    const { code, stdout } = spikeword('dataset', 'info', root);
    assert.equal(code, 1);
    assert.match(stdout, new RegExp(`${speaker}: training, validation`));
  });

  test('info names the words that a task lacks', () => {
    const { code, stdout, stderr } = spikeword('dataset', 'info', sample, '--task', 'gsc-12');
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(
      stderr,
      /^DatasetError: .*the task gsc-12 needs clips of on off, but the folder has only down go left no right stop up yes; to use/,
    );
  });

  test('split prints each clip in one split with --print, and writes lists without it', () => {
    const root = join(temporaryFolder(), 'words');
    cpSync(sample, root, { recursive: true });
    const printed = SPLITS.map((split) => spikeword('dataset', 'split', root, '--print', split).stdout);
    assert.deepEqual(
      printed.map((list) => list.trim().split('\n').length),
      [160, 40, 40],
    );
    assert.ok(!existsSync(join(root, 'testing_list.txt')));
    const { written } = JSON.parse(spikeword('dataset', 'split', root, '--json').stdout);
    assert.equal(written.length, 2);
    assert.equal(readFileSync(join(root, 'testing_list.txt'), 'utf8'), printed[2]);
    assert.equal(spikeword('dataset', 'split', root).code, 1);
    assert.equal(spikeword('dataset', 'split', root, '--force').code, 0);
  });

  test('split writes lists that put new clips into training until --force writes them again', () => {
    const [speaker] = SPEAKERS.testing;
    const clip = constantWav(1, 10);
    const root = corpus({ [`yes/${speaker}_nohash_0.wav`]: clip, [`yes/${SPEAKERS.training[0]}_nohash_0.wav`]: clip });
    const clips = () => JSON.parse(spikeword('dataset', 'info', root, '--json').stdout).clips;
    assert.equal(spikeword('dataset', 'split', root).code, 0);
    assert.deepEqual(clips(), { training: 1, validation: 0, testing: 1 });
    writeFileSync(join(root, 'yes', `${speaker}_nohash_1.wav`), clip);
    assert.deepEqual(clips(), { training: 2, validation: 0, testing: 1 });
    assert.equal(spikeword('dataset', 'split', root, '--force').code, 0);
    assert.deepEqual(clips(), { training: 1, validation: 0, testing: 2 });
  });

  test('fetch refuses an unknown dataset, and does not change an existing folder', () => {
    assert.equal(spikeword('dataset', 'fetch', 'gsc-v9').code, 2);
    const { code, stderr } = spikeword('dataset', 'fetch', 'gsc-v2', '--to', temporaryFolder());
    assert.equal(code, 1);
    assert.match(stderr, /already exists/);
  });
});
