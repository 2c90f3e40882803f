// The worker that listens: front end, network and detector. The page gets what it shows, and nothing of it waits for
// the page.
import { SAMPLE_RATE_HZ } from '../../../core/audio/index.js';
import { Kernel } from '../../../core/kernel/index.js';
import type { Block } from '../audio/block.js';
import type { FromWorker, ToWorker } from './messages.js';
import { Session } from './session.js';

/** How often sound that is played is heard. */
const PLAY_MS = 20;

let module: WebAssembly.Module | null = null;
let model: Uint8Array | null = null;
let session: Session | null = null;
let stream = 0;
let microphone: MessagePort | null = null;
/** Blocks of the microphone that came, blocks that did not come, and the next block. */
let counts = { blocks: 0, lost: 0, next: 0 };

const tell = (message: FromWorker): void => postMessage(message);

/** @param spokenAt when the last sample was spoken; null for a recording */
function tellNews(spokenAt: number | null, done = false): void {
  if (session === null) return;
  const now = Date.now();
  const behindMs = spokenAt === null ? 0 : Math.max(0, now - spokenAt);
  const { blocks, lost } = counts;
  tell({ kind: 'news', stream, news: session.news(), behindMs, blocks, lost, at: now, done });
}

function begin(next: number, sampleRateHz: number, thresholds: readonly number[]): void {
  if (module === null || model === null) throw new Error('a stream needs a kernel and a model');
  session = new Session(Kernel.bind(model, module), sampleRateHz, thresholds);
  stream = next;
  counts = { ...counts, blocks: 0, lost: 0 };
}

function stop(): void {
  microphone?.close();
  microphone = null;
  session?.end();
  tellNews(null);
  session = null;
}

function connect(port: MessagePort): void {
  microphone?.close();
  microphone = port;
  counts = { blocks: 0, lost: 0, next: 0 };
  port.onmessage = ({ data }: MessageEvent<Block>) => {
    if (port !== microphone) return;
    counts.lost += data.number - counts.next;
    counts.next = data.number + 1;
    counts.blocks++;
    session?.push(data.samples);
    tellNews(data.at);
  };
}

/** Hears samples as fast as they would be spoken. If it is late, it hears more at once, and none is left out. */
function play(own: number, samples: Float32Array, from: number): void {
  const began = Date.now();
  let heard = 0;
  const go = (): void => {
    if (own !== stream || session === null) return;
    const due = Math.min(samples.length, from + Math.floor(((Date.now() - began) * SAMPLE_RATE_HZ) / 1000));
    session.push(samples.subarray(heard, due));
    heard = due;
    const isDone = due === samples.length;
    if (isDone) session.end();
    tellNews(began + ((due - from) * 1000) / SAMPLE_RATE_HZ, isDone);
    if (!isDone) setTimeout(go, PLAY_MS);
  };
  go();
}

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  try {
    if (data.kind === 'kernel') module = data.module;
    else if (data.kind === 'model') model = data.bytes;
    else if (data.kind === 'begin') begin(data.stream, data.sampleRateHz, data.thresholds);
    else if (data.kind === 'stop') stop();
    else if (data.kind === 'microphone') connect(data.port);
    else if (data.kind === 'thresholds') session?.setThresholds(data.thresholds);
    else if (data.kind === 'look') tell({ kind: 'view', stream, view: session?.look() ?? null });
    else if (data.stream !== stream) return;
    else if (data.kind === 'play') play(data.stream, data.samples, data.from);
    else {
      session?.push(data.samples);
      if (data.last) session?.end();
      tellNews(null, true);
    }
  } catch (error) {
    tell({ kind: 'fault', message: (error as Error).message });
  }
});
