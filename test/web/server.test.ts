import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { packagePath } from '../../host/system/package-files.js';
import { serveWeb, type WebServer } from '../../host/web/index.js';
import { MODEL } from './words.js';

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

let server: WebServer;
before(async () => {
  server = await serveWeb({ port: 0, model: MODEL });
});
after(() => server.close());

/** Sends a request. `fetch` would normalise the path and does not allow another host name. */
function ask(
  path: string,
  options: { method?: string; host?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const { port } = new URL(server.url);
  const { method = 'GET', host = `localhost:${port}`, headers = {} } = options;
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, method, headers: { host, ...headers } }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }),
      );
    })
      .on('error', reject)
      .end();
  });
}

describe('the server of the page', () => {
  test('serves the page with a policy that allows no other server', async () => {
    const { status, headers, body } = await ask('/');
    assert.equal(status, 200);
    assert.match(body.toString(), /^<!doctype html>/);
    const policy = String(headers['content-security-policy']);
    assert.match(policy, /^default-src 'none'; /);
    assert.match(policy, /connect-src 'self'/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'|\*|https?:/);
    assert.ok(body.toString().includes(policy.replace("; frame-ancestors 'none'", '')), 'the same in the head');
  });

  test('lists the model that it was started with first', async () => {
    const list = JSON.parse((await ask('/models/index.json')).body.toString()) as { name: string }[];
    assert.equal(list[0].name, 'gsc-17-small');
    assert.equal(list.filter(({ name }) => name === 'gsc-17-small').length, 1);
    assert.deepEqual((await ask('/models/gsc-17-small.spkw')).body, readFileSync(MODEL));
  });

  test('serves no other file, whatever the path', async () => {
    for (const path of ['/package.json', '/../package.json', '/..%2f..%2fpackage.json', '//etc/passwd', '/%00', '/a']) {
      assert.equal((await ask(path)).status, 404, path);
    }
    assert.equal((await ask('/%zz')).status, 400);
  });

  test('compresses files for a client that takes it, also the kernel and the models', async () => {
    const decode = { br: brotliDecompressSync, gzip: gunzipSync };
    for (const path of ['/', '/kernel.wasm', '/models/gsc-17-small.spkw']) {
      const plain = await ask(path);
      assert.equal(plain.headers['content-encoding'], undefined, path);
      assert.equal(plain.headers.vary, 'Accept-Encoding', path);
      const tags = new Set([plain.headers.etag]);
      for (const [accepted, encoding] of [
        ['gzip, deflate, br, zstd', 'br'],
        ['gzip', 'gzip'],
        ['br;q=0, *', 'gzip'],
      ] as const) {
        const { status, headers, body } = await ask(path, { headers: { 'accept-encoding': accepted } });
        assert.equal(status, 200);
        assert.equal(headers['content-encoding'], encoding, path);
        assert.equal(headers['content-length'], String(body.length));
        assert.equal(headers.vary, 'Accept-Encoding');
        assert.ok(body.length < plain.body.length, `${path}: ${body.length} of ${plain.body.length}`);
        assert.deepEqual(decode[encoding](body), plain.body, path);
        tags.add(headers.etag);
      }
      assert.equal(tags.size, 3, 'one tag for each form');
    }
  });

  test('sends what cannot be compressed as it is', async () => {
    const { headers, body } = await ask('/icons/192.png', { headers: { 'accept-encoding': 'br' } });
    assert.equal(headers['content-type'], 'image/png');
    assert.equal(headers['content-encoding'], undefined);
    assert.deepEqual([...body.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
  });

  test('sends a file again only if it has changed', async () => {
    const headers = { 'accept-encoding': 'br' };
    const first = await ask('/', { headers });
    assert.equal(first.headers['cache-control'], 'no-cache');
    const tag = first.headers.etag as string;
    for (const known of [tag, `"other", W/${tag}`, '*']) {
      const again = await ask('/', { headers: { ...headers, 'if-none-match': known } });
      assert.equal(again.status, 304, known);
      assert.equal(again.body.length, 0);
      assert.equal(again.headers.etag, tag);
      assert.equal(again.headers.vary, 'Accept-Encoding');
    }
    assert.equal((await ask('/', { headers: { ...headers, 'if-none-match': '"other"' } })).status, 200);
    // the tag of the other form is of other bytes
    assert.equal((await ask('/', { headers: { 'if-none-match': tag } })).status, 200);
    const asset = /assets\/[\w.-]+\.js/.exec(brotliDecompressSync(first.body).toString())?.[0];
    const { headers: kept } = await ask(`/${asset}`);
    assert.equal(kept['cache-control'], 'public, max-age=31536000, immutable');
    assert.equal((await ask('/nothing')).headers['cache-control'], 'no-store');
  });

  test('refuses requests with another host name', async () => {
    assert.equal((await ask('/', { host: 'elsewhere.test' })).status, 403);
    assert.equal((await ask('/', { host: '127.0.0.1:80' })).status, 200);
  });

  test('refuses POST and answers HEAD without a body', async () => {
    assert.equal((await ask('/', { method: 'POST' })).status, 405);
    assert.equal((await ask('/', { method: 'HEAD' })).body.length, 0);
  });

  test('says that its port is taken and what to do', async () => {
    const port = Number(new URL(server.url).port);
    await assert.rejects(serveWeb({ port }), {
      name: 'WebError',
      message: `port ${port}: another program already uses it; choose another one with --port, or 0 for any free port`,
    });
  });

  test('refuses a file that is not a model before it serves anything', async () => {
    await assert.rejects(serveWeb({ port: 0, model: packagePath('package.json') }), { name: 'ModelError' });
  });
});
