import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import type { Browser, Download, Locator, Page } from 'playwright-core';
import { readRecording } from '../../host/audio/index.js';
import { StreamDetector } from '../../host/core/detection/index.js';
import { encodeWav } from '../../host/core/wav/index.js';
import { openDataset, openMistakes, resolveTask } from '../../host/dataset/index.js';
import { openKernel } from '../../host/model/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { serveWeb, type WebServer } from '../../host/web/index.js';
import { MAIN, withoutNpm } from '../cli/spikeword.js';
import { buildNative, type NativeBoard, nativeSkip, startNative } from '../native/index.js';
import { SCREENS, violations } from './axe.js';
import { browserSkip, openPage, scrollTo, startChromium } from './chromium.js';
import { connectSerial } from './fake-serial.js';
import { examplesWav } from './words.js';

const SAMPLE = packagePath('datasets/sample');
/** Silence between words, and before the first. */
const PAUSE = new Int16Array(12_000);

/** Returns clips of a word of the sample. */
function clipsOf(word: string, from: number, to: number): Promise<Int16Array[]> {
  const names = readdirSync(join(SAMPLE, word)).sort().slice(from, to);
  return Promise.all(names.map((name) => readRecording(join(SAMPLE, word, name))));
}

/** Returns clips one after the other, with pauses between them, as a WAV file. */
async function recordingOf(word: string, from: number, to: number): Promise<Buffer> {
  const parts = [PAUSE, ...(await clipsOf(word, from, to)).flatMap((clip) => [clip, PAUSE])];
  const all = new Int16Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return Buffer.from(encodeWav(all));
}

const file = (name: string, buffer: Buffer) => ({ name, mimeType: 'audio/wav', buffer });
const row = (page: Page, k: number): Locator => page.locator('#teach-rows .word-row').nth(k);
const tiles = (of: Locator): Locator => of.locator('.tile-play');
const files = (of: Locator): Locator => of.locator('input[type=file]');
const bytesOf = async (download: Download): Promise<Buffer> => readFileSync(await download.path());

/** Starts a board on this computer that has room for a model of the user's words. */
async function startBoard(flash: string): Promise<NativeBoard> {
  return startNative(await buildNative(), { flash, slotBytes: 256 * 1024, sectorBytes: 4096, programBytes: 16 });
}

