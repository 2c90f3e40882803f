// Takes the picture in the README: node dist/test/web/screenshot.js [MODEL], after npm run build.

import { defaultModelPath, packagePath } from '../../host/system/package-files.js';
import { serveWeb } from '../../host/web/index.js';
import { openPage, startChromium } from './chromium.js';
import { examplesWav } from './words.js';

const server = await serveWeb({ port: 0, model: process.argv[2] ?? defaultModelPath() });
const browser = await startChromium();
const { page } = await openPage(browser, server.url, { viewport: { width: 1200, height: 1480 } });
const buffer = await examplesWav();
await page.locator('#recording-file').setInputFiles({ name: 'six-words.wav', mimeType: 'audio/wav', buffer });
await page.locator('#sound-note', { hasText: 'heard.' }).waitFor();
// the numbers are updated after the pictures
await page.waitForTimeout(600);
await page.screenshot({ path: packagePath('docs/web.png') });
await browser.close();
await server.close();
