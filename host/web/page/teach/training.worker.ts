// Trains words in a worker: the same code, and the same bytes, as `spikeword train --wake-word`.
import { CLIP_SAMPLES } from '../../../core/audio/index.js';
import type { CompiledModule } from '../../../core/compiled-module.js';
import { FrontEnd } from '../../../core/features/index.js';
import { Kernel } from '../../../core/kernel/index.js';
import { decodeModel, encodeModel } from '../../../core/model/index.js';
import { decodeCheckpoint } from '../../../core/network/index.js';
import type { StartThreads } from '../../../core/training/index.js';
import {
  decodeCounterExamples,
  makeFromRecordings,
  type Origin,
  sortRecordings,
  WAKE_WORD_WINDOWS,
  type WakeWordClip,
} from '../../../core/wakeword/index.js';
import { fetchBytes } from '../fetch-bytes.js';
import { sha256 } from '../sha256.js';
import { startWorker } from '../start-worker.js';
import type { Proof, TaughtFacts } from './store.js';

/** What the worker is asked to do. */
export interface TrainingRequest {
  readonly words: readonly string[];
  readonly clips: readonly { readonly word: string; readonly speaker: string; readonly samples: Int16Array }[];
  readonly background: readonly Int16Array[];
  readonly mistakes: { readonly words: readonly WakeWordClip[]; readonly falseAccepts: readonly Int16Array[] };
  readonly origin: Origin;
  readonly epochs: number;
  /** The page's address, and that of a thread's script. */
  readonly base: string;
  readonly threadUrl: string;
}

/** What the worker says. */
export type TrainingReport =
  | { readonly kind: 'stage'; readonly text: string }
  | {
      readonly kind: 'step';
      readonly done: number;
      readonly total: number;
      readonly loss: number;
      readonly correct: number;
    }
  | { readonly kind: 'done'; readonly bytes: Uint8Array<ArrayBuffer>; readonly facts: TaughtFacts }
  | { readonly kind: 'fault'; readonly message: string };

/** More threads than this wait for each other. */
const MOST_THREADS = 8;

const say = (report: TrainingReport): void => postMessage(report);

addEventListener('message', ({ data }: MessageEvent<TrainingRequest>) => {
  train(data).catch((error: Error) => say({ kind: 'fault', message: error.message }));
});

async function train(request: TrainingRequest): Promise<void> {
  const { words, clips, background, mistakes, origin, epochs, base } = request;
  const began = performance.now();
  say({ kind: 'stage', text: 'Loading the network and the counter-examples' });
  const [trunkBytes, counterBytes, trainer, frontEnd, kernel, dense] = await Promise.all([
    fetchBytes('models/commands.safetensors', base),
    fetchBytes('models/counter-examples.safetensors', base),
    ...['trainer', 'frontend', 'kernel', 'kernel-dense'].map(
      async (name): Promise<CompiledModule> => WebAssembly.compile(await fetchBytes(`${name}.wasm`, base)),
    ),
  ] as const as [Promise<Uint8Array>, Promise<Uint8Array>, ...Promise<CompiledModule>[]]);
  const trunk = decodeCheckpoint(trunkBytes, 'commands.safetensors');
  const counterExamples = decodeCounterExamples(counterBytes, 'counter-examples.safetensors');
  const recordings = sortRecordings(
    words,
    clips.map((clip) => ({ ...clip, speakerKnown: true })),
  );
  const threads = crossOriginIsolated ? Math.max(1, Math.min(MOST_THREADS, navigator.hardwareConcurrency)) : 1;
  say({ kind: 'stage', text: 'Training' });
  const total = epochs * WAKE_WORD_WINDOWS;
  let last = { loss: 0, correct: 0 };
  let windows = 0;
  const made = await makeFromRecordings(words, { recordings, mistakes, background }, origin, {
    ...{ trunk, counterExamples, threads, epochs },
    modules: { trainer, frontEnd, kernel },
    startThreads: startThreads(request),
    onStep: ({ loss, correct }) => {
      last = { loss, correct };
    },
    onProgress: (done) => {
      say({ kind: 'step', done, total, loss: last.loss, correct: last.correct / (done - windows) });
      windows = done;
      if (done === total) say({ kind: 'stage', text: 'Choosing the threshold' });
    },
  });
  const bytes = encodeModel(made.network) as Uint8Array<ArrayBuffer>;
  say({ kind: 'stage', text: 'Comparing two builds of the kernel' });
  const proof = prove(bytes, words, clips, { frontEnd, kernel, dense });
  const { point: _, ...outcome } = made.outcome;
  const heldOut = recordings.own.filter((one) => one.heldOut).length;
  say({
    kind: 'done',
    bytes,
    facts: {
      ...{ sha256: await sha256(bytes), seconds: (performance.now() - began) / 1000, threads, epochs, proof },
      ...{ trained: recordings.own.length - heldOut, heldOut },
      ...outcome,
    },
  });
}

