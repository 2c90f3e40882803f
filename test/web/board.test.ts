import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { buildFirmware, emulate, findBoard } from '../../host/boards/index.js';
import { detectedWords, operatingPointOf, StreamDetector } from '../../host/core/detection/index.js';
import { detecting } from '../../host/core/export/index.js';
import { crc32, encodeModel } from '../../host/core/model/index.js';
import { countText, crcText } from '../../host/core/text/index.js';
import { encodeWav } from '../../host/core/wav/index.js';
import { openKernel, readModel } from '../../host/model/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { serveWeb, type WebServer } from '../../host/web/index.js';
import { detectingModel } from '../board/alone.js';
import { skipWithout } from '../firmware/skip.js';
import { randomQuantizedNetwork } from '../judge/random-network.js';
import { buildNative, type NativeBoard, type NativeOptions, nativeSkip, startNative } from '../native/index.js';
import { SCREENS, violations } from './axe.js';
import { browserSkip, foreign, openPage, scrollTo, startChromium, type Watched } from './chromium.js';
import { connectSerial, type FakeSerial } from './fake-serial.js';
import { MODEL, wordsStream, wordsWav } from './words.js';

/** Starts a board on this computer: the firmware as a process, its flash in a file. */
function startBoard(executable: string, flash: string, options: Partial<NativeOptions>): NativeBoard {
  return startNative(executable, { flash, slotBytes: 128 * 1024, sectorBytes: 4096, programBytes: 16, ...options });
}

