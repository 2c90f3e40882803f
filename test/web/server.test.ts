import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { after, before, describe, test } from 'node:test';
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
function ask(path: string, options: { method?: string; host?: string } = {}): Promise<Answer> {
  const { port } = new URL(server.url);
  const { method = 'GET', host = `localhost:${port}` } = options;
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, method, headers: { host } }, (response) => {
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

  test('isolates the page, so that its workers can share memory', async () => {
    const { headers } = await ask('/');
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
    assert.equal(headers['cross-origin-embedder-policy'], 'require-corp');
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
