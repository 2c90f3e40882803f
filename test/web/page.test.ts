import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { decodeSamples } from '../../host/audio/index.js';
import { type Detection, operatingPointOf } from '../../host/core/detection/index.js';
import { encodeModel } from '../../host/core/model/index.js';
import { clockText } from '../../host/core/text/index.js';
import { readModel } from '../../host/model/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { serveWeb, type WebServer } from '../../host/web/index.js';
import { data, fmt, integers, riff } from '../audio/wav-bytes.js';
import { browserSkip, foreign, openPage, scrollTo, startChromium } from './chromium.js';
import { dropFile } from './drop-file.js';
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

/** Returns the listed detections, the oldest first: word, score, time. */
async function detections(page: Page): Promise<string[]> {
  return (await page.locator('.detection').allInnerTexts()).map((text) => text.split('\n').join(' ')).reverse();
}

const asListed = ({ word, score, timeMs }: Detection): string =>
  `${word} ${(score * 100).toFixed(0)} % 0:${(Math.floor(timeMs / 100) / 10).toFixed(1).padStart(4, '0')}`;

/** Returns the samples at 44.1 kHz, all on the left channel. Linear interpolation is good enough for words. */
function stereo44100(samples: Int16Array): Buffer {
  const length = Math.floor(((samples.length - 1) * 44_100) / 16_000);
  const both = Array.from({ length: 2 * length }, (_, k) => {
    if (k % 2 === 1) return 0;
    const at = ((k / 2) * 16_000) / 44_100;
    const before = Math.floor(at);
    return Math.round(samples[before] + (at - before) * (samples[before + 1] - samples[before]));
  });
  return Buffer.from(riff([fmt({ channels: 2, rate: 44_100 }), data(integers(both, 16))]));
}

