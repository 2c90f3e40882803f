import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { SPLITS } from '../../host/core/dataset/index.js';
import {
  openDataset,
  speakerOf,
  speakerPattern,
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
    assert.equal(splitBySpeaker(speakerOf('yes/0d82fd99_nohash_0.wav', null).speaker), 'validation');
    assert.equal(splitBySpeaker(speakerOf('yes/bfd26d6b_nohash_2.wav', null).speaker), 'testing');
  });

  test('does not depend on the number of the clip', () => {
    assert.deepEqual(speakerOf('yes/bfd26d6b_nohash_2.wav', null), speakerOf('no/bfd26d6b_nohash_17.flac', null));
  });
});

describe('the speaker of a clip', () => {
  test('is the beginning of its name, its folder, or what a pattern finds', () => {
    assert.deepEqual(speakerOf('yes/ann_nohash_0.wav', null), { speaker: 'ann', known: true });
    assert.deepEqual(speakerOf('yes/ann/0.wav', 'ann'), { speaker: 'ann', known: true });
    const pattern = speakerPattern('_(spk[0-9]+)_');
    assert.deepEqual(speakerOf('yes/yes_spk02_0.wav', null, pattern), { speaker: 'spk02', known: true });
    assert.deepEqual(speakerOf('yes/ann_7.wav', null, speakerPattern('^[a-z]+')), { speaker: 'ann', known: true });
  });

  test('is not known otherwise, and then is nobody else', () => {
    assert.deepEqual(speakerOf('yes/yes_spk02_0.wav', null), { speaker: 'yes_spk02_0', known: false });
    assert.deepEqual(speakerOf('yes/myself.wav', null, speakerPattern('spk')), { speaker: 'myself', known: false });
  });

  test('needs a pattern that is one', () => {
    assert.throws(() => speakerPattern('(spk'), /^UsageError: --speaker-pattern \(spk: Invalid regular expression/);
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
        { path: `no/${testing}_nohash_1.wav`, word: 'no', speaker: testing, speakerKnown: true, split: 'testing' },
        { path: `yes/${training}_nohash_0.wav`, word: 'yes', speaker: training, speakerKnown: true, split: 'training' },
        {
          path: `yes/${validation}_nohash_0.wav`,
          word: 'yes',
          speaker: validation,
          speakerKnown: true,
          split: 'validation',
        },
      ].sort((a, b) => (a.path < b.path ? -1 : 1)),
    );
    assert.deepEqual(backgroundNoise, ['_background_noise_/hum.wav']);
    assert.equal(splitBy, 'speaker hash');
  });

  test('contains .WAV files and links to recordings, and no hidden file or broken link', () => {
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
        ['oui/deeper/b_nohash_0.wav', 'b'],
        ['oui/link.wav', 'link'],
        ['yes/a_nohash_0.WAV', 'a'],
        ['yes/deeper/b_nohash_0.wav', 'b'],
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
    const { clips, unmatched } = openDataset(root);
    assert.deepEqual(unmatched, [{ list: 'validation_list.txt', line: 'yes/not_here.wav' }]);
    const splits = Object.fromEntries(clips.map(({ path, split }) => [path, split]));
    assert.deepEqual(splits, {
      [`yes/${training}_nohash_0.wav`]: 'validation',
      [`yes/${validation}_nohash_0.wav`]: 'training',
      [`no/${testing}_nohash_1.wav`]: 'training',
    });
    assert.deepEqual(openDataset(root, { ignoreLists: true }).clips, openDataset(corpus(files)).clips);
  });

  const forms: Record<string, (path: string) => string | Uint8Array> = {
    'with ./': (path) => `./${path}\n`,
    'with backslashes': (path) => `${path.replaceAll('/', '\\')}\r\n`,
    'with an absolute path': (path) => `/home/ann/sounds/${path}\n`,
    'with a drive': (path) => `C:\\sounds\\${path.replaceAll('/', '\\')}\n`,
    'in quotes': (path) => `"${path}"\n`,
    'in UTF-16': (path) => Buffer.from(`\ufeff${path}\r\n`, 'utf16le'),
    'in UTF-16 without a mark': (path) => Buffer.from(`${path}\r\n`, 'utf16le'),
    'in UTF-8 with a mark': (path) => `\ufeff${path}\n`,
    'in another Unicode form': (path) => `${path.normalize('NFD')}\n`,
  };
  for (const [form, write] of Object.entries(forms)) {
    test(`finds the clips of a list that is written ${form}`, () => {
      const path = `für/${testing}_nohash_0.wav`.normalize('NFC');
      const root = corpus({
        [path]: clip,
        [`für/${training}_nohash_0.wav`]: clip,
        'validation_list.txt': '',
        'testing_list.txt': write(path),
      });
      const { clips, unmatched } = openDataset(root);
      assert.deepEqual(unmatched, []);
      assert.equal(clips.find((found) => found.path === path)?.split, 'testing');
    });
  }

  test('is refused if a list has lines, but none names a clip', () => {
    const lists = { 'validation_list.txt': '', 'testing_list.txt': 'yes/nobody.wav\nyes/else.wav\n' };
    assert.throws(
      () => openDataset(corpus({ ...files, ...lists })),
      /testing_list\.txt has 2 lines, but none names a clip in the folder, for example yes\/nobody\.wav; .*split --force/,
    );
  });

  test('is refused if a list names a clip with another ending, which would go to training', () => {
    const lists = { 'validation_list.txt': `yes/${validation}_nohash_0.wav\nno/a.wav\n`, 'testing_list.txt': '' };
    const flac = { ...files, 'no/a.flac': clip, ...lists };
    assert.throws(() => openDataset(corpus(flac)), /names no\/a\.wav, but the file is no\/a\.flac/);
  });

  test('is refused if a list names a clip in another case, which would go to training', () => {
    const lists = {
      'validation_list.txt': `yes/${validation}_nohash_0.wav\nYes/${training}_nohash_0.WAV\n`,
      'testing_list.txt': '',
    };
    assert.throws(() => openDataset(corpus({ ...files, ...lists })), /names Yes\/.*\.WAV, but the file is yes\//);
  });

  test('has recordings of other kinds, in folders of speakers, and names every file that it leaves out', () => {
    const root = corpus({
      'yes/ann/1.wav': clip,
      'yes/ann/2.flac': clip,
      'yes/Bob.MP3': clip,
      'yes/.DS_Store': '',
      'yes/ann/notes.txt': '',
      'yes/ann/more/3.wav': clip,
      '_other_/4.wav': clip,
    });
    const { clips, strays } = openDataset(root);
    assert.deepEqual(
      clips.map(({ path, word, speaker, speakerKnown }) => [path, word, speaker, speakerKnown]),
      [
        ['yes/Bob.MP3', 'yes', 'Bob', false],
        ['yes/ann/1.wav', 'yes', 'ann', true],
        ['yes/ann/2.flac', 'yes', 'ann', true],
      ],
    );
    assert.deepEqual(
      strays.map(({ path }) => path),
      ['yes/ann/more/3.wav', 'yes/ann/notes.txt'],
    );
  });

  test('has its own other words and silence', () => {
    const root = corpus({ 'yes/a.wav': clip, '_unknown_/b.wav': clip, '_silence_/c.wav': clip });
    const { clips, silence } = openDataset(root);
    assert.deepEqual(
      clips.map(({ word }) => word),
      ['_unknown_', 'yes'],
    );
    assert.deepEqual(
      silence.map(({ path }) => path),
      ['_silence_/c.wav'],
    );
  });

  test('is refused if it has only one list, or if a clip is in both', () => {
    assert.throws(
      () => openDataset(corpus({ ...files, 'testing_list.txt': '' })),
      /testing_list\.txt but no validation_list\.txt/,
    );
    const both = { 'yes/a.wav': clip, 'validation_list.txt': 'yes/a.wav\n', 'testing_list.txt': 'yes/a.wav\n' };
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
