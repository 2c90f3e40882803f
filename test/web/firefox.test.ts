import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { serveWeb, type WebServer } from '../../host/web/index.js';
import { without } from '../audio/sound-programs.js';
import { firefoxSkip, openInFirefox, startFirefox, startLoudspeaker, untilText } from './firefox.js';
import { heardInNode, MODEL, wordsStream, wordsWav } from './words.js';

describe('the page in Firefox', { skip: firefoxSkip, timeout: 300_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-firefox-'));
  let [server, browser]: [WebServer, Browser] = [null!, null!];
  before(async () => {
    server = await serveWeb({ port: 0, model: MODEL });
    browser = await startFirefox();
  });
  after(async () => {
    await browser.close();
    await server.close();
    rmSync(folder, { recursive: true });
  });

  test('hears in a recording what the kit hears, without an error on the console', async () => {
    const { page, errors } = await openInFirefox(browser, server.url);
    const wav = join(folder, 'words.wav');
    writeFileSync(wav, await wordsWav());
    const input = await page.$('#recording-file');
    await (input as unknown as { uploadFile(path: string): Promise<void> }).uploadFile(wav);
    await untilText(page, '#sound-note', /heard\.$/);
    const heard = await page.$$eval('#detections li > :first-child', (words) => words.map((word) => word.textContent));
    assert.deepEqual(
      heard.reverse(),
      heardInNode(await wordsStream()).map(({ word }) => word),
    );
    assert.deepEqual(errors, []);
    await page.close();
  });

  test('says what to do without a microphone, and that there is no Web Serial', async () => {
    const { page, errors } = await openInFirefox(browser, server.url);
    await page.click('#listen');
    assert.match(await untilText(page, '#sound-fault', /./), /^No microphone was found\. Plug one in/);
    await page.keyboard.press('Shift');
    await page.waitForSelector('#connect:enabled');
    assert.match(await untilText(page, '#board-note', /./), /This browser has no Web Serial\.$/);
    await page.click('#connect');
    assert.match(await untilText(page, '#board-fault', /./), /no Web Serial: use Chrome, Edge, Opera or a new Firefox/);
    assert.deepEqual(errors, []);
    await page.close();
  });

  test('listens to a microphone', { skip: without('pulseaudio') }, async () => {
    const loudspeaker = await startLoudspeaker(join(folder, 'sound'));
    const humming = await startFirefox('humming', loudspeaker.env);
    const { page, errors } = await openInFirefox(humming, server.url);
    await page.click('#listen');
    await untilText(page, '#level-text', /^-?\d+ dB$/);
    await untilText(page, '#sound-note', /Hz, heard at 16,000 Hz/);
    assert.deepEqual(errors, []);
    await humming.close();
    await loudspeaker.stop();
  });

  test('says what to do about a microphone that it refuses', async () => {
    const refusing = await startFirefox('refused');
    const { page } = await openInFirefox(refusing, server.url);
    await page.click('#listen');
    assert.match(
      await untilText(page, '#sound-fault', /./),
      /^The browser refused the microphone\. Allow it .* address bar/,
    );
    await refusing.close();
  });

  test('makes an export', async () => {
    const { page, errors } = await openInFirefox(browser, server.url);
    // the first key loads the stages below
    await page.keyboard.press('Shift');
    await page.waitForSelector('button.export[data-target="c"]:enabled');
    await page.click('button.export[data-target="c"]');
    await untilText(page, '#export-note', /the self test hears .*This command makes the same bytes:$/);
    assert.equal(await untilText(page, '#export-command', /./), 'npx spikeword export gsc-17-small.spkw --to c');
    assert.deepEqual(errors, []);
    await page.close();
  });
});
