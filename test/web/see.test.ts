import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { StreamDetector } from '../../host/core/detection/index.js';
import { placesInTime } from '../../host/core/network/index.js';
import { openKernel } from '../../host/model/index.js';
import { serveWeb, type WebServer } from '../../host/web/index.js';
import { judge } from '../judge/judge.js';
import { browserSkip, openPage, scrollTo, startChromium } from './chromium.js';
import { MODEL, SAID, wordsStream, wordsWav } from './words.js';

/** What one neuron did in a step, as the page writes it. */
const STEP = /^t = (\d): ([+−])([\d,]+), reaches (−?)([\d,]+) of ([\d,]+)(?:\.|: spike, (−?)([\d,]+) is left\.)$/;

describe('seeing in the page', { skip: browserSkip }, () => {
  let server: WebServer;
  let browser: Browser;
  before(async () => {
    server = await serveWeb({ port: 0, model: MODEL });
    browser = await startChromium();
  });
  after(async () => {
    await browser.close();
    await server.close();
  });

  test('freezes on the last word, and shows membranes that follow the judge’s rules', async () => {
    const kernel = openKernel(readFileSync(MODEL));
    const detector = new StreamDetector(kernel);
    const stream = await wordsStream();
    let features = new Int8Array(0);
    // hop by hop, so that the features are those of the last detection
    for (let at = 0; at < stream.length; at += 320) {
      if (detector.push(stream.subarray(at, at + 320)).length > 0) features = Int8Array.from(kernel.currentFeatures());
    }
    const { spikes } = judge(kernel.network, features);

    const { page, errors } = await openPage(browser, server.url, { viewport: { width: 1440, height: 900 } });
    const buffer = await wordsWav();
    await page.locator('#recording-file').setInputFiles({ name: 'words.wav', mimeType: 'audio/wav', buffer });
    // what is loaded after the word shows it too
    await page.locator('#sound-note', { hasText: 'heard.' }).waitFor();
    await scrollTo(page, 'see');
    await page.locator('#see-what', { hasText: `Frozen on ${SAID.at(-1)}` }).waitFor();
    await page.locator('#membrane-steps li').first().waitFor();
    assert.deepEqual((await page.locator('#neuron-layer option').allInnerTexts()).slice(0, 4), [
      'first convolution',
      'block 1, first convolution',
      'block 1, second convolution',
      'block 2, first convolution',
    ]);
    const [place] = placesInTime(kernel.plan).slice(4);
    const { channels, frames } = kernel.plan.layers[4].convolution.output;
    // where the most neurons of the layer spike
    const busy = Array.from({ length: frames }, (_, frame) =>
      Array.from({ length: channels }, (_, c) => spikes[4][c * frames + frame]).reduce((sum, spike) => sum + spike),
    );
    const position = busy.indexOf(Math.max(...busy));
    const moment = place.first + position * place.step;
    const speaking = Array.from({ length: channels }, (_, c) => c).filter(
      (c) => spikes[4][c * frames + position] === 1,
    );
    await page.locator('#neuron-layer').selectOption('4');
    let spiked = 0;
    for (const channel of [0, 1, ...speaking.slice(0, 4)]) {
      await page.locator('#moment').fill(`${moment}`);
      await page.locator('#neuron-channel').fill(`${channel + 1}`);
      const steps = await page.locator('#membrane-steps li').allInnerTexts();
      let left = 0;
      steps.forEach((text, t) => {
        const [, step, sign, current, below, reached, threshold, negative, rest] =
          text.match(STEP) ?? assert.fail(text);
        const number = (digits: string, minus: string): number => (minus ? -1 : 1) * Number(digits.replaceAll(',', ''));
        assert.equal(Number(step), t + 1);
        assert.equal(number(reached, below), left + number(current, sign === '−' ? sign : ''), text);
        const spike = rest !== undefined;
        assert.equal(Number(spike), spikes[4][(t * channels + channel) * frames + position], text);
        assert.equal(spike, number(reached, below) >= number(threshold, ''), text);
        left = number(reached, below) - (spike ? number(threshold, '') : 0);
        if (spike) assert.equal(number(rest, negative), left, text);
        spiked += Number(spike);
      });
    }
    assert.ok(spiked > 0, 'some of the neurons spike');

    // the mouse chooses a neuron, and the arrow keys go on from there
    await page
      .locator('.lane.spikes')
      .first()
      .click({ position: { x: 300, y: 1 } });
    assert.equal(await page.locator('#neuron-layer').inputValue(), '0');
    assert.equal(await page.locator('#neuron-channel').inputValue(), '1');
    const before = Number(await page.locator('#moment').inputValue());
    await page.waitForFunction(`document.activeElement.id === 'moment'`);
    await page.keyboard.press('ArrowRight');
    assert.equal(Number(await page.locator('#moment').inputValue()), before + 1);

    assert.match(
      await page.locator('#bar-spiking-text').innerText(),
      /^[\d.]+\s[kM] multiplications, [\d.]+\s[kM] additions$/,
    );
    assert.deepEqual(errors, []);
    await page.close();
  });
});
