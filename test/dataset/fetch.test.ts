import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { UsageError } from '../../host/core/error.js';
import {
  type Archive,
  type FetchStage,
  fetchDataset,
  openDataset,
  publishedArchive,
  resolveTask,
} from '../../host/dataset/index.js';
import { DatasetError } from '../../host/system/error.js';
import { archiveOf, client, cut, deliver, serve, tarGz } from './archive-server.js';
import { constantWav, temporaryFolder } from './corpus.js';

/** Random bytes, which do not shrink, so that the archive is as long as its clips. */
const CLIPS = { 'yes/a_nohash_0.wav': noise(), 'no/b_nohash_0.wav': noise() };
let file: Buffer;
before(async () => {
  const files = Object.entries(CLIPS).map(([path, content]) => ({ name: `./${path}`, content }));
  file = await tarGz([{ name: './', type: 'directory' }, { name: './yes/', type: 'directory' }, ...files]);
});

function noise(): Uint8Array {
  const wav = constantWav(0, 20_000);
  wav.set(randomBytes(40_000), 44);
  return wav;
}

type Watch = (stage: FetchStage, done: number) => void;

/** Fetches into a new folder, with short waits. */
async function fetchInto(folder: string, archive: Archive, watch?: Watch, stallMs?: number): Promise<number> {
  const onProgress: Watch = (stage, done) => {
    if (stage === 'download') client.received = done;
    watch?.(stage, done);
  };
  return fetchDataset(archive, folder, { retryDelayMs: 1, stallMs, onProgress });
}

function assertComplete(folder: string): void {
  for (const [path, content] of Object.entries(CLIPS)) {
    assert.deepEqual(readFileSync(join(folder, path)), Buffer.from(content));
  }
}

/** Fails if a failed fetch has left anything except the files from which a later call continues. */
function assertNothingUnpacked(parent: string, kept: readonly string[]): void {
  assert.deepEqual(readdirSync(parent).sort(), [...kept].sort());
}

async function assertFails(archive: Archive, message: RegExp, kept: readonly string[] = []): Promise<void> {
  const parent = temporaryFolder();
  await assert.rejects(fetchInto(join(parent, 'words'), archive), (error) => {
    assert.ok(error instanceof DatasetError, String((error as Error).stack));
    assert.match(error.message, message);
    return true;
  });
  assertNothingUnpacked(parent, kept);
}

const PARTIAL = ['words.tar.gz.part', 'words.tar.gz.part.json'];

