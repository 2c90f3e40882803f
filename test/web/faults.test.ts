import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { packagePath } from '../../host/system/package-files.js';
import { serveWeb, type WebServer } from '../../host/web/index.js';
import { browserSkip, openPage, scrollTo, startChromium } from './chromium.js';
import { dropFile } from './drop-file.js';
import { MODEL } from './words.js';

let server: WebServer;
let browser: Browser;

/** Returns the error that an element of the page shows. */
async function fault(page: Page, id: string): Promise<string> {
  const place = page.locator(`#${id}`);
  await place.waitFor();
  assert.equal(await place.getAttribute('role'), 'alert');
  return place.innerText();
}

const file = (name: string, content: Uint8Array | string) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(content),
});

describe('the page shows the error and what to do for', { skip: browserSkip }, () => {
  before(async () => {
    server = await serveWeb({ port: 0, model: MODEL });
    browser = await startChromium();
  });
  after(async () => {
    await browser.close();
    await server.close();
  });

  test('a missing microphone', async () => {
    const { page } = await openPage(browser, server.url);
    await page.locator('#listen').click();
    assert.match(await fault(page, 'sound-fault'), /^No microphone was found\. Plug one in/);
    assert.equal(await page.locator('#listen').innerText(), 'Listen');
    await page.close();
  });

  test('a microphone that the browser refuses', async () => {
    const refusing = await startChromium('refused');
    const { page } = await openPage(refusing, server.url);
    await page.locator('#listen').click();
    assert.match(await fault(page, 'sound-fault'), /^The browser refused the microphone\. Allow it .* address bar/);
    await refusing.close();
  });

  test('a microphone that another program uses', async () => {
    const { page } = await openPage(browser, server.url, {}, (page) =>
      page.addInitScript(
        `navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotReadableError'); }`,
      ),
    );
    await page.locator('#listen').click();
    assert.match(await fault(page, 'sound-fault'), /another program may be using it\. Close that program/);
    await page.close();
  });

  test('a page that is neither from this machine nor over https', async () => {
    const address = 'http://elsewhere.test/';
    const { page } = await openPage(browser, address, {}, (page) =>
      page.route(`${address}**`, (route) => {
        const name = new URL(route.request().url()).pathname.slice(1) || 'index.html';
        return route.fulfill({ path: join(packagePath('dist/web'), name) });
      }),
    );
    await page.locator('#listen').click();
    assert.match(
      await fault(page, 'sound-fault'),
      /only for pages from this machine or over https\. .*http:\/\/localhost/,
    );
    await scrollTo(page, 'prove');
    await page.locator('#connect').click();
    assert.match(
      await fault(page, 'board-fault'),
      /only for pages from this machine or over https\. .*http:\/\/localhost/,
    );
    await page.close();
  });

  test('a browser without Web Serial', async () => {
    const { page } = await openPage(browser, server.url, {}, (page) =>
      page.addInitScript('delete Navigator.prototype.serial'),
    );
    await scrollTo(page, 'prove');
    await page.locator('#connect').click();
    assert.match(await fault(page, 'board-fault'), /no Web Serial: use Chrome, Edge, Opera or a new Firefox/);
    await page.close();
  });

  test('a dialog closed without a port', async () => {
    const { page } = await openPage(browser, server.url, {}, (page) =>
      page.addInitScript(
        `navigator.serial.requestPort = async () => { throw new DOMException('No port selected', 'NotFoundError'); }`,
      ),
    );
    await scrollTo(page, 'prove');
    await page.locator('#connect').click();
    assert.match(await fault(page, 'board-fault'), /^No port was chosen\. Plug the board in/);
    assert.equal(await page.locator('#connect').isEnabled(), true);
    await page.close();
  });

  const model = readFileSync(MODEL);
  const damaged = Buffer.from(model);
  damaged[5000] ^= 1;
  const badModels: readonly [string, Uint8Array | string, RegExp][] = [
    ['a model with a flipped bit', damaged, /broken\.spkw: .*CRC/],
    ['a model that is cut off', model.subarray(0, 5000), /broken\.spkw: /],
    ['a text file in place of a model', 'yes no up down', /broken\.spkw: /],
  ];
  for (const [what, content, message] of badModels) {
    test(what, async () => {
      const { page } = await openPage(browser, server.url);
      await page.locator('#model-file').setInputFiles(file('broken.spkw', content));
      const text = await fault(page, 'model-fault');
      assert.match(text, message);
      assert.match(text, /The previous model is still in use\.$/);
      assert.equal(await page.locator('#model').inputValue(), 'gsc-17-small');
      await page.locator('#model-file').setInputFiles(file('whole.spkw', model));
      await page.locator('#model-fault').waitFor({ state: 'hidden' });
      await page.close();
    });
  }

  const badRecordings: readonly [string, string, Uint8Array | string, RegExp][] = [
    [
      'a file that is not a recording',
      'noise.wav',
      'RIFF, but not much else',
      /^noise\.wav: a RIFF file of the kind .*; convert it to/s,
    ],
    ['an empty recording', 'empty.wav', '', /^empty\.wav: 0 bytes, .*; record or download it again\.$/s],
  ];
  for (const [what, name, content, message] of badRecordings) {
    test(what, async () => {
      const { page } = await openPage(browser, server.url);
      await page.locator('#recording-file').setInputFiles(file(name, content));
      assert.match(await fault(page, 'sound-fault'), message);
      await page.close();
    });
  }

  test('a file that is neither a model nor a recording', async () => {
    const { page } = await openPage(browser, server.url);
    await dropFile(page, 'letter.txt', Buffer.from('hello'));
    assert.match(
      await fault(page, 'sound-fault'),
      /letter\.txt is neither a model \(\.spkw\) nor a recording\. Drop one of these\./,
    );
    await page.close();
  });

  test('a server that is not running any more', async () => {
    const { page } = await openPage(browser, server.url);
    await page.route('**/*.spkw', (route) => route.abort());
    await page.evaluate(`(() => {
      const other = new Option('other');
      const select = document.getElementById('model');
      select.append(other);
      select.value = 'other';
      select.dispatchEvent(new Event('change'));
    })()`);
    assert.match(
      await fault(page, 'model-fault'),
      /Is spikeword web still running\? If not, start it again and reload the page\. The previous model is still in use\.$/,
    );
    await page.close();
  });

  test('a recording that is dropped before there is a model', async () => {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.route('**/models/index.json', (route) => route.abort());
    await page.goto(server.url);
    await fault(page, 'model-fault');
    const recording = readFileSync(packagePath('datasets/sample/yes/9f094882_nohash_0.wav'));
    await dropFile(page, 'yes.wav', recording);
    assert.match(await fault(page, 'sound-fault'), /^yes\.wav: no model is loaded\. Choose or open a model/);
    await page.locator('#model-file').setInputFiles(file('whole.spkw', model));
    await page.locator('#sound-fault').waitFor({ state: 'hidden' });
    await dropFile(page, 'yes.wav', recording);
    await page.locator('#sound-note', { hasText: 'heard.' }).waitFor();
    assert.deepEqual(errors, []);
    await page.close();
  });

  test('a folder', async () => {
    const { page, errors } = await openPage(browser, server.url);
    // a script cannot drop a folder; its file cannot be read, just like this one
    await page.evaluate(`File.prototype.slice = () => ({
      arrayBuffer: async () => { throw new DOMException('A requested file could not be found.', 'NotFoundError'); },
    })`);
    await dropFile(page, 'recordings', Buffer.from(''));
    assert.match(await fault(page, 'sound-fault'), /^recordings cannot be read: .* Drop a model \(\.spkw\) or/);
    assert.deepEqual(errors, []);
    await page.close();
  });
});
