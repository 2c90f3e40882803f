import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { openAmbientFolder } from '../../host/dataset/index.js';
import { DatasetError } from '../../host/system/index.js';
import { constantWav, corpus, REAL_AMBIENT, temporaryFolder, WITHOUT_REAL_AMBIENT } from './corpus.js';

const wav = constantWav(1, 10);
const open = (root: string, except?: string) => openAmbientFolder(root, { split: 'validation', except });
const listed = (root: string) => open(root).files.map(({ kind, path }) => `${kind} ${path}`);
/** Asserts that a folder is refused with a message. */
const refused = (root: string, message: RegExp, except?: string): void =>
  assert.throws(
    () => open(root, except),
    (error: Error) => error instanceof DatasetError && message.test(error.message),
  );

describe('a folder of ambient sound', () => {
  test('that is divided has the kinds of the split: the well-known ones first, then by name', () => {
    const root = corpus({
      'validation/tv/a.wav': wav,
      'validation/words/b/2.wav': wav,
      'validation/words/b/1.WAV': wav,
      'validation/music/deep/er/c.wav': wav,
      'validation/speech/d.wav': wav,
      'validation/noise/readme.txt': '',
      'training/noise/e.wav': wav,
      'wake-words/f.wav': wav,
    });
    assert.deepEqual(listed(root), [
      'speech validation/speech/d.wav',
      'music validation/music/deep/er/c.wav',
      'words validation/words/b/1.WAV',
      'words validation/words/b/2.wav',
      'tv validation/tv/a.wav',
    ]);
    assert.equal(open(root).split, 'validation');
  });

  test('that is not divided has its folders as kinds, for every split', () => {
    const root = corpus({ 'tv/news/a.wav': wav, 'kitchen/b.wav': wav });
    assert.deepEqual(listed(root), ['kitchen kitchen/b.wav', 'tv tv/news/a.wav']);
    assert.equal(open(root).split, null);
  });

  test('with recordings alone is one kind, named after the folder', () => {
    const root = join(corpus({ 'office/a.wav': wav, 'office/b.wav': wav }), 'office');
    assert.deepEqual(listed(root), ['office a.wav', 'office b.wav']);
  });

  test('may contain links, and files and folders whose names begin with a dot are left out', () => {
    const root = corpus({ 'tv/._a.wav': wav, '.trash/b.wav': wav, 'tv/c.wav': wav });
    const elsewhere = corpus({ 'x/d.wav': wav });
    symlinkSync(elsewhere, join(root, 'radio'));
    assert.deepEqual(listed(root), ['radio radio/x/d.wav', 'tv tv/c.wav']);
  });

  test('leaves out what the list of exceptions names', () => {
    const root = corpus({
      'validation/music/a b.wav': wav,
      'validation/music/c.wav': wav,
      'validation/music/d.wav': wav,
      'training/music/e.wav': wav,
    });
    const list = join(root, 'list.txt');
    const lines = ['\ufeff# heard a song', '', 'validation/music/a b.wav  # "go"\r', './validation/music/c.wav'];
    writeFileSync(list, [...lines, 'training/music/e.wav'].join('\n'));
    const { files, excepted } = open(root, list);
    assert.deepEqual(
      files.map(({ path }) => path),
      ['validation/music/d.wav'],
    );
    assert.equal(excepted, 2);
  });

  test('is refused if it does not exist, lacks the split, or has no recording, with what it should be', () => {
    const empty = temporaryFolder();
    refused(join(empty, 'missing'), /missing: cannot be listed: ENOENT/);
    refused(empty, /contains no recordings; expected a folder for each kind of sound/);
    refused(corpus({ 'training/noise/a.wav': wav }), /: has no validation folder, only training$/);
    const other = corpus({ 'training/noise/a.wav': wav, 'validation/noise/a.txt': '' });
    refused(other, /validation: contains no recordings/);
  });

  test('is refused with a list of exceptions that is missing, names no file, or leaves nothing', () => {
    const root = corpus({ 'music/a.wav': wav, 'none.txt': '# a comment\nmusic/b.wav\n', 'folder.txt': 'music' });
    refused(root, /missing\.txt: cannot be read: ENOENT/, join(root, 'missing.txt'));
    refused(root, /none\.txt: line 2: .* has no file music\/b\.wav$/, join(root, 'none.txt'));
    refused(root, /folder\.txt: line 1: .* has no file music$/, join(root, 'folder.txt'));
    writeFileSync(join(root, 'all.txt'), 'music/a.wav\n');
    refused(root, /all\.txt: leaves out every recording in /, join(root, 'all.txt'));
  });

  test('of a kind that is named like a property of every object is a kind like any other', () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'constructor'));
    writeFileSync(join(root, 'constructor', 'a.wav'), wav);
    assert.deepEqual(listed(root), ['constructor constructor/a.wav']);
  });

  test('of real recordings has all kinds, and every file that is there', { skip: WITHOUT_REAL_AMBIENT }, () => {
    const { files } = open(REAL_AMBIENT!);
    assert.deepEqual([...new Set(files.map(({ kind }) => kind))], ['speech', 'music', 'noise', 'words']);
    const there = readdirSync(join(REAL_AMBIENT!, 'validation'), { recursive: true, encoding: 'utf8' });
    assert.equal(files.length, there.filter((name) => name.endsWith('.wav')).length);
  });
});
