// Takes the moving picture in the README: node dist/test/web/moving-picture.js, after npm run build. Needs ffmpeg.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultModelPath, packagePath } from '../../host/system/package-files.js';
import { serveWeb } from '../../host/web/index.js';
import { openPage, startChromium } from './chromium.js';
import { examplesWav } from './words.js';

const FRAMES_PER_SECOND = 6;
const SECONDS = 11;
const WIDTH = 860;

const folder = mkdtempSync(join(tmpdir(), 'spikeword-picture-'));
const wav = join(folder, 'six-words.wav');
writeFileSync(wav, await examplesWav());
const server = await serveWeb({ port: 0, model: defaultModelPath() });
const browser = await startChromium({ wav });
const { page } = await openPage(browser, server.url, { viewport: { width: 1180, height: 640 }, colorScheme: 'light' });
await page.locator('#model-note', { hasText: 'layers' }).waitFor();
await page.click('#listen');
const began = Date.now();
for (let frame = 0; frame < SECONDS * FRAMES_PER_SECOND; frame++) {
  const due = began + (1000 * frame) / FRAMES_PER_SECOND;
  await page.waitForTimeout(Math.max(0, due - Date.now()));
  await page.screenshot({ path: join(folder, `${String(frame).padStart(3, '0')}.png`) });
}
console.log(`${SECONDS} s in ${((Date.now() - began) / 1000).toFixed(1)} s`);
await browser.close();
await server.close();
const filter = `scale=${WIDTH}:-1:flags=lanczos,split[a][b];[a]palettegen=max_colors=64[p];[b][p]paletteuse=dither=none`;
const files = ['-framerate', `${FRAMES_PER_SECOND}`, '-i', join(folder, '%03d.png')];
execFileSync('ffmpeg', ['-loglevel', 'error', '-y', ...files, '-vf', filter, packagePath('docs/web.gif')]);
rmSync(folder, { recursive: true });
