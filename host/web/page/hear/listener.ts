import { type Heard, History, type View } from '../history.js';
import { kernelModule, type LoadedModel } from '../model.js';
import { startWorker } from '../start-worker.js';
import workerUrl from './listening.worker.ts?worker&url';
import type { FromWorker, ToWorker } from './messages.js';

/** What the page knows of a stream of sound that the worker hears. */
export interface Stream {
  readonly model: LoadedModel;
  readonly history: History;
  /** Root mean square of the last samples, ±1, and how long there were only zeros, in seconds. */
  readonly level: number;
  readonly zeroSeconds: number;
  /** Since it began: milliseconds of sound, and of computing. */
  readonly soundMs: number;
  readonly computedMs: number;
  /** How far the worker was behind the sound, and the page behind the worker, at the last news, in milliseconds. */
  readonly behindMs: number;
  readonly pageBehindMs: number;
  /** Blocks of the microphone that the worker got, and blocks that were lost on the way to it. */
  readonly blocks: number;
  readonly lost: number;
}

type Changing = { -readonly [K in keyof Stream]: Stream[K] };

const fresh = (model: LoadedModel): Changing => ({
  model,
  history: new History(model.network.labels.length),
  ...{ level: 0, zeroSeconds: 0, soundMs: 0, computedMs: 0, behindMs: 0, pageBehindMs: 0 },
  ...{ blocks: 0, lost: 0 },
});

/** The worker that listens, as the page sees it. */
export class Listener {
  /** Called after every piece of news. */
  onNews: (stream: Stream) => void = () => {};
  onHeard: (heard: Heard) => void = () => {};
  /** Called with all sound that was heard: int16 at 16 kHz. */
  onSound: (samples: Int16Array) => void = () => {};
  /** Started with the first sound: until then its code and the kernel are not loaded. */
  private worker: Promise<Worker> | null = null;
  /** The model that the worker has. */
  private told: LoadedModel | null = null;
  private number = 0;
  private current: Changing | null = null;
  /** Called when the worker has done what it was given, with whether it was all: not if another stream began. */
  private done: ((all: boolean) => void) | null = null;
  private looks: ((view: View | null) => void)[] = [];

  /** @param onFault gets what went wrong in the worker */
  constructor(private readonly onFault: (message: string) => void) {}

  /** Shows a model before there is sound for it: an empty stream, which replaces the previous one. */
  show(model: LoadedModel): Stream {
    this.finish(false);
    this.number++;
    this.current = fresh(model);
    return this.current;
  }

  /** Begins a stream of sound at this rate, which replaces the previous one. The microphone goes into it, if any. */
  begin(model: LoadedModel, sampleRateHz: number, thresholds: readonly number[]): Stream {
    const stream = this.show(model);
    if (this.told !== model) this.tell({ kind: 'model', bytes: model.bytes });
    this.told = model;
    this.tell({ kind: 'begin', stream: this.number, sampleRateHz, thresholds });
    return stream;
  }

  /** Changes the thresholds of the stream that is being heard; one that begins later has its own. */
  setThresholds(thresholds: readonly number[]): void {
    if (this.worker !== null) this.tell({ kind: 'thresholds', thresholds });
  }

  /** Connects the port through which a microphone's blocks come. */
  connect(port: MessagePort): void {
    this.tell({ kind: 'microphone', port }, [port]);
  }

  /** Hears samples of ±1, the last of the stream or not. Resolves when they are heard, to false if they were not. */
  hear(samples: Float32Array<ArrayBuffer>, last: boolean): Promise<boolean> {
    this.tell({ kind: 'samples', stream: this.number, samples, last });
    return this.untilDone();
  }

  /**
   * Hears samples of ±1 as fast as they would be spoken, from the one at `from` on. Resolves when all are heard, to
   * false if another stream began before.
   */
  play(samples: Float32Array<ArrayBuffer>, from: number): Promise<boolean> {
    this.tell({ kind: 'play', stream: this.number, samples, from });
    return this.untilDone();
  }

  /** Ends what is being heard. News of what was heard already may still come, and of a near miss that was open. */
  stop(): void {
    this.finish(false);
    if (this.worker !== null) this.tell({ kind: 'stop' });
  }

  /** Returns what the network reads now; null before its first inference. */
  look(): Promise<View | null> {
    this.tell({ kind: 'look' });
    return new Promise((resolve) => this.looks.push(resolve));
  }

  /** Tells the worker, in the order of the calls. */
  private tell(message: ToWorker, transferred: Transferable[] = []): void {
    this.worker ??= this.start();
    this.worker.then(
      (worker) => worker.postMessage(message, transferred),
      (error) => {
        this.onFault(`The network cannot listen: ${(error as Error).message}`);
        [this.worker, this.told] = [null, null];
      },
    );
  }

  private async start(): Promise<Worker> {
    const module = await kernelModule();
    const worker = startWorker(workerUrl);
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.kind === 'fault') this.onFault(`The network cannot listen: ${data.message}.`);
      else if (data.kind === 'view') this.looks.shift()?.(data.stream === this.number ? data.view : null);
      else if (data.stream === this.number) this.take(data);
    };
    worker.onerror = (event) => {
      this.onFault(`The part of this page that listens does not run: ${event.message || 'reload the page'}.`);
    };
    worker.postMessage({ kind: 'kernel', module } satisfies ToWorker);
    return worker;
  }

  private untilDone(): Promise<boolean> {
    return new Promise((resolve) => {
      this.done = resolve;
    });
  }

  private finish(all: boolean): void {
    const { done } = this;
    this.done = null;
    done?.(all);
  }

  private take({ news, ...message }: FromWorker & { kind: 'news' }): void {
    const { current } = this;
    if (current === null) return;
    const { frames, mel, scores, flags, sound, ...rest } = news;
    const { behindMs, blocks, lost } = message;
    const pageBehindMs = Math.max(0, Date.now() - message.at);
    Object.assign(current, rest, { behindMs, pageBehindMs, blocks, lost });
    current.history.push(frames, mel, scores);
    current.history.flags.push(...flags);
    this.onSound(sound);
    for (const heard of flags) this.onHeard(heard);
    this.onNews(current);
    if (message.done) this.finish(true);
  }
}
