import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { build } from 'vite';
import { packagePath, wasmBytes } from '../../host/system/index.js';
import { browserSkip, startChromium } from './chromium.js';
import { trainTiny } from './train-tiny.js';

const module = (path: string): string => JSON.stringify(packagePath(`dist/${path}`));

/** The scripts of the page's worker and of the threads that it starts. */
const SCRIPTS: Readonly<Record<string, string>> = {
  'worker.js': `
    import { trainTiny } from ${module('test/web/train-tiny.js')};
    const start = (tasks, onFault) => Promise.all(tasks.map((task) => new Promise((resolve, reject) => {
      const thread = new Worker('./thread.js', { type: 'module' });
      thread.onerror = (event) => { onFault(new Error(event.message)); reject(new Error(event.message)); };
      thread.onmessage = ({ data }) => (data === 'ready' ? thread.postMessage(task) : resolve(thread));
    }))).then((threads) => ({ end: async () => threads.forEach((thread) => thread.terminate()) }));
    onmessage = async ({ data: threads }) => {
      const trainer = await WebAssembly.compileStreaming(fetch('./trainer.wasm'));
      const { bytes, losses } = await trainTiny(trainer, threads, start);
      postMessage({ bytes: [...bytes], losses, isolated: crossOriginIsolated });
    };
    postMessage('ready');`,
  'thread.js': `
    import { runThread } from ${module('host/core/training/index.js')};
    onmessage = ({ data }) => {
      postMessage('about to');
      runThread(data);
    };
    postMessage('ready');`,
};

/** Bundles the scripts, as users bundle the core, and puts the trainer next to them. */
async function bundle(folder: string): Promise<void> {
  for (const [name, text] of Object.entries(SCRIPTS)) writeFileSync(join(folder, name), text);
  await build({
    configFile: false,
    logLevel: 'error',
    root: folder,
    build: {
      outDir: join(folder, 'site'),
      rollupOptions: {
        input: Object.keys(SCRIPTS).map((name) => join(folder, name)),
        output: { entryFileNames: '[name].js' },
      },
    },
  });
  writeFileSync(join(folder, 'site', 'trainer.wasm'), wasmBytes('trainer'));
  writeFileSync(join(folder, 'site', 'index.html'), '<!doctype html>');
}

/** Serves the site. `isolated` lets threads share memory (cross-origin isolation, HTML standard 7.1.4). */
function serve(site: string, isolated: boolean): Promise<Server> {
  const headers = isolated
    ? { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' }
    : {};
  const types: Readonly<Record<string, string>> = {
    '.wasm': 'application/wasm',
    '.js': 'text/javascript',
    '.html': 'text/html',
  };
  const server = createServer(({ url = '/' }, response) => {
    const file = join(site, url === '/' ? 'index.html' : normalize(url));
    if (!existsSync(file)) response.writeHead(404).end();
    else response.writeHead(200, { ...headers, 'content-type': types[extname(file)] }).end(readFileSync(file));
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** The answer of the page's worker. */
interface Answer {
  readonly bytes: number[];
  readonly losses: number[];
  readonly isolated: boolean;
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('the trainer in a worker of a browser', { skip: browserSkip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-training-'));
  let browser: Browser;
  before(async () => {
    await bundle(folder);
    browser = await startChromium();
  });
  after(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  async function trainInBrowser(threads: number, isolated: boolean): Promise<Answer & { digest: string }> {
    const server = await serve(join(folder, 'site'), isolated);
    const page = await browser.newPage();
    try {
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      const answer = await page.evaluate<Answer>(`new Promise((resolve, reject) => {
        const worker = new Worker('./worker.js', { type: 'module' });
        worker.onerror = (event) => reject(new Error(event.message));
        worker.onmessage = ({ data }) => (data === 'ready' ? worker.postMessage(${threads}) : resolve(data));
      })`);
      return { ...answer, digest: digest(Uint8Array.from(answer.bytes)) };
    } finally {
      await page.close();
      server.close();
    }
  }

  for (const [threads, isolated, what] of [
    [1, false, 'on one thread, without shared memory'],
    [2, true, 'on two threads, in an isolated page'],
  ] as const) {
    test(`computes the same bytes as Node ${what}`, async () => {
      const inNode = await trainTiny(await WebAssembly.compile(wasmBytes('trainer')), 1);
      const inBrowser = await trainInBrowser(threads, isolated);
      assert.equal(inBrowser.isolated, isolated);
      assert.deepEqual(inBrowser.losses, inNode.losses);
      assert.equal(inBrowser.digest, digest(inNode.bytes));
      assert.ok(inNode.losses[3] < inNode.losses[0], 'the loss falls');
    });
  }
});