describe('the page', { skip: browserSkip }, () => {
  let browser: Browser;
  before(async () => {
    browser = await startChromium();
  });
  after(() => browser.close());

  test('detects the same words, scores and times in a recording as Node does', async () => {
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

  test('detects the same words in a stereo recording at another rate', async () => {
    const { page } = await openPage(browser, server.url);
    await page.locator('#recording-file').setInputFiles({
      name: 'stereo.wav',
      mimeType: 'audio/wav',
      buffer: stereo44100(await wordsStream()),
    });
    await page.locator('#sound-note', { hasText: 'stereo.wav: 0:11.1 heard.' }).waitFor();
    assert.deepEqual(
      (await detections(page)).map((text) => text.split(' ')[0]),
      SAID,
    );
    await page.close();
  });

  /** Tones, compressed and repeated: a recording that is too long to be decoded at once. */
  const longMp3 = (bytes: number): Buffer => {
    const tones = readFileSync(packagePath('test/audio/recordings/tones.mp3'));
    return Buffer.concat(new Array(Math.ceil(bytes / tones.length)).fill(tones));
  };

  test('hears all of a long compressed recording, with as many samples as Node', async () => {
    const { page, errors } = await openPage(browser, server.url);
    const buffer = longMp3(200_000);
    await page.locator('#recording-file').setInputFiles({ name: 'tones.mp3', mimeType: 'audio/mpeg', buffer });
    const samples = await decodeSamples(buffer, 'tones.mp3');
    assert.ok(samples.length > 15 * 16_000);
    await page.locator('#sound-note', { hasText: `tones.mp3: ${clockText(samples.length / 16)} heard.` }).waitFor();
    assert.deepEqual(errors, []);
    await page.close();
  });

  test('says how far it is in a recording of hours, which Stop ends at once', async () => {
    const { page, errors } = await openPage(browser, server.url);
    // made in the page, because so many bytes take long to get there
    await page.evaluate(`(() => {
      const tones = Uint8Array.from(atob(${JSON.stringify(longMp3(1).toString('base64'))}), (c) => c.charCodeAt(0));
      const file = new File(new Array(Math.ceil(40e6 / tones.length)).fill(tones), 'hours.mp3');
      const transfer = new DataTransfer();
      transfer.items.add(file);
      const input = document.getElementById('recording-file');
      input.files = transfer.files;
      input.dispatchEvent(new Event('change'));
    })()`);
    const [note, button] = [page.locator('#sound-note'), page.locator('#listen')];
    await page.locator('#sound-note', { hasText: /^hours\.mp3: [\d:]+\.\d, \d+ % of the file$/ }).waitFor();
    assert.equal(await button.innerText(), 'Stop');
    await button.click();
    assert.equal(await button.innerText(), 'Listen');
    const stopped = await note.innerText();
    assert.match(stopped, /^Stopped after \d+:\d\d\.\d\.$/);
    const frames = await page.locator('.detection').count();
    await page.waitForTimeout(300);
    assert.deepEqual([await note.innerText(), await page.locator('.detection').count()], [stopped, frames]);
    assert.deepEqual(errors, []);
    await page.close();
  });

  test('hears a recording up to where it is damaged, and says so', async () => {
    const { page } = await openPage(browser, server.url);
    const samples = new Float32Array(20 * 16_000).fill(0.1);
    samples[15 * 16_000] = Number.NaN;
    const buffer = Buffer.from(riff([fmt({ tag: 3, bits: 32 }), data(Buffer.from(samples.buffer))]));
    await page.locator('#recording-file').setInputFiles({ name: 'floats.wav', mimeType: 'audio/wav', buffer });
    await page.locator('#sound-fault', { hasText: /^floats\.wav: sample 240000 is NaN, .*again\.$/ }).waitFor();
    assert.match(await page.locator('#sound-note').innerText(), /^floats\.wav: 0:1[45]\.\d heard before the fault\.$/);
    assert.equal(await page.locator('#listen').innerText(), 'Listen');
    await page.close();
  });

  test('opens a recording and a model that are dropped on it', async () => {
    const { page } = await openPage(browser, server.url);
    await dropFile(page, 'model.spkw', readFileSync(MODEL));
    await page.locator('#model option:checked', { hasText: 'model.spkw' }).waitFor({ state: 'attached' });
    await dropFile(page, 'words.wav', readFileSync(wav));
    await page.locator('#sound-note', { hasText: 'heard.' }).waitFor();
    assert.equal((await detections(page)).length, SAID.length);
    await page.close();
  });

  test('detects only the words that are ticked, as eagerly as the slider says', async () => {
    const { network } = readModel(MODEL);
    const point = operatingPointOf(network);
    const { thresholds } = point;
    const none = thresholds.map((threshold) => (threshold === 0 ? 0 : 65_535));
    const curve = [
      { falseAcceptsPerHour: 0.5, missRate: 0.9, thresholds: none },
      { falseAcceptsPerHour: 50, missRate: 0.1, thresholds },
    ];
    const { page, errors } = await openPage(browser, server.url);
    let times = 0;
    const heard = async (): Promise<string[]> => {
      const name = `words-${++times}.wav`;
      await page.locator('#recording-file').setInputFiles({ name, mimeType: 'audio/wav', buffer: readFileSync(wav) });
      await page.locator('#sound-note', { hasText: new RegExp(`${name}: .* heard`) }).waitFor();
      return (await detections(page)).map((text) => text.split(' ')[0]);
    };
    assert.deepEqual(await heard(), SAID);
    assert.equal(await page.locator('#eagerness').isVisible(), false);
    const tuned = encodeModel({ ...network, detection: { ...point, curve } });
    await dropFile(page, 'tuned.spkw', tuned);
    await page.locator('#model option:checked', { hasText: 'tuned.spkw' }).waitFor({ state: 'attached' });
    assert.deepEqual(await heard(), SAID);
    const note = (): Promise<string> => page.locator('#eager-note').innerText();
    assert.match(await note(), /^Of ten words in noise it misses about one \(10 %\), and in an hour .* about 50 that/);
    await page.locator('#chips label', { hasText: SAID[0] }).locator('input').uncheck();
    assert.deepEqual(
      await heard(),
      SAID.filter((word) => word !== SAID[0]),
    );
    await page.locator('#eager').fill('0');
    assert.match(
      await note(),
      /^Of ten words in noise it misses about nine \(90 %\), and in an hour .* about 0\.5 that/,
    );
    assert.deepEqual(await heard(), []);
    assert.deepEqual(errors, []);
    await page.close();
  });

  test('draws sound, spectrogram, features and the spikes of every layer, and shows the number of operations', async () => {
    const { page } = await openPage(browser, server.url);
    await scrollTo(page, 'see');
    const recording = { name: 'words.wav', mimeType: 'audio/wav', buffer: await brokenOffWav() };
    await page.locator('#recording-file').setInputFiles(recording);
    await page.locator('#figure-spikes', { hasText: /\d/ }).waitFor();
    await page.locator('#sound-note', { hasText: 'heard.' }).waitFor();
    const blank = `[...document.querySelectorAll('#hear canvas, #see canvas')].filter((canvas) => !canvas.getContext('2d')
      .getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0)).length`;
    // the pictures follow the sound after one frame of the screen, or later if the machine is busy
    for (let tries = 0; tries < 50 && (await page.evaluate(blank)) !== 0; tries++) await page.waitForTimeout(100);
    assert.equal(await page.evaluate(blank), 0);
    // two in Hear; sound, spectrogram, features, nine layers and a membrane in See
    assert.equal(await page.locator('#hear canvas, #see canvas').count(), 2 + 3 + 9 + 1);
    assert.match(await page.locator('#figure-spikes').innerText(), /^0\.\d{3}$/);
    assert.match(await page.locator('#figure-operations').innerText(), /^\d+(\.\d+)?\s[kM]$/);
    await page.close();
  });

  test('contacts only its own server, and the browser blocks everything else', async () => {
    const { page, requests, errors } = await openPage(browser, server.url);
    await page.locator('#recording-file').setInputFiles(wav);
    await page.locator('#sound-note', { hasText: 'heard.' }).waitFor();
    assert.deepEqual(foreign(requests, server.url), []);
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
    // each is reported twice: by the policy in the page's head and by that in the server's header
    const directives = ['connect-src', 'connect-src', 'connect-src', 'img-src', 'script-src-elem'];
    assert.deepEqual(
      refused,
      directives.flatMap((directive) => [directive, directive]),
    );
    // the worker that listens has the page's policy, not only that of the server's header
    const [worker] = page.workers();
    const inWorker = await worker.evaluate(`(async () => {
      const broken = [];
      addEventListener('securitypolicyviolation', (event) => broken.push(event.effectiveDirective));
      await fetch('https://example.com/').catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 200));
      return broken;
    })()`);
    assert.deepEqual(inWorker, ['connect-src', 'connect-src']);
    await page.close();
  });

  test('can be used with the keyboard alone', async () => {
    const { page } = await openPage(browser, server.url);
    await page.locator('#recording-file').setInputFiles(wav);
    await page.locator('#sound-note', { hasText: 'heard.' }).waitFor();
    await page.locator('.flag').first().waitFor();
    await page.locator('.brand').focus();
    // the first key loads the stages below
    await page.keyboard.press('Shift');
    await page.locator('#connect:enabled').waitFor();
    await page.locator('#moment:enabled').waitFor();
    // boxes, flags and links have no ids
    const reached = new Set<unknown>();
    while (!reached.has('connect') && reached.size < 100) {
      await page.keyboard.press('Tab');
      reached.add(await page.evaluate('document.activeElement.id || document.activeElement.innerText'));
    }
    const expected = [
      ...['See', 'listen', 'example', 'yes', 'left', 'freeze', 'model', 'open-model', 'microphone', 'open-recording'],
      ...['log', 'see-live', 'moment', 'neuron-layer', 'neuron-channel', 'connect'],
    ];
    assert.deepEqual(
      [...reached].filter((id) => expected.includes(String(id))),
      expected,
    );
    await page.locator('#open-recording').focus();
    const chooser = page.waitForEvent('filechooser');
    // a round trip: the browser must know about the listener first
    await page.evaluate('0');
    await page.keyboard.press('Enter');
    await (await chooser).setFiles(wav);
    await page.locator('#sound-note', { hasText: 'heard.' }).waitFor();
    await page.close();
  });

  test('does not scroll its pictures if the user prefers reduced motion', async () => {
    const { page } = await openPage(browser, server.url, { reducedMotion: 'reduce' });
    assert.equal(await page.locator('.axis.still').isVisible(), true);
    await page.locator('#recording-file').setInputFiles(wav);
    await page.locator('#sound-note', { hasText: 'heard.' }).waitFor();
    assert.equal((await detections(page)).length, SAID.length);
    await page.close();
  });
});

describe('the page with a microphone', { skip: browserSkip }, () => {
  test('detects the words that are spoken into it', { timeout: 60_000 }, async () => {
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
    assert.equal(await page.locator('#listen').innerText(), 'Listen');
    assert.deepEqual(foreign(requests, server.url), []);
    assert.deepEqual(errors, []);
    await browser.close();
  });
});