describe('fetching a dataset', () => {
  test('unpacks it under its name and leaves nothing else', async () => {
    const { url } = await serve((request, response) => deliver(request, response, file));
    const parent = temporaryFolder();
    const stages = new Map<FetchStage, number>();
    const clips = await fetchInto(join(parent, 'words'), archiveOf(file, url), (stage, done) =>
      stages.set(stage, done),
    );
    assert.equal(clips, 2);
    assert.equal(openDataset(join(parent, 'words')).clips.length, 2);
    assertComplete(join(parent, 'words'));
    assertNothingUnpacked(parent, ['words']);
    assert.deepEqual([...stages.keys()], ['download', 'verify', 'unpack']);
    assert.equal(stages.get('download'), file.length);
    assert.equal(stages.get('verify'), file.length);
  });

  test('does not change an existing folder', async () => {
    const parent = temporaryFolder();
    await assert.rejects(fetchInto(parent, archiveOf(file, 'http://127.0.0.1:1/')), /already exists/);
  });

  test('refuses an address that is not http or https at once, as an error of the command line', async () => {
    for (const url of ['speech', 'ftp://127.0.0.1/x', '']) {
      const parent = temporaryFolder();
      await assert.rejects(fetchInto(join(parent, 'words'), archiveOf(file, url)), UsageError);
      assertNothingUnpacked(parent, []);
    }
  });

  test('continues after every broken connection where it broke', async () => {
    const server = await serve((request, response) =>
      deliver(request, response, file, { etag: '"1"', cutAfter: 9000 }),
    );
    const folder = join(temporaryFolder(), 'words');
    await fetchInto(folder, archiveOf(file, server.url));
    assertComplete(folder);
    assert.equal(server.ranges[0], null);
    const starts = server.ranges.slice(1).map((range) => Number(/^bytes=(\d+)-$/.exec(range!)![1]));
    assert.ok(starts.length >= Math.floor(file.length / 9000), `${starts}`);
    for (const [k, start] of starts.entries()) assert.ok(start > (starts[k - 1] ?? 0) && start <= (k + 1) * 9000);
  });

  test('is continued by a later call', async () => {
    let broken = true;
    const server = await serve((request, response, number) => {
      if (number > 0 && broken) response.destroy();
      else deliver(request, response, file, { etag: '"1"', cutAfter: broken ? 30_000 : undefined });
    });
    const parent = temporaryFolder();
    await assert.rejects(
      fetchInto(join(parent, 'words'), archiveOf(file, server.url)),
      /gave up after 5 attempts, 30000 of/,
    );
    assertNothingUnpacked(parent, PARTIAL);
    broken = false;
    await fetchInto(join(parent, 'words'), archiveOf(file, server.url));
    assert.equal(server.ranges.at(-1), 'bytes=30000-');
    assertComplete(join(parent, 'words'));
    assertNothingUnpacked(parent, ['words']);
  });

  test('starts again if the earlier bytes are from another address, or from an unknown one', async () => {
    const server = await serve((request, response) => deliver(request, response, file, { etag: '"1"' }));
    for (const origin of ['{"url":"http://elsewhere/","validator":"\\"1\\""}', '{"url', 'null']) {
      const parent = temporaryFolder();
      writeFileSync(join(parent, 'words.tar.gz.part'), randomBytes(1000));
      if (origin !== 'null') writeFileSync(join(parent, 'words.tar.gz.part.json'), origin);
      await fetchInto(join(parent, 'words'), archiveOf(file, server.url));
      assert.equal(server.ranges.at(-1), null);
      assertComplete(join(parent, 'words'));
    }
  });

  test('starts again if the file changes on the server', async () => {
    const other = randomBytes(file.length);
    const server = await serve((request, response, number) => {
      if (number === 0) deliver(request, response, other, { etag: '"old"', cutAfter: 20_000 });
      else deliver(request, response, file, { etag: '"new"' });
    });
    const folder = join(temporaryFolder(), 'words');
    await fetchInto(folder, archiveOf(file, server.url));
    assert.deepEqual(server.ranges, [null, 'bytes=20000-']);
    assertComplete(folder);
  });

  test('notices a change even if the server ignores If-Range', async () => {
    const other = randomBytes(file.length);
    const server = await serve((request, response, number) => {
      delete request.headers['if-range'];
      if (number === 0) deliver(request, response, other, { etag: '"old"', cutAfter: 20_000 });
      else deliver(request, response, file, { etag: '"new"' });
    });
    const folder = join(temporaryFolder(), 'words');
    await fetchInto(folder, archiveOf(file, server.url));
    assert.deepEqual(server.ranges, [null, 'bytes=20000-', null]);
    assertComplete(folder);
  });

  test('gives up on a file that changes all the time', async () => {
    const server = await serve((request, response, number) =>
      deliver(request, response, file, { etag: `"${number}"`, cutAfter: 1000 * (number + 1) }),
    );
    await assertFails(
      archiveOf(file, server.url),
      /the file on the server keeps changing during the download; try again later/,
      PARTIAL,
    );
  });

  test('starts again if the server has no ETag, which would show whether the rest belongs to the same file', async () => {
    const server = await serve((request, response, number) =>
      deliver(request, response, file, { cutAfter: number === 0 ? 20_000 : undefined }),
    );
    const folder = join(temporaryFolder(), 'words');
    await fetchInto(folder, archiveOf(file, server.url));
    assert.deepEqual(server.ranges, [null, null]);
    assertComplete(folder);
  });

  test('starts again if the server does not support ranges', async () => {
    const server = await serve((request, response, number) => {
      delete request.headers.range;
      deliver(request, response, file, { etag: '"1"', cutAfter: number === 0 ? 20_000 : undefined });
    });
    const folder = join(temporaryFolder(), 'words');
    await fetchInto(folder, archiveOf(file, server.url));
    assertComplete(folder);
  });

  test('starts again after a 416, and gives up if that is always the answer', async () => {
    const once = await serve((request, response, number) => {
      if (number === 1) response.writeHead(416).end();
      else deliver(request, response, file, { etag: '"1"', cutAfter: number === 0 ? 20_000 : undefined });
    });
    const folder = join(temporaryFolder(), 'words');
    await fetchInto(folder, archiveOf(file, once.url));
    assert.deepEqual(once.ranges, [null, 'bytes=20000-', null]);
    assertComplete(folder);
    const always = await serve((_, response) => void response.writeHead(416).end());
    await assertFails(archiveOf(file, always.url), /no more of this file; gave up after 5 attempts/);
  });

  test('tries again after a 500 and a 503, but not for ever', async () => {
    const server = await serve((request, response, number) => {
      if (number < 2) response.writeHead([500, 503][number]).end('busy');
      else deliver(request, response, file);
    });
    const folder = join(temporaryFolder(), 'words');
    await fetchInto(folder, archiveOf(file, server.url));
    assertComplete(folder);
    const always = await serve((_, response) => void response.writeHead(500).end('broken'));
    await assertFails(archiveOf(file, always.url), /500 Internal Server Error; gave up after 5 attempts/);
    assert.equal(always.ranges.length, 5);
  });

  test('does not try again after a 404 or a 403', async () => {
    for (const status of [404, 403]) {
      const server = await serve((_, response) => void response.writeHead(status).end('<html>'));
      await assertFails(archiveOf(file, server.url), new RegExp(`/archive\\.tar\\.gz: ${status} `));
      assert.equal(server.ranges.length, 1);
    }
  });

  test('follows a redirection', async () => {
    const target = await serve((request, response) => deliver(request, response, file));
    const server = await serve((_, response) => void response.writeHead(302, { location: target.url }).end());
    const folder = join(temporaryFolder(), 'words');
    await fetchInto(folder, archiveOf(file, server.url));
    assertComplete(folder);
  });

  test('gives up if no server listens', async () => {
    const server = await serve((request) => request.socket.destroy());
    await assertFails(archiveOf(file, server.url), /gave up after 5 attempts, 0 of/);
  });

  test('drops a connection that becomes silent, and continues with another', async () => {
    const server = await serve((request, response, number) => {
      if (number > 0) return deliver(request, response, file, { etag: '"1"' });
      response.writeHead(200, { 'content-length': file.length, etag: '"1"' });
      response.write(file.subarray(0, 20_000));
    });
    const folder = join(temporaryFolder(), 'words');
    await fetchInto(folder, archiveOf(file, server.url), undefined, 500);
    assert.deepEqual(server.ranges, [null, 'bytes=20000-']);
    assertComplete(folder);
  });
});

