import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { skipWithout } from './installed.js';

/** Debian's Firefox, unless this variable names another. */
const PATH = process.env.SPIKEWORD_FIREFOX || '/usr/bin/firefox-esr';

/** The reason why there is no Firefox to test with, for node:test's `skip`; false if there is one. */
export const firefoxSkip = skipWithout(PATH, 'SPIKEWORD_FIREFOX');

/** The microphone of a browser: the machine's, one that hums and that every page may use, or one that none may use. */
export type FirefoxMicrophone = 'own' | 'humming' | 'refused';

const PREFERENCES: Readonly<Record<FirefoxMicrophone, Record<string, unknown>>> = {
  own: { 'media.navigator.permission.disabled': true },
  humming: { 'media.navigator.permission.disabled': true, 'media.navigator.streams.fake': true },
  refused: { 'permissions.default.microphone': 2, 'media.navigator.streams.fake': true },
};

/** A loudspeaker that nobody hears: without one, Firefox starts no sound. */
export interface Loudspeaker {
  readonly env: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

/** Starts a sound server of its own in a new folder. */
export async function startLoudspeaker(folder: string): Promise<Loudspeaker> {
  mkdirSync(folder, { mode: 0o700 });
  const socket = join(folder, 'native');
  const env = { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder, PULSE_SERVER: `unix:${socket}` };
  const options = ['--daemonize=no', '--exit-idle-time=-1', '-n', '--disable-shm=true'];
  const modules = [`module-native-protocol-unix auth-anonymous=1 socket=${socket}`, 'module-null-sink'];
  const server = spawn('pulseaudio', [...options, ...modules.map((name) => `--load=${name}`)], {
    env,
    stdio: 'ignore',
  });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  while (!existsSync(socket)) await wait(50);
  return {
    env,
    stop: async () => {
      server.kill();
      await ended;
    },
  };
}

/** Starts Firefox without a window and without Web Serial, which not every version has. */
export function startFirefox(
  microphone: FirefoxMicrophone = 'own',
  env: NodeJS.ProcessEnv = process.env,
): Promise<Browser> {
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: PATH,
    env,
    extraPrefsFirefox: { ...PREFERENCES[microphone], 'dom.webserial.enabled': false },
  });
}

/** A page, and its uncaught errors and errors on the console. */
export interface WatchedInFirefox {
  readonly page: Page;
  readonly errors: readonly string[];
}

/** Opens the page, waits for its model, and records its errors. */
export async function openInFirefox(browser: Browser, url: string): Promise<WatchedInFirefox> {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await page.goto(url);
  await untilText(page, '#model-note', /layers/);
  return { page, errors };
}

/** Waits until an element that is shown has this text, and returns the whole. */
export async function untilText(page: Page, selector: string, text: RegExp): Promise<string> {
  const handle = await page.waitForFunction(
    `(() => {
      const found = document.querySelector(${JSON.stringify(selector)});
      return found !== null && found.checkVisibility() && ${text}.test(found.innerText) ? found.innerText : '';
    })()`,
  );
  return (await handle.jsonValue()) as string;
}
