import assert from 'node:assert/strict';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { removeUnfinished, whileUnfinished, writeFileAtomically } from '../host/system/atomic-write.js';
import { WriteError } from '../host/system/error.js';

const folder = mkdtempSync(join(tmpdir(), 'spikeword-write-'));
after(() => rmSync(folder, { recursive: true }));

const NO_DEVICES = existsSync('/dev/full') ? false : 'only Linux has /dev/full';

describe('writeFileAtomically', () => {
  test('creates the folder, replaces the file and leaves no other file', () => {
    const path = join(folder, 'new', 'file');
    writeFileAtomically(path, 'first');
    writeFileAtomically(path, Uint8Array.of(1, 2, 3));
    assert.deepEqual([...readFileSync(path)], [1, 2, 3]);
    assert.deepEqual(readdirSync(join(folder, 'new')), ['file']);
  });

  test('keeps a link and replaces the file that it leads to', () => {
    const file = join(folder, 'linked', 'file');
    const link = join(folder, 'link');
    writeFileAtomically(file, 'first');
    symlinkSync(file, link);
    writeFileAtomically(link, 'second');
    assert.equal(readFileSync(file, 'utf8'), 'second');
    assert.ok(lstatSync(link).isSymbolicLink());
  });

  test('writes to a device and does not replace it', { skip: NO_DEVICES }, () => {
    const link = join(folder, 'null');
    symlinkSync('/dev/null', link);
    writeFileAtomically(link, 'x');
    assert.ok(lstatSync('/dev/null').isCharacterDevice());
    assert.ok(lstatSync(link).isSymbolicLink());
    const full = join(folder, 'full');
    symlinkSync('/dev/full', full);
    assert.throws(() => writeFileAtomically(full, 'x'), /^WriteError: .*full: cannot be written: ENOSPC/);
  });

  test('names a folder in place of the file, and keeps it', () => {
    const path = join(folder, 'taken');
    mkdirSync(path);
    assert.throws(
      () => writeFileAtomically(path, 'x'),
      (error) => error instanceof WriteError && error.message.startsWith(`${path}: cannot be written`),
    );
    assert.deepEqual(readdirSync(path), []);
    assert.ok(!readdirSync(folder).some((name) => name.endsWith('.part')));
  });

  test('throws if the system refuses a folder with "no such file", as in /proc, instead of looping for ever', {
    skip: process.platform === 'linux' ? false : 'only Linux has /proc',
  }, () => {
    assert.throws(() => writeFileAtomically('/proc/no-such-process/x', 'x'), WriteError);
  });

  test('throws the same kind of error for a file in place of the folder', () => {
    writeFileSync(join(folder, 'plain'), '');
    assert.throws(() => writeFileAtomically(join(folder, 'plain', 'x'), 'x'), WriteError);
  });
});

describe('removeUnfinished', () => {
  test('removes unfinished files and keeps finished ones', () => {
    const kept = join(folder, 'kept');
    const lost = join(folder, 'lost');
    for (const path of [kept, lost]) mkdirSync(path);
    whileUnfinished(lost);
    whileUnfinished(kept).done();
    removeUnfinished();
    assert.deepEqual([existsSync(kept), existsSync(lost)], [true, false]);
  });
});
