import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { packagePath } from '../../host/system/package-files.js';
import { serveWeb } from '../../host/web/index.js';
import { browserSkip, openPage, scrollTo, startChromium, startProfile } from './chromium.js';
import { heardInNode, MODEL, wordsStream, wordsWav } from './words.js';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const portOf = (url: string): number => Number(new URL(url).port);

/** The hashes of what the browser keeps for a page, sorted. */
function kept(page: Page): Promise<string[]> {
  return page.evaluate(`caches.open('spikeword ' + new URL('./', location).href)
    .then((cache) => cache.keys())
    .then((keys) => keys.map(({ url }) => url.split('/').at(-1)).sort())`);
}

/** The hashes of the built files, computed from the disk; `changed` are others by their names. */
function built(changed: Readonly<Record<string, Uint8Array>> = {}): string[] {
  const folder = packagePath('dist/web');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'service-worker.js')
    .map((entry) => join(entry.parentPath, entry.name));
  const own = files
    .filter((file) => changed[file.slice(folder.length + 1)] === undefined)
    .map((file) => sha256(readFileSync(file)));
  return [...new Set([...own, ...Object.values(changed).map(sha256)])].sort();
}

/** Waits until the browser keeps exactly these files. */
async function untilKept(page: Page, expected: readonly string[]): Promise<void> {
  for (;;) {
    const now = await kept(page);
    if (now.join() === expected.join()) return;
    await page.waitForTimeout(50);
  }
}

describe('the page without its server', { skip: browserSkip, timeout: 300_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-offline-'));
  let browser: Browser;
  before(async () => {
    browser = await startChromium();
  });
  after(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  test('opens and hears, and a new version of the server replaces the old one whole', async () => {
    let server = await serveWeb({ port: 0 });
    const { url } = server;
    const { page, errors } = await openPage(browser, url, { serviceWorkers: 'allow' });
    await untilKept(page, built());
    await server.close();

    await page.reload();
    await page.locator('#model-note', { hasText: 'layers' }).waitFor();
    await scrollTo(page, 'see');
    await page.locator('#model').selectOption('gsc-17-small');
    const buffer = await wordsWav();
    await page.locator('#recording-file').setInputFiles({ name: 'words.wav', mimeType: 'audio/wav', buffer });
    await page.locator('#sound-note', { hasText: 'heard.' }).waitFor();
    const heard = await page.locator('#detections li > :first-child').allInnerTexts();
    assert.deepEqual(
      heard.reverse(),
      heardInNode(await wordsStream()).map(({ word }) => word),
    );

    const lamp = join(folder, 'lamp.spkw');
    copyFileSync(MODEL, lamp);
    server = await serveWeb({ port: portOf(url), model: lamp });
    const answer = await fetch(`${url}models/index.json`);
    const list = new Uint8Array(await answer.arrayBuffer());
    await page.reload();
    await page.locator('#model-note', { hasText: 'layers' }).waitFor();
    assert.equal(await page.locator('#model').inputValue(), 'lamp', 'the server’s version, at once');
    await untilKept(page, built({ 'models/index.json': list }));
    await server.close();

    await page.reload();
    await page.locator('#model-note', { hasText: 'layers' }).waitFor();
    assert.equal(await page.locator('#model').inputValue(), 'lamp');
    assert.deepEqual(errors, []);
    await page.close();
  });

  test('is not kept if a file is not the one that the version lists', async () => {
    const server = await serveWeb({ port: 0 });
    const proxy = createServer(async ({ url = '/' }, response) => {
      const answer = await fetch(new URL(url, server.url));
      const bytes = new Uint8Array(await answer.arrayBuffer());
      // a comment is added at the end
      const sent = url === '/LICENSE.txt' ? Buffer.concat([bytes, Buffer.from('\n')]) : bytes;
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' }).end(sent);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;
    const { page } = await openPage(browser, `http://localhost:${port}/`, { serviceWorkers: 'allow' });
    await page.locator('#offline-note', { hasText: 'could not keep' }).waitFor();
    assert.equal(await page.evaluate('navigator.serviceWorker.controller'), null);
    await page.close();
    proxy.closeAllConnections();
    proxy.close();
    await server.close();
  });

  test('can be installed, and a button of its own offers that', async () => {
    const server = await serveWeb({ port: 0 });
    // a page of `newPage` is that of a private window, which cannot install anything
    const context = await startProfile(join(folder, 'profile'));
    // the browser's window would wait for an answer
    await context.addInitScript(`window.prompted = 0;
      BeforeInstallPromptEvent.prototype.prompt = async () => { prompted++; };`);
    const page = await context.newPage();
    await page.goto(server.url);
    await page.locator('#offline-note', { hasText: 'is kept' }).waitFor();
    const session = await context.newCDPSession(page);
    const { errors, data } = await session.send('Page.getAppManifest');
    assert.deepEqual(errors, []);
    assert.deepEqual(
      JSON.parse(data ?? ''),
      JSON.parse(readFileSync(packagePath('dist/web/manifest.webmanifest'), 'utf8')),
    );
    const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
    assert.deepEqual(installabilityErrors, []);

    // the browser's own offer
    const button = page.locator('#install');
    await button.waitFor();
    assert.equal(await page.evaluate('prompted'), 0);
    await button.click();
    assert.equal(await page.evaluate('prompted'), 1);
    assert.equal(await button.isHidden(), true);
    await context.close();
    await server.close();
  });
});
