import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
  openDataset,
  SPLITS,
  speakerOf,
  splitBySpeaker,
  summarizeDataset,
  writeSplitLists,
} from '../../host/dataset/index.js';
import { DatasetError } from '../../host/system/error.js';
import { packagePath } from '../../host/system/package-files.js';
import { constantWav, corpus, REAL_CORPUS, SPEAKERS, WITHOUT_REAL_CORPUS } from './corpus.js';

const clip = constantWav(1, 10);

describe('the split of a speaker', () => {
  for (const split of SPLITS) {
    test(`is ${split} if the published function gives ${split}`, () => {
      for (const speaker of SPEAKERS[split]) assert.equal(splitBySpeaker(speaker), split);
    });
  }

  test('is the published split for file names from the official lists', () => {
    // The first lines of validation_list.txt and testing_list.txt of Speech Commands v0.02 that share a word.
    assert.equal(splitBySpeaker(speakerOf('0d82fd99_nohash_0.wav')), 'validation');
    assert.equal(splitBySpeaker(speakerOf('bfd26d6b_nohash_2.wav')), 'testing');
  });

  test('does not depend on the number of the clip', () => {
    assert.equal(speakerOf('bfd26d6b_nohash_2.wav'), speakerOf('bfd26d6b_nohash_17.wav'));
    assert.equal(speakerOf('myself.wav'), 'myself');
  });
});

