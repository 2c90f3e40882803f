// Measures how long the page takes to teach three words of twenty recordings: synthetic voices, which take as long as
// any. Prints a line for each run.
// npm run bench:teach [-- --epochs N]
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packagePath } from '../../host/system/package-files.js';
import { serveWeb } from '../../host/web/index.js';
import { openPage, scrollTo, startChromium } from './chromium.js';

const WORDS = ['left', 'right', 'stop'];
const CLIPS = 20;
/** A machine that is busy takes longer. */
const PATIENCE_MS = 900_000;

const { values: options } = parseArgs({ options: { epochs: { type: 'string' } } });

const server = await serveWeb({ port: 0 });
const browser = await startChromium();
const { page } = await openPage(browser, server.url);
await scrollTo(page, 'teach');
for (const [k, word] of WORDS.entries()) {
  const row = page.locator('#teach-rows .word-row').nth(k);
  if (k > 0) await page.click('#teach-add-word');
  await row.locator('.word-name').fill(word);
  const folder = packagePath(`datasets/sample/${word}`);
  const names = readdirSync(folder).sort().slice(0, CLIPS);
  const files = names.map((name) => ({ name, mimeType: 'audio/wav', buffer: readFileSync(join(folder, name)) }));
  await row.locator('input[type=file]').setInputFiles(files);
  await row
    .locator('.tile')
    .nth(CLIPS - 1)
    .waitFor();
}
if (options.epochs !== undefined) {
  await page.click('.teach-settings summary');
  await page.fill('#teach-epochs', options.epochs);
}
const began = performance.now();
await page.click('#teach-train');
let stage = '';
/** Says when each part of the work begins. */
const watch = setInterval(() => {
  void page
    .locator('#teach-note')
    .innerText()
    .then((text) => {
      if (text === stage) return;
      stage = text;
      console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${text}`);
    });
}, 100);
await page.locator('#teach-result:not([hidden])').waitFor({ timeout: PATIENCE_MS });
clearInterval(watch);
console.log(
  `${WORDS.length} words of ${CLIPS} recordings: ${((performance.now() - began) / 1000).toFixed(1)} s on ${availableParallelism()} cores`,
);
await browser.close();
await server.close();