/** Starts threads that share this worker's memory. */
function startThreads({ threadUrl, base }: TrainingRequest): StartThreads {
  return async (tasks, onFault) => {
    const threads = await Promise.all(
      tasks.map(
        (task) =>
          new Promise<Worker>((resolve, reject) => {
            const thread = startWorker(threadUrl, base);
            thread.onerror = (event) => {
              const fault = new Error(event.message || 'a thread could not be loaded');
              onFault(fault);
              reject(fault);
            };
            thread.onmessage = ({ data }) => {
              if (data === 'ready') thread.postMessage(task);
              else resolve(thread);
            };
          }),
      ),
    );
    return {
      end: async () => {
        for (const thread of threads) thread.terminate();
      },
    };
  };
}

/** Recordings that are compared: more would take seconds and prove no more. */
const MOST_COMPARED = 60;

/**
 * Runs recordings through the kernel, which follows the spikes, and through its dense build, which multiplies every
 * weight by every spike, and compares every spike and score.
 */
function prove(
  bytes: Uint8Array,
  words: readonly string[],
  clips: TrainingRequest['clips'],
  modules: { readonly frontEnd: CompiledModule; readonly kernel: CompiledModule; readonly dense: CompiledModule },
): Proof {
  const network = decodeModel(bytes, 'the new model');
  const [kernel, dense] = [modules.kernel, modules.dense].map((module) => Kernel.bindDecoded(bytes, network, module));
  const frontEnd = FrontEnd.create(modules.frontEnd, network.features);
  const said = clips.filter(({ word, samples }) => words.includes(word) && samples.length === CLIP_SAMPLES);
  const every = Math.max(1, Math.ceil(said.length / MOST_COMPARED));
  const chosen = said.filter((_, k) => k % every === 0);
  let [compared, different, recognised, operations] = [0, 0, 0, 0];
  const compare = (one: ArrayLike<number>, other: ArrayLike<number>): void => {
    compared += one.length;
    for (let k = 0; k < one.length; k++) if (one[k] !== other[k]) different++;
  };
  for (const { word, samples } of chosen) {
    const features = frontEnd.features(samples);
    const [one, other] = [kernel.trace(features), dense.trace(features)];
    one.spikes.forEach((spikes, layer) => {
      compare(spikes, other.spikes[layer]);
    });
    const { scores, synapticOperations } = one.inference;
    compare(scores, other.inference.scores);
    if (network.labels[scores.indexOf(Math.max(...scores))] === word) recognised++;
    for (const count of synapticOperations) operations += count;
  }
  const { layers, classifier } = kernel.plan;
  const ordinary = layers.reduce((sum, { macs }) => sum + macs, classifier.channels * classifier.classes);
  return {
    ...{ recordings: chosen.length, compared, different, recognised, ordinary },
    operations: operations / Math.max(1, chosen.length),
  };
}
