import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { serveWeb, type WebServer } from '../../host/web/index.js';
import { browserSkip, openPage, startChromium } from './chromium.js';
import { MODEL, wordsWav } from './words.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What axe finds wrong, one line an element. Evaluated by the debugger, which no policy of the page stops. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(`${axe}; undefined`);
  const found = (await page.evaluate('axe.run().then(({ violations }) => violations)')) as Violation[];
  return found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}

describe('axe finds nothing wrong', { skip: browserSkip }, () => {
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

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1240, 360]) {
      const options = { colorScheme, viewport: { width, height: 800 } };
      test(`in ${colorScheme} colours, ${width} pixels wide: empty, with words, with faults`, async () => {
        const { page } = await openPage(browser, server.url, options);
        assert.deepEqual(await violations(page), []);
        await page.locator('#recording-file').setInputFiles(recording);
        await page.locator('#sound-note', { hasText: 'heard.' }).waitFor();
        await page.locator('.strip.top').waitFor();
        assert.deepEqual(await violations(page), []);
        await page.locator('#listen').click();
        await page.locator('#sound-fault').waitFor();
        await page.locator('#model-file').setInputFiles({ ...recording, name: 'no-model.spkw' });
        await page.locator('#model-fault').waitFor();
        assert.deepEqual(await violations(page), []);
        await page.close();
      });
    }
  }

  test('and nothing is wider than a screen of 360 pixels', async () => {
    const { page } = await openPage(browser, server.url, { viewport: { width: 360, height: 800 } });
    await page.locator('#recording-file').setInputFiles(recording);
    await page.locator('#sound-note', { hasText: 'heard.' }).waitFor();
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 360);
    await page.close();
  });

  test('and a detection is announced', async () => {
    const { page } = await openPage(browser, server.url);
    const log = page.getByRole('log', { name: 'Detections' });
    await page.locator('#recording-file').setInputFiles(recording);
    await log.getByText('yes').first().waitFor();
    await page.close();
  });
});
