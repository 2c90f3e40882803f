// Takes the picture in the README: node dist/test/web/screenshot.js [MODEL], after npm run build.

import { encodeWav } from '../../host/audio/index.js';
import { packagePath } from '../../host/package-files.js';
import { serveWeb } from '../../host/web/index.js';
import { openPage, startChromium } from './chromium.js';
import { MODEL, wordsStream } from './words.js';

/** Ends within the last word, when there is something to see in the network. */
const QUIET_SAMPLES = 1.05 * 16_000;

const server = await serveWeb({ port: 0, model: process.argv[2] ?? MODEL });
const browser = await startChromium();
const { page } = await openPage(browser, server.url, { viewport: { width: 1200, height: 1480 } });
const stream = await wordsStream();
const buffer = Buffer.from(encodeWav(stream.subarray(0, stream.length - QUIET_SAMPLES)));
await page.locator('#recording-file').setInputFiles({ name: 'five-words.wav', mimeType: 'audio/wav', buffer });
await page.locator('#sound-note', { hasText: 'heard.' }).waitFor();
// the numbers follow the pictures
await page.waitForTimeout(600);
await page.screenshot({ path: packagePath('docs/web.png') });
await browser.close();
await server.close();
