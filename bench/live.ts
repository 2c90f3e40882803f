import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { readRecording } from '../host/audio/index.js';
import { FRAME_MS, HOP_SAMPLES, SAMPLE_RATE_HZ, wordExtent } from '../host/core/audio/index.js';
import { operatingPointOf, StreamDetector } from '../host/core/detection/index.js';
import { ownHop, planNetwork } from '../host/core/network/index.js';
import { encodeWav } from '../host/core/wav/index.js';
import { openKernel, readModel } from '../host/model/index.js';
import { defaultModelPath, packagePath } from '../host/system/package-files.js';
import { serveWeb } from '../host/web/index.js';
import { browserSkip, openPage, scrollTo, startChromium } from '../test/web/chromium.js';
import { endure, endureCommand, type Rounds } from './live-endurance.js';

const ROUNDS = 5;
/** Samples per push, as from a microphone. */
const PIECE_SAMPLES = 1600;
const ENDURANCE_SECONDS = 3600;

const option = (name: string): string | undefined => process.argv[process.argv.indexOf(name) + 1 || Infinity];
const path = option('--model') ?? defaultModelPath();
const model = readModel(path).content;

/** Returns all words of the sample dataset, one after the other. */
async function speech(): Promise<Int16Array> {
  const sample = packagePath('datasets/sample');
  const words = readdirSync(sample).filter((word) => !word.startsWith('_'));
  const files = words.flatMap((word) => readdirSync(join(sample, word)).map((file) => join(sample, word, file)));
  const clips = await Promise.all(files.map((file) => readRecording(file)));
  const samples = new Int16Array(clips.reduce((sum, clip) => sum + clip.length, 0));
  let at = 0;
  for (const clip of clips) {
    samples.set(clip, at);
    at += clip.length;
  }
  return samples;
}

/** Returns the seconds of one core per second of sound, as processor time, so that other load does not count. */
function coreSeconds(samples: Int16Array, pieceSamples: number, push: (piece: Int16Array) => unknown): number {
  const before = process.cpuUsage();
  for (let at = 0; at < samples.length; at += pieceSamples) push(samples.subarray(at, at + pieceSamples));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6 / (samples.length / SAMPLE_RATE_HZ);
}

function realTimeFactor(samples: Int16Array, hopMs: number): number {
  const detector = new StreamDetector(openKernel(model), { point: { averageMs: 400, minimumCount: 1, hopMs } });
  return coreSeconds(samples, PIECE_SAMPLES, (piece) => detector.push(piece));
}

function frontEndFactor(samples: Int16Array): number {
  const kernel = openKernel(model);
  kernel.beginStream();
  return coreSeconds(samples, HOP_SAMPLES, (piece) => kernel.push(piece));
}

/** Returns the page's own figure for a recording: the share of one core that it computes; null without a browser. */
async function pageFigure(samples: Int16Array): Promise<string | null> {
  if (browserSkip !== false) return null;
  const server = await serveWeb({ port: 0, model: path });
  const browser = await startChromium();
  try {
    const { page } = await openPage(browser, server.url);
    const buffer = Buffer.from(encodeWav(samples));
    await page.locator('#recording-file').setInputFiles({ name: 'speech.wav', mimeType: 'audio/wav', buffer });
    await page.locator('#sound-note', { hasText: 'heard.' }).waitFor({ timeout: 300_000 });
    // the figures are written a few times a second
    await page.waitForTimeout(1000);
    return await page.locator('#figure-computing').textContent();
  } finally {
    await browser.close();
    await server.close();
  }
}

/** How long the page listens at a throttled processor, and how many times slower that is. */
const [THROTTLED_SECONDS, SLOWER] = [10, 6];

/**
 * Returns what the page says about its lateness after it has listened to a microphone with its main thread throttled:
 * how many milliseconds it was behind the sound at most, and how many pieces of the sound were lost; null without a
 * browser.
 */
async function throttledFigures(samples: Int16Array): Promise<{ behindMs: number; lost: string } | null> {
  if (browserSkip !== false) return null;
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-bench-'));
  const wav = join(folder, 'speech.wav');
  writeFileSync(wav, encodeWav(samples));
  const server = await serveWeb({ port: 0, model: path });
  const browser = await startChromium({ wav, loop: true });
  try {
    const { page } = await openPage(browser, server.url);
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
    await page.locator('#listen').click();
    await scrollTo(page, 'see');
    await page.locator('#see-live').click();
    let [behindMs, lost] = [0, ''];
    const end = performance.now() + THROTTLED_SECONDS * 1000;
    while (performance.now() < end) {
      const note = (await page.locator('#figure-computing-note').textContent()) ?? '';
      const said = note.match(/heard (\d+) ms behind the sound, (.*)$/);
      behindMs = Math.max(behindMs, Number(said?.[1] ?? 0));
      lost = said?.[2] ?? lost;
      await page.waitForTimeout(100);
    }
    return { behindMs, lost };
  } finally {
    await browser.close();
    await server.close();
    rmSync(folder, { recursive: true });
  }
}

/** Who starts a program speaks half a second later at the earliest. */
const BEFORE = SAMPLE_RATE_HZ / 2;

/** Returns a clip between half a second and two seconds of silence. */
function betweenSilence(clip: Int16Array): Int16Array {
  const all = new Int16Array(BEFORE + clip.length + 2 * SAMPLE_RATE_HZ);
  all.set(clip, BEFORE);
  return all;
}

/**
 * Returns the first clip of the sample dataset, by name, in which the model detects a word at its operating point; null
 * if there is none.
 */
