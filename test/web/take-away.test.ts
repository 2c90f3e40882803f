import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, extname, join, normalize } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { unzipSync } from 'fflate';
import type { Browser, Page } from 'playwright-core';
import { targets } from '../../host/core/export/index.js';
import { decodeModel, encodeModel } from '../../host/core/model/index.js';
import { exportedModel, exportModels } from '../../host/export/index.js';
import { defaultModelPath, packagePath } from '../../host/system/package-files.js';
import { serveWeb, type WebServer } from '../../host/web/index.js';
import { browserSkip, openPage, scrollTo, startChromium } from './chromium.js';
import { heardInNode, MODEL, wordsStream, wordsWav } from './words.js';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const modelBytes = new Uint8Array(readFileSync(defaultModelPath()));
const digits = sha256(modelBytes).slice(0, 16);

/** Presses a button and returns the file that the browser saves. */
async function saved(page: Page, selector: string): Promise<{ name: string; bytes: Uint8Array }> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator(selector).click()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

/** Files of a folder by their paths in it. */
function filesIn(folder: string): Map<string, Uint8Array> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path)]));
}

/** Files of a zip file by their paths below its only folder. */
function filesOf(zip: Uint8Array): Map<string, Uint8Array> {
  const entries = Object.entries(unzipSync(zip)).sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(entries.map(([path, bytes]) => [path.slice(path.indexOf('/') + 1), Buffer.from(bytes)]));
}

