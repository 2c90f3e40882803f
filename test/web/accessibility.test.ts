import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { serveWeb, type WebServer } from '../../host/web/index.js';
import { SCREENS, violations } from './axe.js';
import { browserSkip, openPage, scrollTo, startChromium } from './chromium.js';
import { MODEL, wordsWav } from './words.js';

describe('accessibility of the page', { skip: browserSkip }, () => {
  let server: WebServer;
  let browser: Browser;
  let recording: { name: string; mimeType: string; buffer: Buffer };
  before(async () => {
    server = await serveWeb({ port: 0, model: MODEL });
    browser = await startChromium();
    recording = { name: 'words.wav', mimeType: 'audio/wav', buffer: await wordsWav() };
  });
  after(async () => {
    await browser.close();
    await server.close();
  });

  for (const options of SCREENS) {
    const { colorScheme, viewport } = options;
    test(`axe finds no fault in ${colorScheme} colours, ${viewport.width} px wide: empty, with words, with errors`, async () => {
      const { page } = await openPage(browser, server.url, options);
      assert.deepEqual(await violations(page), []);
      await scrollTo(page, 'see');
      await page.locator('#recording-file').setInputFiles(recording);
      await page.locator('#sound-note', { hasText: 'heard.' }).waitFor();
      await page.locator('.chip.top').waitFor();
      assert.deepEqual(await violations(page), []);
      await page.locator('#listen').click();
      await page.locator('#sound-fault').waitFor();
      await page.locator('#model-file').setInputFiles({ ...recording, name: 'no-model.spkw' });
      await page.locator('#model-fault').waitFor();
      assert.deepEqual(await violations(page), []);
      await page.close();
    });
  }

  test('axe finds no fault while it listens, and texts that change all the time are not announced', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'spikeword-web-axe-'));
    const wav = join(folder, 'words.wav');
    writeFileSync(wav, recording.buffer);
    const listening = await startChromium({ wav });
    const { page } = await openPage(listening, server.url);
    await page.locator('#listen').click();
    await page.locator('.detection').first().waitFor();
    const spoken = await page.evaluate(`(async () => {
      const spoken = [];
      const heard = (mutations) => spoken.push(...mutations.map(({ target }) => target.id || target.parentElement.id));
      const observer = new MutationObserver(heard);
      for (const place of document.querySelectorAll('output, [role=status], [role=alert], [aria-live]')) {
        observer.observe(place, { childList: true, characterData: true, subtree: true });
      }
      await new Promise((resolve) => setTimeout(resolve, 2000));
      return spoken;
    })()`);
    assert.deepEqual(spoken, []);
    for (const { colorScheme, viewport } of SCREENS) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(viewport);
      assert.deepEqual(await violations(page), [], `${colorScheme}, ${viewport.width} pixels wide`);
    }
    await listening.close();
    rmSync(folder, { recursive: true });
  });

  test('nothing is wider than a screen of 320 pixels', async () => {
    const { page } = await openPage(browser, server.url, { viewport: { width: 320, height: 800 } });
    await scrollTo(page, 'see');
    await page.locator('#recording-file').setInputFiles(recording);
    await page.locator('#sound-note', { hasText: 'heard.' }).waitFor();
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 320);
    await page.close();
  });

  test('a detection is announced', async () => {
    const { page } = await openPage(browser, server.url);
    const log = page.getByRole('log', { name: 'Detections' });
    await page.locator('#recording-file').setInputFiles(recording);
    await log.getByText('yes').first().waitFor();
    await page.close();
  });
});