describe('a board over Web Serial', { skip: browserSkip || nativeSkip, timeout: 300_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-web-board-'));
  let [executable, server, browser]: [string, WebServer, Browser] = ['', null!, null!];
  before(async () => {
    executable = await buildNative();
    server = await serveWeb({ port: 0, model: MODEL });
    browser = await startChromium();
  });
  after(async () => {
    await browser.close();
    await server.close();
    rmSync(folder, { recursive: true });
  });

  /** Opens a page whose only port leads to a board, and works with it. */
  async function withBoard(
    name: string,
    work: (watched: Watched, serial: FakeSerial) => Promise<void>,
    firmware = executable,
    options: Partial<NativeOptions> = {},
  ): Promise<void> {
    const board = startBoard(firmware, join(folder, name), options);
    let serial: FakeSerial | undefined;
    const watched = await openPage(browser, server.url, {}, async (page) => {
      serial = await connectSerial(page, board.port);
    });
    try {
      await scrollTo(watched.page, 'prove');
      await work(watched, serial!);
    } finally {
      await watched.page.close();
      await board.stop();
    }
  }

  test('takes the model and gives exactly the page’s scores on words and test sounds', async () => {
    await withBoard('flash', async ({ page, errors, requests }) => {
      await page.locator('#recording-file').setInputFiles({
        name: 'words.wav',
        mimeType: 'audio/wav',
        buffer: await wordsWav(),
      });
      await page.locator('#sound-note', { hasText: 'heard.' }).waitFor();
      await page.locator('#connect').click();
      await page.locator('#board-note', { hasText: 'It runs no model' }).waitFor();
      assert.equal(await page.locator('#compare').isDisabled(), true);
      await page.locator('#flash').click();
      await page.locator('#board-note', { hasText: 'It runs this model.' }).waitFor();
      await page.locator('#compare').click();
      await page.locator('#verdict').waitFor({ timeout: 120_000 });
      // four detected words and six test sounds, seventeen scores each
      assert.match(
        await page.locator('#verdict').innerText(),
        /^Board and page agree: all 170 scores of 10 clips are equal/,
      );
      assert.equal(await page.locator('#comparison tbody tr').count(), 10);
      const first = await page.locator('#comparison tbody tr').first().locator('td').allInnerTexts();
      assert.deepEqual(first.slice(0, 4), ['go', 'go', '17 equal', '0 of 36']);
      for (const { colorScheme, viewport } of SCREENS) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize(viewport);
        const where = `${colorScheme}, ${viewport.width} pixels wide`;
        assert.deepEqual(await violations(page), [], where);
        assert.equal(await page.evaluate('document.documentElement.scrollWidth'), viewport.width, where);
      }
      assert.deepEqual(errors, []);
      assert.deepEqual(foreign(requests, server.url), []);
      await page.locator('#connect', { hasText: 'Disconnect' }).click();
      await page.locator('#board-note', { hasText: 'Not connected.' }).waitFor();
    });
  });

  test('hears the page’s sound beside it, and every number that it answers is compared', async () => {
    const { network } = openKernel(detectingModel());
    const point = operatingPointOf(network);
    const model = encodeModel({
      ...network,
      // `up` is a word that the model is not to detect
      labels: ['yes', 'up', '_unknown_', '_silence_'],
      detection: { ...point, thresholds: point.thresholds.map((threshold, k) => (k === 0 ? threshold : 0)) },
    });
    await withBoard('beside', async ({ page, errors }) => {
      const listening = join(folder, 'listening.spkw');
      writeFileSync(listening, model);
      await page.locator('#model-file').setInputFiles(listening);
      await page.locator('#connect').click();
      await page.locator('#flash:enabled').click();
      await page.locator('#beside-start:enabled').click();
      await page.locator('#beside-note', { hasText: 'the board hears it too' }).waitFor();
      assert.equal(await page.locator('#compare').isDisabled(), true);
      const rows = page.locator('#beside-strips li:not(.titles)');
      assert.deepEqual(await rows.allInnerTexts(), ['yes', 'unknown', 'silence']);
      const stream = (await wordsStream()).subarray(0, 4 * 16_000);
      const buffer = Buffer.from(encodeWav(stream));
      await page.locator('#recording-file').setInputFiles({ name: 'words.wav', mimeType: 'audio/wav', buffer });
      const kernel = openKernel(model);
      let results = 0;
      const detector = new StreamDetector(kernel, { onInference: () => results++ });
      detector.push(stream);
      const { layers, labels, spec } = kernel.network;
      const frames = spec.input.frames + (results - 1) * detector.point.hop;
      const values = frames * spec.input.coefficients + results * (labels.length + 2 * layers.length);
      await page
        .locator('#equal-count', { hasText: new RegExp(`^${countText(values)}$`) })
        .waitFor({ timeout: 120_000 });
      assert.match(await page.locator('#equal-sign').innerText(), /values of the board are equal to the page’s/);
      for (const { colorScheme, viewport } of SCREENS) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize(viewport);
        const where = `${colorScheme}, ${viewport.width} pixels wide`;
        assert.deepEqual(await violations(page), [], where);
        assert.equal(await page.evaluate('document.documentElement.scrollWidth'), viewport.width, where);
      }
      await page.locator('#beside-start', { hasText: 'Stop' }).click();
      await page.locator('#compare:enabled').click();
      await page.locator('#verdict.equal').waitFor();
      assert.deepEqual(errors, []);
    });
  });

  test('shows the words that it hears with its own microphone', async () => {
    const microphone = join(folder, 'microphone');
    const words = new Uint8Array((await wordsStream()).buffer);
    writeFileSync(microphone, Buffer.concat(new Array(20).fill(words)));
    const work = async ({ page, errors }: Watched): Promise<void> => {
      const listening = join(folder, 'alone.spkw');
      writeFileSync(listening, detectingModel());
      await page.locator('#model-file').setInputFiles(listening);
      await page.locator('#connect').click();
      await page.locator('#flash:enabled').click();
      await page.locator('#sound-of-board:enabled').check();
      await page.locator('#beside-start').click();
      const { labels } = openKernel(detectingModel()).network;
      const heard = await page.locator('#board-words li strong').first().innerText();
      assert.ok(labels.includes(heard), heard);
      await page.locator('#beside-note', { hasText: /It has heard 0:\d\d\.\d/ }).waitFor();
      await page.locator('#beside-start', { hasText: 'Stop' }).click();
      await page.locator('#beside-start', { hasText: 'Start' }).waitFor();
      assert.deepEqual(errors, []);
    };
    await withBoard('own-microphone', work, executable, { microphone, microphoneRate: 16_000 });
  });

  test('that gives different answers is reported', async () => {
    const text = readFileSync(packagePath('firmware-bridge/application/clip.c'), 'utf8');
    const patches = { 'application/clip.c': deafened(text) };
    const firmware = await buildNative({ patches });
    await withBoard(
      'deaf',
      async ({ page }) => {
        await page.locator('#connect').click();
        await page.locator('#flash:enabled').click();
        await page.locator('#compare:enabled').click();
        await page.locator('#verdict.different').waitFor();
        assert.match(await page.locator('#verdict').innerText(), /differ in \d+ of 216 values\. spikeword bisect/);
        assert.ok((await page.locator('#comparison tr.different').count()) > 0);
        await page.locator('#beside-start').click();
        await page.locator('#beside-note', { hasText: 'the board hears it too' }).waitFor();
        const buffer = await wordsWav();
        await page.locator('#recording-file').setInputFiles({ name: 'words.wav', mimeType: 'audio/wav', buffer });
        await page.locator('#equal-sign.different').waitFor();
        assert.match(
          await page.locator('#equal-sign').innerText(),
          /values differ, the first is (coefficient|the score) .*: page -?\d+, board -?\d+\. spikeword bisect/,
        );
      },
      firmware,
    );
  });

  test('with another model is described, and compared only after it has this one', async () => {
    const other = join(folder, 'other.spkw');
    writeFileSync(other, encodeModel(randomQuantizedNetwork(3, { dimensions: 1, classes: 4 })));
    await withBoard('other', async ({ page }) => {
      await page.locator('#connect').click();
      await page.locator('#flash:enabled').click();
      await page.locator('#board-note', { hasText: 'It runs this model.' }).waitFor();
      await page.locator('#model-file').setInputFiles(other);
      await page.locator('#board-note', { hasText: /It runs another model \(86 kB/ }).waitFor();
      assert.equal(await page.locator('#compare').isDisabled(), true);
      assert.equal(await page.locator('#flash').isEnabled(), true);
    });
  });

  test('gets the model as the slider and the words are set', async () => {
    const { network } = readModel(MODEL);
    const point = operatingPointOf(network);
    const strict = point.thresholds.map((threshold) => (threshold === 0 ? 0 : 65_000));
    const curve = [
      { falseAcceptsPerHour: 0.5, missRate: 0.9, thresholds: strict },
      { falseAcceptsPerHour: 50, missRate: 0.1, thresholds: point.thresholds },
    ];
    const tuned = join(folder, 'tuned.spkw');
    writeFileSync(tuned, encodeModel({ ...network, detection: { ...point, curve } }));
    const [off, ...words] = [...detectedWords(network.labels, point).keys()];
    const { bytes } = detecting(readModel(tuned), { falseAccepts: 0.5, words });
    await withBoard('set', async ({ page, errors }) => {
      await page.locator('#model-file').setInputFiles(tuned);
      await page.locator('#model option:checked', { hasText: 'tuned.spkw' }).waitFor({ state: 'attached' });
      await page.locator('#connect').click();
      await page.locator('#flash:enabled').waitFor();
      await page.locator('#eager').fill('0');
      const box = page.locator('#chips label', { hasText: new RegExp(`^${off}$`) }).locator('input');
      await box.uncheck();
      await page.locator('#flash').click();
      await page.locator('#board-note', { hasText: 'It runs this model.' }).waitFor();
      await box.check();
      // what runs is the model of `flash --false-accepts 0.5 --words`
      await page.locator('#board-note', { hasText: 'another model (' }).waitFor();
      assert.match(await page.locator('#board-note').innerText(), new RegExp(`CRC-32 ${crcText(crc32(bytes))}\\)`));
      await box.uncheck();
      await page.locator('#board-note', { hasText: 'It runs this model.' }).waitFor();
      const on = page.locator('#chips input:checked');
      while ((await on.count()) > 0) await on.first().uncheck();
      await page.locator('#board-note', { hasText: 'No word is on.' }).waitFor();
      assert.equal(await page.locator('#flash').isDisabled(), true);
      assert.deepEqual(errors, []);
    });
  });

  test('is connected, flashed and compared with the keyboard alone', async () => {
    await withBoard('keyboard', async ({ page }) => {
      const focused = (): Promise<unknown> => page.evaluate('document.activeElement.id');
      await page.locator('#connect').focus();
      await page.keyboard.press('Enter');
      await page.locator('#flash:enabled').waitFor();
      assert.equal(await focused(), 'connect');
      await page.keyboard.press('Tab');
      assert.equal(await focused(), 'flash');
      await page.keyboard.press('Enter');
      await page.locator('#compare:enabled').waitFor();
      assert.equal(await focused(), 'compare', 'the pressed button is disabled');
      await page.keyboard.press('Enter');
      await page.locator('#verdict.equal').waitFor();
      assert.equal(await focused(), 'compare');
    });
  });

  test('that is unplugged is reported at once, and can be connected again', async () => {
    await withBoard('pulled', async ({ page }, serial) => {
      await page.locator('#connect').click();
      await page.locator('#flash:enabled').waitFor();
      await serial.unplug();
      await page.locator('#board-fault', { hasText: /connection is gone .*plug it in and try again/ }).waitFor();
      assert.equal(await page.locator('#connect').innerText(), 'Connect a board…');
      assert.equal(await page.locator('#flash').isDisabled(), true);
    });
  });

  test('that the page may use already is connected without a question, but can be exchanged for another', async () => {
    await withBoard('known', async ({ page }) => {
      await page.evaluate("window.testBoardAllowed = true; navigator.serial.dispatchEvent(new Event('connect'))");
      await page.locator('#board-note', { hasText: 'A board of Raspberry Pi that this page has used' }).waitFor();
      for (const asked of [0, 1]) {
        await page.locator('#connect').click();
        await page.locator('#connect', { hasText: 'Disconnect' }).waitFor();
        assert.equal(await page.evaluate('testBoardAsked'), asked);
        await page.locator('#connect').click();
        await page.locator('#connect', { hasText: 'Connect a board…' }).waitFor();
      }
      // by the ids of boards' vendors; another port may have any
      const filters = (await page.evaluate('testBoardFilters')) as { usbVendorId: number }[];
      assert.ok(filters.some(({ usbVendorId }) => usbVendorId === 0x2e8a) && filters.length > 10);
      await page.locator('#any-port').click();
      await page.locator('#connect', { hasText: 'Disconnect' }).waitFor();
      assert.deepEqual(await page.evaluate('testBoardFilters'), []);
    });
  });

  test('that is unplugged while it is flashed is reported', async () => {
    await withBoard('pulled-writing', async ({ page }, serial) => {
      await page.locator('#connect').click();
      await page.locator('#flash:enabled').click();
      await page.locator('#board-note', { hasText: 'Writing' }).waitFor();
      assert.match(await page.locator('#board-left').innerText(), /^\d+ %/);
      await serial.unplug();
      await page.locator('#board-fault', { hasText: 'connection is gone' }).waitFor();
      assert.equal(await page.locator('#connect').isEnabled(), true);
    });
  });
});