describe('teaching words in the page', { skip: browserSkip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-teach-'));
  let server: WebServer;
  let browser: Browser;
  let lefts: Buffer;
  let rights: Buffer;
  before(async () => {
    server = await serveWeb({ port: 0 });
    const microphone = join(folder, 'microphone.wav');
    writeFileSync(microphone, await recordingOf('left', 0, 3));
    browser = await startChromium({ wav: microphone, loop: true });
    [lefts, rights] = [await recordingOf('left', 0, 10), await recordingOf('right', 0, 5)];
  });
  after(async () => {
    await browser.close();
    await server.close();
    rmSync(folder, { recursive: true });
  });

  /** Opens the page and names the first word. */
  async function open(
    word = 'left',
    script = '',
    prepare: (page: Page) => Promise<unknown> = async () => {},
  ): Promise<{ page: Page; errors: readonly string[] }> {
    const opened = await openPage(browser, server.url, {}, async (page) => {
      await page.addInitScript(script);
      await prepare(page);
    });
    await scrollTo(opened.page, 'teach');
    await row(opened.page, 0).locator('.word-name').fill(word);
    return opened;
  }

  test('a word is recorded while the button is held, by mouse or space bar, and cut out', async () => {
    const { page, errors } = await open();
    const first = row(page, 0);
    const hold = first.locator('button.hold');
    await hold.hover();
    await page.mouse.down();
    await first.locator('.take-count', { hasText: /0:0[3-9]/ }).waitFor();
    assert.match(await hold.innerText(), /^Recording/);
    assert.equal(await first.locator('meter').isVisible(), true);
    await page.mouse.up();
    await tiles(first).first().waitFor();
    const byMouse = await tiles(first).count();
    await hold.focus();
    await page.keyboard.down('Space');
    await first.locator('.take-count', { hasText: /0:0[3-9]/ }).waitFor();
    await page.keyboard.up('Space');
    await tiles(first).nth(byMouse).waitFor();
    assert.equal(await first.locator('.word-count').innerText(), `${await tiles(first).count()} of 20`);
    assert.deepEqual(errors, []);
    await page.close();
  });

  test('a short press counts down and records by itself', async () => {
    const { page, errors } = await open();
    const first = row(page, 0);
    await first.locator('button.hold').click();
    await first.locator('.take-count', { hasText: /^[321]$/ }).waitFor();
    // the two seconds may have no whole word in them, which is said
    await first.locator('.tile, .note:not(.word-count), .fault:not([hidden])').first().waitFor();
    assert.equal(await first.locator('button.hold').innerText(), 'Hold to record');
    assert.deepEqual(errors, []);
    await page.close();
  });

  test('a word without a name, and a name that cannot be a folder, are refused with what to do', async () => {
    const { page } = await open('');
    const first = row(page, 0);
    await first.locator('button.hold').click();
    assert.equal(await first.locator('.fault:not([hidden])').innerText(), 'Give the word its name first.');
    await first.locator('.word-name').fill('on/off');
    assert.match(await first.locator('.fault:not([hidden])').first().innerText(), /^A word is letters and digits/);
    await first.locator('.word-name').fill('left');
    await page.click('#teach-add-word');
    await row(page, 1).locator('.word-name').fill('Left');
    assert.equal(await row(page, 1).locator('.fault:not([hidden])').innerText(), 'Left is there already.');
    await page.close();
  });

  test('recordings are deleted and moved to another word, with the mouse and the keyboard, and stay after a reload', async () => {
    const { page, errors } = await open();
    await files(row(page, 0)).setInputFiles(file('left.wav', lefts));
    await tiles(row(page, 0)).nth(9).waitFor();
    await row(page, 0).locator('.note', { hasText: '10 words cut out.' }).waitFor();
    await page.click('#teach-add-word');
    // the focus is in the new word
    await page.keyboard.type('right');
    await tiles(row(page, 0)).first().focus();
    await page.keyboard.press('Alt+ArrowDown');
    assert.equal(await page.locator(':focus').getAttribute('aria-label'), 'Play right 1');
    await row(page, 0).locator('.tile').first().dragTo(row(page, 1));
    await tiles(row(page, 1)).nth(1).waitFor();
    await tiles(row(page, 0)).first().focus();
    await page.keyboard.press('Delete');
    await row(page, 0).locator('.tile').first().hover();
    await row(page, 0).locator('.tile-delete').first().click();
    await tiles(row(page, 0)).nth(5).waitFor();
    const counts = async (): Promise<number[]> => [
      await tiles(row(page, 0)).count(),
      await tiles(row(page, 1)).count(),
    ];
    assert.deepEqual(await counts(), [6, 2]);
    // what is written is not known to be kept before
    await page.waitForTimeout(300);
    await page.reload();
    await tiles(row(page, 1)).nth(1).waitFor();
    assert.deepEqual(await counts(), [6, 2]);
    assert.equal(await row(page, 1).locator('.word-name').inputValue(), 'right');
    assert.deepEqual(errors, []);
    await page.close();
  });

  test('a file without a word, and one that is not a recording, are refused; other talk and the room are taken', async () => {
    const { page } = await open();
    const fault = row(page, 0).locator('.fault:not([hidden])');
    await files(row(page, 0)).setInputFiles(file('silence.wav', Buffer.from(encodeWav(new Int16Array(32_000)))));
    await fault.waitFor();
    assert.match(await fault.innerText(), /^silence\.wav: Nothing stands out from the noise\./);
    await files(row(page, 0)).setInputFiles(file('notes.wav', Buffer.from('not a recording')));
    await row(page, 0).locator('.fault', { hasText: 'notes.wav' }).waitFor();
    await page.click('#teach-more summary');
    const others = page.locator('#teach-others .word-row');
    await files(others.nth(0)).setInputFiles(file('talk.wav', rights));
    await tiles(others.nth(0)).nth(4).waitFor();
    assert.equal(await others.nth(0).locator('.word-count').innerText(), '5 s');
    await files(others.nth(1)).setInputFiles(file('room.wav', lefts));
    await tiles(others.nth(1)).first().waitFor();
    assert.match(await others.nth(1).locator('.note').last().innerText(), /s of the room\.$/);
    await page.close();
  });

  test('a file that is dropped on a word is cut for it, and not opened above', async () => {
    const { page } = await open();
    await page.evaluate(`(() => {
      const dataTransfer = new DataTransfer();
      const bytes = Uint8Array.from(atob('${lefts.toString('base64')}'), (c) => c.charCodeAt(0));
      dataTransfer.items.add(new File([bytes], 'left.wav'));
      for (const type of ['dragover', 'drop']) {
        const event = new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true });
        document.querySelector('#teach-rows .word-head').dispatchEvent(event);
      }
    })()`);
    await tiles(row(page, 0)).nth(9).waitFor();
    assert.equal(await page.locator('#drop').isHidden(), true);
    assert.equal(await page.locator('#flags .flag').count(), 0);
    await page.close();
  });

  test('a word is renamed with its recordings when its name is complete', async () => {
    const { page } = await open();
    await files(row(page, 0)).setInputFiles(file('left.wav', rights));
    await tiles(row(page, 0)).nth(4).waitFor();
    await row(page, 0).locator('.word-name').fill('right');
    await page.keyboard.press('Enter');
    assert.equal(await tiles(row(page, 0)).first().getAttribute('aria-label'), 'Play right 1');
    assert.equal(await tiles(row(page, 0)).count(), 5);
    await page.close();
  });

  test('a browser that keeps nothing, or has no room, is said to', async () => {
    const blocked = await open(
      'left',
      `indexedDB.open = () => { throw new DOMException('The operation is insecure.', 'SecurityError'); };`,
    );
    const storage = (page: Page): Locator => page.locator('#teach-storage');
    assert.match(await storage(blocked.page).innerText(), /^This browser keeps nothing for this page .* Download it/);
    await files(row(blocked.page, 0)).setInputFiles(file('left.wav', lefts));
    await tiles(row(blocked.page, 0)).nth(9).waitFor();
    assert.equal(await blocked.page.locator('#teach-train').isEnabled(), true);
    await blocked.page.close();

    const full = await open();
    await full.page.evaluate(`IDBObjectStore.prototype.put = () => {
      throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
    }`);
    await files(row(full.page, 0)).setInputFiles(file('left.wav', lefts));
    await storage(full.page).waitFor();
    assert.match(await storage(full.page).innerText(), /^The browser has no room left .* Download the recordings/);
    assert.equal(await tiles(row(full.page, 0)).count(), 10);
    // nothing of it was kept
    await full.page.reload();
    await full.page.locator('#model-note', { hasText: 'layers' }).waitFor();
    await row(full.page, 0).locator('.word-name').waitFor();
    assert.equal(await tiles(row(full.page, 0)).count(), 0);
    assert.deepEqual(full.errors, []);
    await full.page.close();
  });

  test('what was marked as wrong is forgotten with everything else', async () => {
    const { page, errors } = await open();
    await page.locator('#recording-file').setInputFiles(file('words.wav', await examplesWav()));
    await page.locator('#sound-note', { hasText: 'heard.' }).waitFor();
    const flags = page.locator('#flags .flag:not(.near)');
    const marked = page.locator('#teach-others .word-row').nth(2);
    const mark = async (flag: number): Promise<void> => {
      await flags.nth(flag).dispatchEvent('click');
      await page.locator('#flag-wrong', { hasText: 'Nobody said it' }).click();
      await tiles(marked).first().waitFor();
    };
    await mark(0);
    page.on('dialog', (dialog) => void dialog.accept());
    await page.click('#teach-forget');
    await page.locator('#teach-note', { hasText: 'Everything is forgotten.' }).waitFor();
    assert.equal(await tiles(marked).count(), 0);
    await mark(1);
    assert.equal(await tiles(marked).count(), 1);
    assert.deepEqual(errors, []);
    await page.close();
  });

  test('a model is taught, heard, flashed, kept, and the same as that of the command; a cancelled one leaves nothing', async () => {
    const board = nativeSkip === false ? await startBoard(join(folder, 'flash')) : null;
    const { page, errors } = await open('left', '', async (page) => board && connectSerial(page, board.port));
    await files(row(page, 0)).setInputFiles(file('left.wav', lefts));
    await page.click('#teach-add-word');
    await page.keyboard.type('right');
    await files(row(page, 1)).setInputFiles(file('right.wav', rights));
    await page.click('#teach-more summary');
    const others = page.locator('#teach-others .word-row');
    await files(others.nth(0)).setInputFiles(file('talk.wav', await recordingOf('yes', 0, 3)));
    await files(others.nth(1)).setInputFiles(
      file('room.wav', readFileSync(join(SAMPLE, '_background_noise_/fan.wav'))),
    );
    await tiles(others.nth(1)).first().waitFor();

    // the model of the page hears *right*, and the user says that it should not have
    await page.locator('#recording-file').setInputFiles(file('rights.wav', rights));
    await page.locator('#sound-note', { hasText: 'heard.' }).waitFor();
    await page.locator('#flags .flag:not(.near)', { hasText: 'right' }).first().dispatchEvent('click');
    await page.locator('#flag-wrong', { hasText: 'Nobody said it' }).click();
    await tiles(others.nth(2)).first().waitFor();
    assert.equal(await others.nth(2).locator('.word-count').innerText(), '1 recording');

    await page.click('#teach-train');
    await page.locator('#teach-note', { hasText: 'Training…' }).waitFor();
    await page.click('#teach-cancel');
    await page.locator('#teach-note', { hasText: 'Cancelled. Nothing was changed.' }).waitFor();
    assert.equal(await page.locator('#teach-result').isHidden(), true);
    assert.equal(
      await page.evaluate(`new Promise((resolve) => {
        indexedDB.open('spikeword-teach').onsuccess = ({ target }) => {
          const request = target.result.transaction('settings').objectStore('settings').getAllKeys();
          request.onsuccess = () => resolve(request.result.join());
        };
      })`),
      'revision,speaker,words',
    );

    await page.click('.teach-settings summary');
    await page.fill('#teach-epochs', '1');
    await page.click('#teach-train');
    await page.locator('#teach-result:not([hidden])').waitFor({ timeout: 240_000 });
    const digest = await page.locator('#teach-sha').innerText();
    assert.match(await page.locator('#teach-facts').innerText(), /Proof\s+equal\s+\d/);
    // it is heard with from now on
    assert.equal(await page.locator('#model').inputValue(), 'file:left-right.spkw');

    const [model] = await Promise.all([page.waitForEvent('download'), page.click('#teach-download-model')]);
    assert.equal(model.suggestedFilename(), 'left-right.spkw');
    const bytes = await bytesOf(model);
    const sha256 = (of: Uint8Array): string => createHash('sha256').update(of).digest('hex');
    assert.equal(sha256(bytes), digest);

    const [archive] = await Promise.all([page.waitForEvent('download'), page.click('#teach-download-recordings')]);
    for (const [path, content] of Object.entries(unzipSync(await bytesOf(archive)))) {
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    const dataset = openDataset(join(folder, 'recordings'));
    assert.deepEqual([dataset.clips.length, dataset.backgroundNoise.length, dataset.strays.length], [18, 1, 0]);
    const command = await page.locator('#teach-command').innerText();
    assert.equal(
      command,
      'npx spikeword train --wake-word left,right --data recordings --mistakes recordings/_mistakes_ --epochs 1',
    );
    await promisify(execFile)(process.execPath, [MAIN, ...command.split(' ').slice(2)], {
      cwd: folder,
      env: { ...withoutNpm(), SPIKEWORD_CACHE: join(folder, 'cache') },
    });
    assert.equal(sha256(readFileSync(join(folder, 'left-right/left-right.spkw'))), digest);
    assert.deepEqual(openMistakes(join(folder, 'recordings/_mistakes_'), resolveTask('live:left,right')).damaged, []);

    // recordings that were not among those that it was taught
    const detector = new StreamDetector(openKernel(bytes), { point: { falseAccepts: 2 } });
    const heard: string[] = [];
    for (const clip of await clipsOf('left', 12, 18)) {
      const sound = new Int16Array(48_000);
      sound.set(clip, 16_000);
      heard.push(...detector.push(sound).map(({ word }) => word));
    }
    assert.ok(heard.filter((word) => word === 'left').length >= 3, `heard ${heard.join(' ')}`);

    for (const screen of SCREENS) {
      await page.emulateMedia({ colorScheme: screen.colorScheme });
      await page.setViewportSize(screen.viewport);
      assert.deepEqual(await violations(page), [], `${screen.colorScheme}, ${screen.viewport.width} pixels wide`);
      const wide = `document.querySelector('#teach').scrollWidth > document.querySelector('#teach').clientWidth`;
      assert.equal(await page.evaluate(wide), false, `${screen.viewport.width} pixels wide`);
    }

    if (board !== null) {
      await page.locator('#connect').click();
      await page.locator('#board-note', { hasText: 'It runs no model.' }).waitFor();
      await page.locator('#flash:enabled').click();
      await page.locator('#compare:enabled').click({ timeout: 60_000 });
      await page.locator('#verdict.equal').waitFor({ timeout: 120_000 });
      await page.locator('#connect', { hasText: 'Disconnect' }).click();
    }

    await page.reload();
    await page.locator('#teach-sha', { hasText: digest }).waitFor();
    await page.locator('#model option[value="file:left-right.spkw"]').waitFor({ state: 'attached' });
    assert.equal(await page.locator('#model').inputValue(), 'file:left-right.spkw');

    page.on('dialog', (dialog) => void dialog.accept());
    await page.click('#teach-forget');
    await page.locator('#teach-note', { hasText: 'Everything is forgotten.' }).waitFor();
    await page.reload();
    await page.locator('#model-note', { hasText: 'layers' }).waitFor();
    await row(page, 0).locator('.word-name').waitFor();
    assert.equal(await page.locator('.tile').count(), 0);
    assert.equal(await page.locator('#teach-result').isHidden(), true);
    assert.deepEqual(errors, []);
    await page.close();
    await board?.stop();
  });
});