async function firstHeard(): Promise<{ readonly name: string; readonly clip: Int16Array } | null> {
  const sample = packagePath('datasets/sample');
  const clips = readdirSync(sample, { recursive: true, encoding: 'utf8' }).filter((name) => /^[^_].*\.wav$/.test(name));
  for (const name of clips.sort()) {
    const clip = await readRecording(join(sample, name));
    if (new StreamDetector(openKernel(model)).push(betweenSilence(clip)).length > 0) return { name, clip };
  }
  return null;
}

/**
 * Starts `spikeword listen` and, half a second later, a clip of a word in real time. Returns the seconds from the end
 * of the word, found by its level, to its detection, including start-up; null if the word is not detected.
 */
async function firstDetection(clip: Int16Array): Promise<number | null> {
  const args = ['listen', path!, '-', '--json'];
  const child = spawn(process.execPath, [packagePath('dist/host/cli/main.js'), ...args]);
  const start = performance.now();
  let detected: number | null = null;
  child.stdout.on('data', () => {
    detected ??= performance.now();
    child.stdin.destroy();
  });
  child.stdin.on('error', () => {});
  const ended = new Promise((resolve) => child.once('close', resolve));
  const all = betweenSilence(clip);
  for (let at = 0; at < all.length && detected === null; at += PIECE_SAMPLES) {
    const over = start + ((at + PIECE_SAMPLES) / SAMPLE_RATE_HZ) * 1000;
    await new Promise((resolve) => setTimeout(resolve, over - performance.now()));
    child.stdin.write(Buffer.from(all.slice(at, at + PIECE_SAMPLES).buffer));
  }
  child.stdin.end();
  await ended;
  return detected === null ? null : (detected - start) / 1000 - (BEFORE + wordExtent(clip)[1]) / SAMPLE_RATE_HZ;
}

function printRounds({ driftSamples, differingRounds, rssMiB }: Rounds & { rssMiB: readonly number[] }): void {
  console.log(
    `  time stamps        off by ${driftSamples} samples at the end; ${differingRounds} rounds have other detections`,
  );
  // without the first tenth, in which code is compiled and buffers are created
  const later = rssMiB.slice(1);
  const span = (100 * (Math.max(...later) - Math.min(...later))) / Math.min(...later);
  console.log(
    `  memory             ${rssMiB.map((mib) => mib.toFixed(1)).join(' ')} MiB, every tenth of the time; ` +
      `within ${span.toFixed(1)} % after the first`,
  );
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];
const samples = await speech();
const { network } = openKernel(model);
const own = operatingPointOf(network).hop * FRAME_MS;
realTimeFactor(samples, own);
// a network without padding has only one hop
const hops = ownHop(planNetwork(network.spec)) === null ? [20, 40, 100, own] : [own];
const factors = [...new Set(hops)].map((hopMs) => ({
  hopMs,
  realTimeFactor: median(Array.from({ length: ROUNDS }, () => realTimeFactor(samples, hopMs))),
}));
const idle = median(Array.from({ length: ROUNDS }, () => frontEndFactor(samples)));
const page = await pageFigure(samples);
const throttled = await throttledFigures(samples);

const first = await firstHeard();
const starts: (number | null)[] = [];
for (let round = 0; round < ROUNDS && first !== null; round++) starts.push(await firstDetection(first.clip));
const measured = starts.filter((start) => start !== null);
const startSeconds = measured.length === ROUNDS ? median(measured) : null;
const endures = process.argv.includes('--endurance');
const endurance = endures ? endure(model, samples, ENDURANCE_SECONDS) : null;
const command = endures ? await endureCommand(path, samples, ENDURANCE_SECONDS) : null;
const result = {
  model: path,
  hopMs: own,
  factors,
  frontEnd: idle,
  page,
  throttled,
  startSeconds,
  startClip: first?.name ?? null,
  endurance,
  command,
};

if (process.argv.includes('--json')) {
  console.log(JSON.stringify(result));
} else {
  const percent = (factor: number): string => `${(100 * factor).toFixed(2)} % of one core`;
  console.log(`${path}, ${cpus()[0].model}, Node ${process.version}, median of ${ROUNDS} rounds`);
  console.log(`front end alone      ${percent(idle)}`);
  for (const { hopMs, realTimeFactor: factor } of factors) {
    const stored = hopMs === own ? ', the hop of the model' : '';
    console.log(`hop ${String(hopMs).padStart(3)} ms           ${percent(factor)}${stored}`);
  }
  console.log(`the page             ${page === null ? 'no browser' : `${page} of one core, by its own figure`}`);
  if (throttled !== null) {
    const { behindMs, lost } = throttled;
    console.log(`  main thread ${SLOWER} × slower: words are heard ${behindMs} ms behind the sound at most, ${lost}`);
  }
  const start =
    startSeconds === null
      ? 'none'
      : `${startSeconds.toFixed(2)} s after the end of the word in ${first?.name}, including start-up`;
  console.log(`first detection      ${start}`);
  if (endurance !== null && command !== null) {
    const { hours, wallSeconds, frames, framesExpected } = endurance;
    console.log(`${hours} h looped          ${wallSeconds.toFixed(0)} s, ${frames} of ${framesExpected} frames`);
    printRounds(endurance);
    const { heardSeconds, detections } = command;
    console.log(
      `spikeword listen     ${command.wallSeconds.toFixed(0)} s, ${heardSeconds} s heard, ${detections} detections`,
    );
    printRounds(command);
  }
}
