import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { skipWithout } from './installed.js';

/** Debian's Chromium, unless this variable names another. */
const PATH = process.env.SPIKEWORD_CHROMIUM || '/usr/bin/chromium';

/** The reason why there is no browser to test with, for node:test's `skip`; false if there is one. */
export const browserSkip = skipWithout(PATH, 'SPIKEWORD_CHROMIUM');

/**
 * The microphone of a browser: none, one that plays a WAV file (once or in a loop) and that every page may use, or one
 * that no page may use.
 */
export type FakeMicrophone = 'none' | 'refused' | { readonly wav: string; readonly loop?: boolean };

const ARGUMENTS = ['--no-sandbox', '--disable-quic', '--disable-dev-shm-usage', '--disable-gpu'];

/** Starts Chromium without a window. */
export function startChromium(microphone: FakeMicrophone = 'none'): Promise<Browser> {
  const device = microphone === 'none' ? [] : ['--use-fake-device-for-media-stream'];
  const heard =
    typeof microphone === 'string'
      ? []
      : [
          '--use-fake-ui-for-media-stream',
          `--use-file-for-fake-audio-capture=${microphone.wav}${microphone.loop ? '' : '%noloop'}`,
        ];
  return chromium.launch({ executablePath: PATH, args: [...ARGUMENTS, ...device, ...heard] });
}

/** Starts Chromium without a window, as a user whose profile is kept in a folder. */
export function startProfile(folder: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, { executablePath: PATH, args: ARGUMENTS });
}

/** A page with its requests and errors. */
export interface Watched {
  readonly page: Page;
  /** Addresses of all requests. */
  readonly requests: readonly string[];
  /** Uncaught errors, and errors on the console, which include violations of the policy. */
  readonly errors: readonly string[];
}

/** Returns the addresses that are not those of a server; what a page makes for itself (`blob:`) is its own. */
export function foreign(requests: readonly string[], url: string): string[] {
  return requests.filter((address) => !address.startsWith(url) && !address.startsWith(`blob:${url}`));
}

/** Opens a page and records its requests and errors. `prepare` runs before the page loads. */
export async function openPage(
  browser: Browser,
  url: string,
  options: Parameters<Browser['newPage']>[0] = {},
  prepare: (page: Page) => Promise<unknown> = async () => {},
): Promise<Watched> {
  // a page that is kept for offline use would answer requests in place of the test
  const page = await browser.newPage({ serviceWorkers: 'block', ...options });
  const requests: string[] = [];
  const errors: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await prepare(page);
  await page.goto(url);
  await page.locator('#model-note', { hasText: 'layers' }).waitFor();
  return { page, requests, errors };
}

/** Scrolls to a stage below the first and waits until the code of these stages is loaded. */
export async function scrollTo(page: Page, stage: 'see' | 'teach' | 'prove' | 'take-away'): Promise<void> {
  await page.locator(`#${stage}`).scrollIntoViewIfNeeded();
  await page.locator('#connect:enabled').waitFor();
}