describe('a dataset', () => {
  const [training] = SPEAKERS.training;
  const [validation] = SPEAKERS.validation;
  const [testing] = SPEAKERS.testing;
  const files = {
    [`yes/${training}_nohash_0.wav`]: clip,
    [`yes/${validation}_nohash_0.wav`]: clip,
    [`no/${testing}_nohash_1.wav`]: clip,
    'no/notes.txt': '',
    '_background_noise_/hum.wav': clip,
    '_background_noise_/README.md': '',
    'README.md': '',
  };

  test('lists its clips in the order of their paths, with word, speaker and split', () => {
    const { clips, backgroundNoise, splitBy } = openDataset(corpus(files));
    assert.deepEqual(
      clips,
      [
        { path: `no/${testing}_nohash_1.wav`, word: 'no', speaker: testing, split: 'testing' },
        { path: `yes/${training}_nohash_0.wav`, word: 'yes', speaker: training, split: 'training' },
        { path: `yes/${validation}_nohash_0.wav`, word: 'yes', speaker: validation, split: 'validation' },
      ].sort((a, b) => (a.path < b.path ? -1 : 1)),
    );
    assert.deepEqual(backgroundNoise, ['_background_noise_/hum.wav']);
    assert.equal(splitBy, 'speaker hash');
  });

  test('contains .WAV files and links to recordings, and no folder, hidden file or broken link', () => {
    const root = corpus({ 'yes/a_nohash_0.WAV': clip, 'yes/._a_nohash_0.wav': '', 'yes/deeper/b_nohash_0.wav': clip });
    mkdirSync(join(root, 'yes', 'folder.wav'));
    mkdirSync(join(root, 'no'));
    mkdirSync(join(root, '.hidden'));
    writeFileSync(join(root, '.hidden', 'c.wav'), clip);
    writeFileSync(join(root, 'outside.wav'), clip);
    symlinkSync(join(root, 'outside.wav'), join(root, 'yes', 'link.wav'));
    symlinkSync(join(root, 'nowhere'), join(root, 'yes', 'dangling.wav'));
    symlinkSync(join(root, 'nowhere'), join(root, 'dangling'));
    symlinkSync(join(root, 'yes'), join(root, 'oui'));
    assert.deepEqual(
      openDataset(root).clips.map(({ path, speaker }) => [path, speaker]),
      [
        ['oui/a_nohash_0.WAV', 'a'],
        ['oui/link.wav', 'link'],
        ['yes/a_nohash_0.WAV', 'a'],
        ['yes/link.wav', 'link'],
      ],
    );
  });

  test('is refused if a list cannot be read', () => {
    const root = corpus({ ...files, 'validation_list.txt': '' });
    mkdirSync(join(root, 'testing_list.txt'));
    assert.throws(() => openDataset(root), /^DatasetError: .*testing_list\.txt: cannot be read: EISDIR/);
  });

  test('follows its lists if it has them', () => {
    const root = corpus({
      ...files,
      'validation_list.txt': `yes/${training}_nohash_0.wav\r\nyes/not_here.wav\n`,
      'testing_list.txt': '',
    });
    const splits = Object.fromEntries(openDataset(root).clips.map(({ path, split }) => [path, split]));
    assert.deepEqual(splits, {
      [`yes/${training}_nohash_0.wav`]: 'validation',
      [`yes/${validation}_nohash_0.wav`]: 'training',
      [`no/${testing}_nohash_1.wav`]: 'training',
    });
    assert.deepEqual(openDataset(root, { ignoreLists: true }).clips, openDataset(corpus(files)).clips);
  });

  test('is refused if it has only one list, or if a clip is in both', () => {
    assert.throws(
      () => openDataset(corpus({ ...files, 'testing_list.txt': '' })),
      /testing_list\.txt but no validation_list\.txt/,
    );
    const both = { 'validation_list.txt': 'yes/a.wav\n', 'testing_list.txt': 'yes/a.wav\n' };
    assert.throws(() => openDataset(corpus({ ...files, ...both })), /yes\/a\.wav is in validation_list\.txt and in/);
  });

  test('is refused if it has no clip or does not exist', () => {
    assert.throws(() => openDataset(corpus({ 'yes/notes.txt': '' })), DatasetError);
    assert.throws(() => openDataset('/no/such/folder'), /^DatasetError: \/no\/such\/folder: cannot be listed: ENOENT/);
  });

  test('gets lists that give the same splits as the speaker hash', () => {
    const root = corpus(files);
    const before = openDataset(root);
    writeSplitLists(before, false);
    assert.equal(readFileSync(join(root, 'validation_list.txt'), 'utf8'), `yes/${validation}_nohash_0.wav\n`);
    assert.equal(readFileSync(join(root, 'testing_list.txt'), 'utf8'), `no/${testing}_nohash_1.wav\n`);
    const after = openDataset(root);
    assert.equal(after.splitBy, 'lists');
    assert.deepEqual(after.clips, before.clips);
  });

  test('keeps existing lists unless they may be replaced', () => {
    const root = corpus({ ...files, 'validation_list.txt': 'mine\n', 'testing_list.txt': '' });
    const dataset = openDataset(root, { ignoreLists: true });
    assert.throws(() => writeSplitLists(dataset, false), /already has validation_list\.txt \(use --force/);
    assert.equal(readFileSync(join(root, 'validation_list.txt'), 'utf8'), 'mine\n');
    writeSplitLists(dataset, true);
    assert.equal(readFileSync(join(root, 'validation_list.txt'), 'utf8'), `yes/${validation}_nohash_0.wav\n`);
  });
});

describe('a summary', () => {
  test('counts clips and speakers, and finds speakers that are in two splits', () => {
    const [one, two] = SPEAKERS.training;
    const root = corpus({
      [`yes/${one}_nohash_0.wav`]: clip,
      [`yes/${one}_nohash_1.wav`]: clip,
      [`no/${one}_nohash_0.wav`]: clip,
      [`no/${two}_nohash_0.wav`]: clip,
      'validation_list.txt': `no/${one}_nohash_0.wav\n`,
      'testing_list.txt': `no/${two}_nohash_0.wav\n`,
    });
    const summary = summarizeDataset(openDataset(root));
    assert.deepEqual(summary.clips, { training: 2, validation: 1, testing: 1 });
    assert.deepEqual(summary.speakers, { training: 1, validation: 1, testing: 1 });
    assert.deepEqual(summary.words, [
      { word: 'no', clips: { training: 0, validation: 1, testing: 1 } },
      { word: 'yes', clips: { training: 2, validation: 0, testing: 0 } },
    ]);
    assert.deepEqual(summary.sharedSpeakers, [{ speaker: one, splits: ['training', 'validation'] }]);
    assert.equal(summary.differingFromSpeakerHash, 2);
  });

  test('of the sample shows eight words, and no speaker in two splits', () => {
    const summary = summarizeDataset(openDataset(packagePath('datasets/sample')));
    assert.equal(summary.words.length, 8);
    assert.deepEqual(summary.sharedSpeakers, []);
    assert.deepEqual(summary.speakers, { training: 20, validation: 5, testing: 5 });
  });
});

describe('the real recordings', { skip: WITHOUT_REAL_CORPUS }, () => {
  test('are split by the hash of the speaker exactly as by the official lists', () => {
    const byLists = openDataset(REAL_CORPUS!);
    assert.equal(byLists.splitBy, 'lists');
    assert.deepEqual(openDataset(REAL_CORPUS!, { ignoreLists: true }).clips, byLists.clips);
  });

  test('have no speaker in two splits', () => {
    const { sharedSpeakers, speakers } = summarizeDataset(openDataset(REAL_CORPUS!));
    assert.deepEqual(sharedSpeakers, []);
    assert.ok(speakers.training > 100 && speakers.validation > 100 && speakers.testing > 100);
  });
});
