import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { fetchDataset } from '../../host/dataset/index.js';
import { DatasetError } from '../../host/system/error.js';
import { archiveOf, deliver, serve, type TarFile, tarGz } from './archive-server.js';
import { constantWav, temporaryFolder } from './corpus.js';

const clip: TarFile = { name: 'yes/a_nohash_0.wav', content: constantWav(1, 100) };

/** Serves the archive with its right checksum, and expects that it is refused without leaving any files. */
async function assertRefused(archive: Buffer, message: RegExp): Promise<void> {
  const { url } = await serve((request, response) => deliver(request, response, archive));
  const parent = temporaryFolder();
  await assert.rejects(fetchDataset(archiveOf(archive, url), join(parent, 'words')), (error) => {
    assert.ok(error instanceof DatasetError, String((error as Error).stack));
    assert.match(error.message, message);
    return true;
  });
  assert.deepEqual(
    readdirSync(parent).filter((name) => !name.startsWith('words.tar.gz.part')),
    [],
  );
}

describe('a hostile archive is refused if it contains', () => {
  const outside = `spikeword-escaped-${process.pid}`;
  const cases: [what: string, entry: TarFile, message: RegExp][] = [
    ['a path above the folder', { name: `../${outside}`, content: 'x' }, /a path outside the folder/],
    ['a path that leaves an inner folder', { name: `yes/../../${outside}`, content: 'x' }, /a path outside the folder/],
    ['a folder above the folder', { name: `../${outside}/`, type: 'directory' }, /a path outside the folder/],
    ['an absolute path', { name: `/tmp/${outside}`, content: 'x' }, /an absolute path/],
    ['a drive', { name: `C:${outside}`, content: 'x' }, /an absolute path/],
    ['backslashes', { name: `..\\${outside}`, content: 'x' }, /a backslash/],
    ['a symbolic link', { name: 'yes/link', type: 'symlink', linkname: '/etc' }, /a symlink, expected/],
    ['a hard link', { name: 'yes/link', type: 'link', linkname: '/etc/passwd' }, /a link, expected/],
    ['a device', { name: 'yes/null', type: 'character-device', devmajor: 1, devminor: 3 }, /a character-device/],
    ['a pipe', { name: 'yes/pipe', type: 'fifo' }, /a fifo/],
    ['a file twice', clip, /contains "yes\/a_nohash_0\.wav" twice/],
    ['a file in place of a folder', { name: 'yes', content: 'x' }, /contains "yes" twice/],
    ['a folder in place of a file', { name: `${clip.name}/inner`, content: 'x' }, /cannot be unpacked/],
  ];
  for (const [what, entry, message] of cases) {
    test(what, async () => {
      await assertRefused(await tarGz([clip, entry]), message);
      assert.ok(!existsSync(`/tmp/${outside}`));
    });
  }

  test('far more than recordings of its size', async () => {
    await assertRefused(await tarGz([clip, { name: 'bomb', content: Buffer.alloc(5_000_000) }]), /far more data than/);
  });

  test('no clips', async () => {
    await assertRefused(await tarGz([{ name: 'README.md', content: 'empty' }]), /no clips/);
  });
});

describe('a damaged archive is refused if', () => {
  test('it is not a gzip file', async () => {
    await assertRefused(Buffer.alloc(5000, 'plain text '), /cannot be unpacked: incorrect header check/);
  });

  test('its gzip ends early', async () => {
    const whole = await tarGz([{ name: 'yes/a.wav', content: randomBytes(32_000) }]);
    await assertRefused(whole.subarray(0, whole.length - 20), /cannot be unpacked: unexpected end of file/);
  });

  test('it contains no tar', async () => {
    await assertRefused(gzipSync(Buffer.alloc(4096, 'no tar at all')), /cannot be unpacked/);
  });

  test('its tar ends within a file', async () => {
    const bytes = Buffer.alloc(512 + 1024);
    bytes.write('yes/a.wav');
    bytes.write('0000644', 100);
    bytes.write('00000100000', 124); // 32 KB, of which 1 KB follows.
    bytes.write('00000000000', 136);
    bytes.write('        0', 148);
    bytes.write('ustar\x0000', 257);
    const sum = bytes.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    await assertRefused(gzipSync(bytes, { level: 0 }), /cannot be unpacked/);
  });
});

test('unpacked files do not get the permissions in the archive', async () => {
  const archive = await tarGz([{ ...clip, mode: 0o4777, uid: 12345 }]);
  const { url } = await serve((request, response) => deliver(request, response, archive));
  const folder = join(temporaryFolder(), 'words');
  await fetchDataset(archiveOf(archive, url), folder);
  const control = join(temporaryFolder(), 'control');
  writeFileSync(control, '');
  const { mode, uid } = statSync(join(folder, clip.name));
  assert.deepEqual({ mode, uid }, { mode: statSync(control).mode, uid: statSync(control).uid });
});