describe('the page gives away', { skip: browserSkip, timeout: 300_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-take-away-'));
  let [server, browser]: [WebServer, Browser] = [null!, null!];
  before(async () => {
    server = await serveWeb({ port: 0 });
    browser = await startChromium();
  });
  after(async () => {
    await browser.close();
    await server.close();
    rmSync(folder, { recursive: true });
  });

  test('the model, and says its SHA-256', async () => {
    const { page } = await openPage(browser, server.url);
    await scrollTo(page, 'take-away');
    await page.locator('#take-model-note', { hasText: sha256(modelBytes) }).waitFor();
    const { name, bytes } = await saved(page, '#download-model');
    assert.equal(name, 'commands.spkw');
    assert.deepEqual(new Uint8Array(bytes), modelBytes);
    await page.close();
  });

  test('every export with the bytes that the command writes', async () => {
    const { page, errors, requests } = await openPage(browser, server.url);
    await scrollTo(page, 'take-away');
    const offered = await page.locator('button.export').evaluateAll((buttons) => {
      return buttons.map((button) => button.getAttribute('data-target')).sort();
    });
    assert.deepEqual(offered, targets.map(({ name }) => name).sort());
    const model = exportedModel(modelBytes, decodeModel(modelBytes, 'commands'), 'commands');
    for (const target of targets) {
      const { name, bytes } = await saved(page, `button.export[data-target="${target.name}"]`);
      assert.equal(name, `spikeword_commands_${target.name}.zip`);
      const out = join(folder, target.zip ? `${target.name}.zip` : target.name);
      await exportModels([model], target, out);
      if (target.zip) assert.deepEqual(bytes, readFileSync(out), target.name);
      else assert.deepEqual(filesOf(bytes), filesIn(out), target.name);
      assert.ok(Object.keys(unzipSync(bytes)).every((path) => path.startsWith('spikeword_commands/')));
    }
    assert.deepEqual(errors, []);
    assert.deepEqual(
      requests.filter((address) => !address.startsWith(server.url) && !address.startsWith('blob:')),
      [],
    );
    await page.close();
  });

  test('an export as the slider and the words are set, with the command that makes it', async () => {
    const { page } = await openPage(browser, `${server.url}#model=${digits}&eager=80&words=yes,no`);
    await page.locator('#link-note', { hasText: 'where the slider stands' }).waitFor();
    const { bytes } = await saved(page, 'button.export[data-target="c"]');
    const command = await page.locator('#export-command').innerText();
    assert.match(command, /^npx spikeword export commands\.spkw --to c --false-accepts [\d.]+ --words yes,no$/);
    const here = join(folder, 'command');
    mkdirSync(here);
    writeFileSync(join(here, 'commands.spkw'), modelBytes);
    const args = command.split(' ').slice(2);
    execFileSync(process.execPath, [packagePath('bin/spikeword.js'), ...args], { cwd: here, stdio: 'ignore' });
    assert.deepEqual(filesOf(bytes), filesIn(join(here, 'spikeword_commands_c')));
    const plain = filesIn(join(folder, 'c')).get('spikeword_commands.c');
    assert.notDeepEqual(filesOf(bytes).get('spikeword_commands.c'), plain, 'the choice is in the model');
    await page.close();
  });

  test('four lines of JavaScript that hear what the kit hears', async () => {
    const { page } = await openPage(browser, server.url);
    await scrollTo(page, 'take-away');
    await page.locator('#copy-snippet:enabled').waitFor();
    const program = await page.locator('#snippet').innerText();
    assert.equal(program.split('\n').length, 4);
    const { bytes } = await saved(page, 'button.export[data-target="npm"]');
    assert.match(await page.locator('#snippet-note').innerText(), /npm install \.\/spikeword_commands\./);
    await page.close();
    const project = join(folder, 'project');
    for (const [path, content] of filesOf(bytes)) {
      const file = join(project, 'spikeword_commands', path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    // what npm install and a bundler do: a name leads to a file
    const { name, exports } = JSON.parse(readFileSync(join(project, 'spikeword_commands/package.json'), 'utf8'));
    const imports = { [name]: `./spikeword_commands/${exports['.'].default.slice(2)}` };
    writeFileSync(
      join(project, 'index.html'),
      `<!doctype html><script type="importmap">${JSON.stringify({ imports })}</script>
       <script type="module">${program.replace('console.log(', 'window.heard(')}</script>`,
    );
    const types: Record<string, string> = {
      '.html': 'text/html',
      '.js': 'text/javascript',
      '.wasm': 'application/wasm',
    };
    const site = createServer(({ url = '/' }, response) => {
      const file = join(project, normalize(url === '/' ? 'index.html' : url));
      if (!existsSync(file)) response.writeHead(404).end();
      else response.writeHead(200, { 'content-type': types[extname(file)] ?? '' }).end(readFileSync(file));
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    const wav = join(folder, 'words.wav');
    writeFileSync(wav, await wordsWav());
    const listening = await startChromium({ wav, loop: true });
    try {
      const other = await listening.newPage();
      const heard: string[] = [];
      const enough = new Promise<void>((resolve) => {
        void other.exposeFunction('heard', (word: string) => {
          heard.push(word);
          if (heard.length === 2) resolve();
        });
      });
      await other.goto(`http://localhost:${(site.address() as AddressInfo).port}/`);
      await enough;
      const possible = new Set(heardInNode(await wordsStream(), defaultModelPath()).map(({ word }) => word));
      for (const word of heard) assert.ok(possible.has(word), word);
    } finally {
      await listening.close();
      site.close();
    }
  });

  test('a link that sets another page the same way', async () => {
    const small = sha256(readFileSync(MODEL)).slice(0, 16);
    for (const hash of [`#model=${digits}&eager=12`, `#model=${digits}&words=stop,go`, `#model=${small}`]) {
      const { page } = await openPage(browser, server.url + hash);
      await page.locator('#copy-link:enabled').waitFor();
      assert.equal(await page.locator('#link').inputValue(), server.url + hash);
      assert.equal(await page.locator('#link-fault').isVisible(), false);
      const eager = /eager=(\d+)/.exec(hash)?.[1];
      if (eager !== undefined) assert.equal(await page.locator('#eager').inputValue(), eager);
      await page.close();
    }
  });

  test('a word on what is wrong with a link', async () => {
    const unknown = '0123456789abcdef';
    const { page } = await openPage(browser, `${server.url}#model=${unknown}&eager=5`);
    await page.locator('#link-fault', { hasText: '0123 4567 89ab cdef' }).waitFor();
    assert.match(await page.locator('#link-fault').innerText(), /a model that this page does not have/);
    for (const damaged of ['#model=12', `#model=${digits}&eager=101`, `#model=${digits}&words=%ff`]) {
      await page.evaluate(`location.hash = ${JSON.stringify(damaged)}`);
      await page.locator('#link-fault', { hasText: /^This link is damaged/ }).waitFor();
      await page.evaluate("location.hash = '#hear'");
      await page.locator('#link-fault').waitFor({ state: 'hidden' });
    }
    await page.close();
  });

  test('the settings of a link as soon as its model is opened from a file', async () => {
    const own = join(folder, 'own.spkw');
    const network = decodeModel(modelBytes, 'commands');
    const detection = { ...network.detection!, suppression: network.detection!.suppression + 1 };
    writeFileSync(own, encodeModel({ ...network, detection }));
    const hash = `#model=${sha256(readFileSync(own)).slice(0, 16)}&eager=5&words=up`;
    const { page } = await openPage(browser, server.url + hash);
    await page.locator('#link-fault', { hasText: 'does not have' }).waitFor();
    await page.locator('#model-file').setInputFiles(own);
    await page.locator('#link-fault').waitFor({ state: 'hidden' });
    assert.equal(await page.locator('#link').inputValue(), server.url + hash);
    await page.close();
  });

  test('the reason if an export cannot be made', async () => {
    const { page } = await openPage(browser, server.url);
    await scrollTo(page, 'take-away');
    await page.route('**/export.json', (route) => route.fulfill({ status: 404 }));
    await page.locator('button.export[data-target="c"]').click();
    await page
      .locator('#export-fault', { hasText: 'export.json cannot be loaded: the server answered with status 404' })
      .waitFor();
    assert.equal(await page.locator('button.export[data-target="c"]').isEnabled(), true);
    await page.close();
  });
});
