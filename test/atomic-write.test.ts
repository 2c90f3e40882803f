import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { removeUnfinished, WriteError, whileUnfinished, writeFileAtomically } from '../host/atomic-write.js';

const folder = mkdtempSync(join(tmpdir(), 'spikeword-write-'));
after(() => rmSync(folder, { recursive: true }));

describe('writeFileAtomically', () => {
  test('creates the folder, replaces the file and leaves nothing beside it', () => {
    const path = join(folder, 'new', 'file');
    writeFileAtomically(path, 'first');
    writeFileAtomically(path, Uint8Array.of(1, 2, 3));
    assert.deepEqual([...readFileSync(path)], [1, 2, 3]);
    assert.deepEqual(readdirSync(join(folder, 'new')), ['file']);
  });

  test('a folder in the place of the file is named, and stays', () => {
    const path = join(folder, 'taken');
    mkdirSync(path);
    assert.throws(
      () => writeFileAtomically(path, 'x'),
      (error) => error instanceof WriteError && error.message.startsWith(`${path}: cannot be written`),
    );
    assert.deepEqual(readdirSync(path), []);
    assert.ok(!readdirSync(folder).some((name) => name.endsWith('.part')));
  });

  test('a folder that the system refuses with "no such file", as in /proc, is an error and not an endless loop', {
    skip: process.platform === 'linux' ? false : 'only Linux has /proc',
  }, () => {
    assert.throws(() => writeFileAtomically('/proc/no-such-process/x', 'x'), WriteError);
  });

  test('a file in the place of the folder is an error of the same kind', () => {
    writeFileSync(join(folder, 'plain'), '');
    assert.throws(() => writeFileAtomically(join(folder, 'plain', 'x'), 'x'), WriteError);
  });
});

describe('removeUnfinished', () => {
  test('removes what is in the making and keeps what is done', () => {
    const kept = join(folder, 'kept');
    const lost = join(folder, 'lost');
    for (const path of [kept, lost]) mkdirSync(path);
    whileUnfinished(lost);
    whileUnfinished(kept).done();
    removeUnfinished();
    assert.deepEqual([existsSync(kept), existsSync(lost)], [true, false]);
  });
});