const emulatorSkip = await skipWithout('wasm2c', 'arm-none-eabi-gcc', 'qemu-system-arm');

describe('an emulated board over Web Serial', { skip: browserSkip || emulatorSkip, timeout: 300_000 }, () => {
  for (const [name, unit] of [
    ['mps2-an386', 'instructions'],
    ['pico', 'cycles'],
  ])
    test(`takes the model and gives the page’s scores and the number of ${unit} (${name})`, async () => {
      const board = findBoard(name);
      const folder = mkdtempSync(join(tmpdir(), 'spikeword-web-emulated-'));
      const serialSocket = join(folder, 'serial');
      const firmware = await buildFirmware(board);
      const line = createServer().listen(serialSocket);
      const connected = once(line, 'connection') as Promise<[Socket]>;
      const emulator = await emulate(board, firmware, { flashFile: join(folder, 'flash'), serialSocket });
      const [socket] = await connected;
      const server = await serveWeb({ port: 0, model: MODEL });
      const browser = await startChromium();
      try {
        const { page, errors } = await openPage(browser, server.url, {}, (page) => connectSerial(page, socket));
        await scrollTo(page, 'prove');
        await page.locator('#connect').click();
        await page.locator('#board-note', { hasText: new RegExp(`^${name}, .* It runs no model`) }).waitFor();
        await page.locator('#flash').click();
        await page.locator('#board-note', { hasText: 'It runs this model.' }).waitFor({ timeout: 120_000 });
        await page.locator('#compare').click();
        await page.locator('#verdict').waitFor({ timeout: 120_000 });
        assert.match(await page.locator('#verdict').innerText(), /^Board and page agree: all 102 scores of 6 clips/);
        const times = await page.locator('#comparison tbody td:last-child').allInnerTexts();
        for (const time of times) assert.match(time, new RegExp(`^[\\d,]{9,} ${unit}$`));
        assert.deepEqual(errors, []);
      } finally {
        await browser.close();
        await server.close();
        await emulator.stop();
        line.close();
        rmSync(folder, { recursive: true });
      }
    });
});

/** Returns the source changed so that the front end gets only the high byte of every sample. */
function deafened(text: string): string {
  const copy = 'memcpy(to, samples, 2 * count);';
  assert.ok(text.includes(copy), 'clip.c copies samples in another way');
  return text.replace(copy, `${copy} for (uint32_t k = 0; k < count; k++) ((uint8_t *)to)[2 * k] = 0;`);
}
