import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { encodeWav } from '../../host/core/wav/index.js';
import { serveWeb, type WebServer } from '../../host/web/index.js';
import { browserSkip, openPage, startChromium } from './chromium.js';
import { MODEL, SAID, wordsWav } from './words.js';

/** Keeps the context and the track of the microphone in the page, where a test finds them. */
const KEEP = `
  window.AudioContext = class extends AudioContext {
    constructor(options) { super(options); window.sound = this; }
  };
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wish) => {
    const stream = await ask(wish);
    [window.track] = stream.getAudioTracks();
    return stream;
  };`;

/** Refuses every context but those of one rate, as Firefox does if the stream has another. */
const onlyAt = (rate: number): string => `
  const connect = AudioContext.prototype.createMediaStreamSource;
  AudioContext.prototype.createMediaStreamSource = function (stream) {
    if (this.sampleRate === ${rate}) return connect.call(this, stream);
    throw new DOMException(
      'Connecting AudioNodes from AudioContexts with different sample-rate is currently not supported.',
      'NotSupportedError',
    );
  };
  MediaStreamTrack.prototype.getSettings = () => ({ sampleRate: 16000 });`;

describe('the microphone of the page', { skip: browserSkip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-web-microphone-'));
  let server: WebServer;
  let browser: Browser;
  before(async () => {
    server = await serveWeb({ port: 0, model: MODEL });
    const wav = join(folder, 'words.wav');
    writeFileSync(wav, await wordsWav());
    browser = await startChromium({ wav, loop: true });
  });
  after(async () => {
    await browser.close();
    await server.close();
    rmSync(folder, { recursive: true });
  });

  /** Opens a page that runs `script` first, and presses Listen. */
  async function pressListen(script: string, chromium = browser): Promise<{ page: Page; errors: readonly string[] }> {
    const opened = await openPage(chromium, server.url, {}, (page) => page.addInitScript(script));
    await opened.page.locator('#listen').click();
    return opened;
  }

  async function listen(script = KEEP): Promise<{ page: Page; errors: readonly string[] }> {
    const opened = await pressListen(script);
    await opened.page.locator('#sound-note', { hasText: 'heard at 16,000 Hz' }).waitFor();
    return opened;
  }

  const fault = (page: Page) => page.locator('#sound-fault');
  const isListening = async (page: Page) => assert.equal(await page.locator('#listen').innerText(), 'Stop');

  test('is heard at a rate that the browser accepts, if it refuses that of the device', async () => {
    const { page, errors } = await listen(onlyAt(44_100));
    assert.match(await page.locator('#sound-note').innerText(), /44,100 Hz, heard at 16,000 Hz/);
    await page.locator('.detection').nth(1).waitFor();
    const words = await page.locator('.detection').allInnerTexts();
    assert.ok(
      words.every((text) => SAID.some((word) => text.includes(word))),
      words.join(),
    );
    assert.deepEqual(errors, []);
    await page.close();
  });

  test('that the browser takes at no rate is refused with what to do', async () => {
    const { page, errors } = await pressListen(onlyAt(1));
    await fault(page).waitFor();
    assert.match(await fault(page).innerText(), /^This browser cannot use .* Set .* to 48,000 Hz .*, choose another/);
    assert.equal(await page.locator('#listen').innerText(), 'Listen');
    assert.deepEqual(errors, []);
    await page.close();
  });

  test('that the browser does not start is given up after seconds, with what to do', async () => {
    const { page, errors } = await pressListen(`AudioContext.prototype.resume = () => new Promise(() => {});`);
    assert.match(await page.locator('#sound-note').innerText(), /^Waiting for the microphone/);
    await fault(page).waitFor({ timeout: 15_000 });
    assert.match(await fault(page).innerText(), /^The browser does not start the sound\. .* then reload this page\.$/);
    assert.equal(await page.locator('#listen').innerText(), 'Listen');
    assert.deepEqual(errors, []);
    await page.close();
  });

  for (const [state, stop] of Object.entries({
    suspended: `sound.suspend();`,
    // Safari, during a call
    interrupted: `Object.defineProperty(sound, 'state', { get: () => 'interrupted', configurable: true });
      sound.dispatchEvent(new Event('statechange'));`,
  })) {
    for (const [what, act] of Object.entries({
      'the user clicks': (page: Page) => page.locator('h1').click(),
      'the page is shown again': (page: Page) => page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`),
    })) {
      test(`that is ${state} is said to be, and goes on when ${what}`, async () => {
        const { page, errors } = await listen();
        await page.evaluate(`sound.resume = () => Promise.reject(new DOMException('', 'InvalidStateError'));${stop}`);
        await fault(page).waitFor();
        assert.match(
          await fault(page).innerText(),
          /^The browser has paused the sound; .* Click anywhere on this page/,
        );
        await isListening(page);
        await page.evaluate(`sound.resume = async () => {
          delete sound.state;
          delete sound.resume;
          await sound.resume();
          sound.dispatchEvent(new Event('statechange'));
        };`);
        await act(page);
        await fault(page).waitFor({ state: 'hidden' });
        await isListening(page);
        assert.deepEqual(errors, []);
        await page.close();
      });
    }
  }

  test('that the system mutes is said to be, until it is no longer', async () => {
    const { page, errors } = await listen();
    await page.evaluate(`Object.defineProperty(track, 'muted', { value: true, configurable: true });
      track.dispatchEvent(new Event('mute'));`);
    await fault(page).waitFor();
    assert.match(await fault(page).innerText(), /^The browser or the system has muted the microphone\. Unmute it/);
    await page.evaluate(`delete track.muted; track.dispatchEvent(new Event('unmute'));`);
    await fault(page).waitFor({ state: 'hidden' });
    await isListening(page);
    assert.deepEqual(errors, []);
    await page.close();
  });

  test('that is unplugged ends the listening, with what to do', async () => {
    const { page, errors } = await listen();
    await page.evaluate(`track.dispatchEvent(new Event('ended'))`);
    await fault(page).waitFor();
    assert.match(
      await fault(page).innerText(),
      /^The microphone was disconnected\. Plug it in again and press Listen\.$/,
    );
    assert.equal(await page.locator('#listen').innerText(), 'Listen');
    assert.equal(await page.evaluate('sound.state'), 'closed');
    assert.deepEqual(errors, []);
    await page.close();
  });

  test('that was unplugged before it was heard is not listened to', async () => {
    const { page, errors } = await pressListen(
      `Object.defineProperty(MediaStreamTrack.prototype, 'readyState', { value: 'ended' });`,
    );
    await fault(page).waitFor();
    assert.match(await fault(page).innerText(), /^The microphone was disconnected\./);
    assert.equal(await page.locator('#listen').innerText(), 'Listen');
    assert.deepEqual(errors, []);
    await page.close();
  });

  test('that gives only zeros is said to within seconds', async () => {
    const wav = join(folder, 'zeros.wav');
    writeFileSync(wav, encodeWav(new Int16Array(160_000)));
    const silent = await startChromium({ wav, loop: true });
    const { page, errors } = await pressListen('', silent);
    await fault(page).waitFor({ timeout: 10_000 });
    assert.match(await fault(page).innerText(), /^Nothing but zeros for 3 s: is the microphone muted\? Unmute it, /);
    await isListening(page);
    await page.locator('#listen').click();
    await fault(page).waitFor({ state: 'hidden' });
    assert.deepEqual(errors, []);
    await silent.close();
  });

  test('that stops while it is paused says nothing more', async () => {
    const { page, errors } = await listen();
    await page.evaluate(`sound.resume = () => Promise.reject(new DOMException('', 'InvalidStateError'));
      sound.suspend();`);
    await fault(page).waitFor();
    await page.locator('#listen').click();
    assert.equal(await page.locator('#sound-note').innerText(), 'Stopped.');
    assert.equal(await fault(page).isHidden(), true);
    assert.deepEqual(errors, []);
    await page.close();
  });
});
