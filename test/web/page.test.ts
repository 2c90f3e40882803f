import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import type { Detection } from '../../host/detection/index.js';
import { packagePath } from '../../host/package-files.js';
import { serveWeb, type WebServer } from '../../host/web/index.js';
import { browserSkip, openPage, startChromium } from './chromium.js';
import { brokenOffWav, heardInNode, MODEL, SAID, wordsStream, wordsWav } from './words.js';

const folder = mkdtempSync(join(tmpdir(), 'spikeword-web-'));
const wav = join(folder, 'words.wav');
let server: WebServer;
before(async () => {
  writeFileSync(wav, await wordsWav());
  server = await serveWeb({ port: 0, model: MODEL });
});
after(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** The list of detections, in the order in which they came: word, score, time. */
async function detections(page: Page): Promise<string[]> {
  return (await page.locator('.detection').allInnerTexts()).map((text) => text.split('\n').join(' ')).reverse();
}

const asListed = ({ word, score, timeMs }: Detection): string =>
  `${word} ${(score * 100).toFixed(0)} % 0:${(Math.floor(timeMs / 100) / 10).toFixed(1).padStart(4, '0')}`;

test('the page without models takes at most 200 kB, compressed', () => {
  const built = packagePath('dist/web/');
  const files = readdirSync(built, { recursive: true, encoding: 'utf8' }).filter((name) => /\.\w+$/.test(name));
  const sizes = files
    .filter((name) => !name.endsWith('.spkw'))
    .map((name) => gzipSync(readFileSync(built + name)).length);
  const size = sizes.reduce((sum, bytes) => sum + bytes, 0);
  assert.ok(size > 20_000 && size <= 200_000, `${size} bytes`);
});

describe('the page', { skip: browserSkip }, () => {
  let browser: Browser;
  before(async () => {
    browser = await startChromium();
  });
  after(() => browser.close());

  test('hears in a recording what the detector hears in Node: the same words, scores and times', async () => {
    const { page, errors } = await openPage(browser, server.url);
    await page.locator('#recording-file').setInputFiles(wav);
    await page.locator('#sound-note', { hasText: 'heard.' }).waitFor();
    const expected = heardInNode(await wordsStream());
    assert.deepEqual(
      expected.map(({ word }) => word),
      SAID,
    );
    assert.deepEqual(await detections(page), expected.map(asListed));
    assert.equal(await page.locator('#word').innerText(), SAID.at(-1));
    assert.deepEqual(errors, []);
    await page.close();
  });

  test('takes a recording and a model that are dropped on it', async () => {
    const { page } = await openPage(browser, server.url);
    await drop(page, 'model.spkw', readFileSync(MODEL));
    await page.locator('#model option:checked', { hasText: 'model.spkw' }).waitFor({ state: 'attached' });
    await drop(page, 'words.wav', readFileSync(wav));
    await page.locator('#sound-note', { hasText: 'heard.' }).waitFor();
    assert.equal((await detections(page)).length, SAID.length);
    await page.close();
  });

  test('draws scores, features and the spikes of every layer, and says what they cost', async () => {
    const { page } = await openPage(browser, server.url);
    const recording = { name: 'words.wav', mimeType: 'audio/wav', buffer: await brokenOffWav() };
    await page.locator('#recording-file').setInputFiles(recording);
    await page.locator('#figure-spikes', { hasText: /\d/ }).waitFor();
    await page.locator('#sound-note', { hasText: 'heard.' }).waitFor();
    const blank = `[...document.querySelectorAll('canvas')].filter((canvas) => !canvas.getContext('2d')
      .getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0)).length`;
    // the pictures follow the sound by a frame of the screen, or by more where the machine has other work
    for (let tries = 0; tries < 50 && (await page.evaluate(blank)) !== 0; tries++) await page.waitForTimeout(100);
    assert.equal(await page.evaluate(blank), 0);
    assert.equal(await page.locator('canvas').count(), 17 + 1 + 1 + 9);
    assert.match(await page.locator('#figure-spikes').innerText(), /^0\.\d{3}$/);
    assert.match(await page.locator('#figure-operations').innerText(), /^\d+(\.\d+)?\s[kM]$/);
    await page.close();
  });

  test('asks nobody but its own server, and could not', async () => {
    const { page, requests, errors } = await openPage(browser, server.url);
    await page.locator('#recording-file').setInputFiles(wav);
    await page.locator('#sound-note', { hasText: 'heard.' }).waitFor();
    assert.deepEqual(
      requests.filter((address) => !address.startsWith(server.url)),
      [],
    );
    assert.deepEqual(errors, []);
    const refused = await page.evaluate(`(async () => {
      const broken = [];
      document.addEventListener('securitypolicyviolation', (event) => broken.push(event.effectiveDirective));
      await fetch('https://example.com/').catch(() => {});
      new Image().src = 'https://example.com/sound.png';
      document.body.append(Object.assign(document.createElement('script'), { src: 'https://example.com/script.js' }));
      try { new WebSocket('wss://example.com/'); } catch {}
      navigator.sendBeacon('https://example.com/', 'sound');
      await new Promise((resolve) => setTimeout(resolve, 200));
      return broken.sort();
    })()`);
    // each once by the policy in the page's head and once by the server's header
    const directives = ['connect-src', 'connect-src', 'connect-src', 'img-src', 'script-src-elem'];
    assert.deepEqual(
      refused,
      directives.flatMap((directive) => [directive, directive]),
    );
    await page.close();
  });

  test('can be used with the keyboard alone', async () => {
    const { page } = await openPage(browser, server.url);
    const reached: unknown[] = [];
    for (let k = 0; k < 8; k++) {
      await page.keyboard.press('Tab');
      reached.push(await page.evaluate('document.activeElement.id'));
    }
    assert.deepEqual(reached.slice(0, 7), [
      'model',
      'open-model',
      'listen',
      'microphone',
      'open-recording',
      'log',
      'connect',
    ]);
    await page.locator('#open-recording').focus();
    const chooser = page.waitForEvent('filechooser');
    // the browser has to know first that somebody waits
    await page.evaluate('0');
    await page.keyboard.press('Enter');
    await (await chooser).setFiles(wav);
    await page.locator('#sound-note', { hasText: 'heard.' }).waitFor();
    await page.close();
  });

  test('stands still where motion is not wanted', async () => {
    const { page } = await openPage(browser, server.url, { reducedMotion: 'reduce' });
    assert.equal(await page.locator('.axis.still').isVisible(), true);
    await page.locator('#recording-file').setInputFiles(wav);
    await page.locator('#sound-note', { hasText: 'heard.' }).waitFor();
    assert.equal((await detections(page)).length, SAID.length);
    await page.close();
  });
});

describe('the page with a microphone', { skip: browserSkip }, () => {
  test('hears the words that are spoken into it', { timeout: 60_000 }, async () => {
    const browser = await startChromium({ wav });
    const { page, requests, errors } = await openPage(browser, server.url);
    await page.locator('#listen').click();
    await page.locator('.detection', { hasText: SAID.at(-1) }).waitFor({ timeout: 40_000 });
    assert.deepEqual(
      (await detections(page)).map((text) => text.split(' ')[0]),
      SAID,
    );
    assert.match(await page.locator('#sound-note').innerText(), /\d Hz, heard at 16,000 Hz/);
    await page.locator('#listen').click();
    assert.equal(await page.locator('#listen').getAttribute('aria-pressed'), 'false');
    assert.deepEqual(
      requests.filter((address) => !address.startsWith(server.url)),
      [],
    );
    assert.deepEqual(errors, []);
    await browser.close();
  });
});

/** Drops a file on the middle of the page. */
async function drop(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  await page.evaluate(`(() => {
    const dataTransfer = new DataTransfer();
    const bytes = Uint8Array.from(atob(${JSON.stringify(Buffer.from(bytes).toString('base64'))}), (c) => c.charCodeAt(0));
    dataTransfer.items.add(new File([bytes], ${JSON.stringify(name)}));
    for (const type of ['dragover', 'drop']) {
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    }
  })()`);
}