describe('a server that gives a wrong length', () => {
  test('is refused before the download if the file has another size', async () => {
    const server = await serve((request, response) => deliver(request, response, file));
    const archive = { ...archiveOf(file, server.url), bytes: file.length + 1 };
    await assertFails(archive, new RegExp(`sends ${file.length} bytes, expected ${file.length + 1}`));
    assert.equal(server.ranges.length, 1);
  });

  test('is cut off at the size of the archive if the body never ends', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { etag: '"1"' });
      const more = (error?: Error | null): void => {
        if (!error && !response.destroyed) response.write(randomBytes(20_000), more);
      };
      response.on('error', () => {});
      more();
    });
    await assertFails(archiveOf(file, server.url), /sends \d+ bytes, expected/, PARTIAL);
  });

  test('is asked for the rest if the body ends early without an error', async () => {
    const server = await serve((request, response, number) => {
      if (number === 0) response.writeHead(200, { etag: '"1"' }).end(file.subarray(0, 20_000));
      else deliver(request, response, file, { etag: '"1"' });
    });
    const folder = join(temporaryFolder(), 'words');
    await fetchInto(folder, archiveOf(file, server.url));
    assert.deepEqual(server.ranges, [null, 'bytes=20000-']);
    assertComplete(folder);
  });

  test('causes an error if the length is larger than the body', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-length': file.length });
      response.write(file.subarray(0, 100), () => cut(response, 100));
    });
    await assertFails(archiveOf(file, server.url), /gave up after 5 attempts/, [
      'words.tar.gz.part',
      'words.tar.gz.part.json',
    ]);
  });

  for (const [lie, range] of [
    ['another beginning', (from: number) => `bytes ${from - 5}-${file.length - 1}/${file.length}`],
    ['another total', (from: number) => `bytes ${from}-${file.length - 1}/${file.length + 7}`],
    ['no range at all', () => undefined],
  ] as const) {
    test(`is refused if a partial answer has ${lie}`, async () => {
      const server = await serve((request, response, number) => {
        if (number === 0) return deliver(request, response, file, { etag: '"1"', cutAfter: 20_000 });
        const claim = range(20_000);
        response.writeHead(206, claim === undefined ? {} : { 'content-range': claim }).end(file.subarray(20_000));
      });
      await assertFails(archiveOf(file, server.url), /answers with the range/, PARTIAL);
    });
  }
});

describe('an archive that is not the expected one', () => {
  test('is removed if its SHA-256 is wrong, so that the next call starts again', async () => {
    const wrong = Buffer.from(file);
    wrong[wrong.length >> 1] ^= 1;
    let body: Buffer = wrong;
    const server = await serve((request, response) => deliver(request, response, body, { etag: '"1"' }));
    const parent = temporaryFolder();
    await assert.rejects(
      fetchInto(join(parent, 'words'), archiveOf(file, server.url)),
      /SHA-256 is [0-9a-f]{64}, expected/,
    );
    assertNothingUnpacked(parent, []);
    body = file;
    await fetchInto(join(parent, 'words'), archiveOf(file, server.url));
    assertComplete(join(parent, 'words'));
  });
});

describe('the published archives', () => {
  test('are described with their address, size, checksum and words', () => {
    const archive = publishedArchive('gsc-v2');
    assert.equal(archive.url, 'http://download.tensorflow.org/data/speech_commands_v0.02.tar.gz');
    assert.equal(archive.bytes, 2_428_923_189);
    assert.equal(archive.sha256, 'af14739ee7dc311471de98f5f9d2c9191b18aedfe957f4a6ff791c709868ff58');
    const { words } = archive as Archive & { words: string[] };
    assert.deepEqual([...words].sort(), [...resolveTask('gsc-35').labels].sort());
    assert.throws(() => publishedArchive('../package'), UsageError);
  });
});
