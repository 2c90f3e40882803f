import { availableParallelism } from 'node:os';
import { checkFrontEnd } from '../core/kernel/index.js';
import { featureCount } from '../core/network/index.js';
import type { QuantizedNetwork } from '../core/quantization/index.js';
import type { SamplePack } from '../dataset/index.js';
import { runOnWorkers, sharedCounter } from '../system/index.js';
import { openModel } from './read.js';

export interface InferenceOptions {
  /** Worker threads; default: one per core. */
  readonly threads?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface PackInferenceOptions extends InferenceOptions {
  /** The indices of the clips, in any order and with repetitions; default: each clip once. */
  readonly clips?: ArrayLike<number>;
}

/** The kernel's results for many clips. They do not depend on the number of threads. */
export interface PackInference {
  /** The recognised class, [clip] */
  readonly classes: Int32Array;
  /** int32 logits, [clip][class] */
  readonly scores: Int32Array;
  /** Spikes of each layer, summed over the clips: [layer] */
  readonly spikes: Float64Array;
  /** Synaptic operations of each layer, summed over the clips: [layer] */
  readonly synapticOperations: Float64Array;
  /** Timesteps that were computed, [clip]: fewer than the network has where it decided early. */
  readonly timesteps: Int32Array;
  /** Synaptic operations of all layers, [clip] */
  readonly clipOperations: Float64Array;
  /** RAM that the kernel needs for the model. */
  readonly ramBytes: number;
  /** Wall-clock seconds from the first clip to the last, without the start of the threads. */
  readonly seconds: number;
}

/** The input of a worker. All workers share the arrays. */
export interface ClassifySetup {
  readonly model: Uint8Array;
  /** The samples of clips or, if they are already computed, their features: int8, [clip][frame][coefficient]. */
  readonly source: ReturnType<SamplePack['descriptor']> | Int8Array;
  readonly clips: Int32Array;
  readonly classes: Int32Array;
  readonly scores: Int32Array;
  readonly timesteps: Int32Array;
  readonly clipOperations: Float64Array;
  /** The next of `clips` that no worker has taken. */
  readonly next: Int32Array;
}

/** A message of a worker: the number of clips after each piece, and its sums at the end. */
export type ClassifyMessage =
  | { readonly clips: number }
  | {
      readonly spikes: Float64Array;
      readonly synapticOperations: Float64Array;
      readonly ramBytes: number;
      /** Milliseconds of a clock that all threads share. */
      readonly began: number;
      readonly ended: number;
    };

export const CLIPS_PER_PIECE = 32;

const sharedInt32 = (length: number): Int32Array => new Int32Array(new SharedArrayBuffer(length * 4));

/**
 * Recognises the clips of a pack from their samples, including the front end, on worker threads. `model` is the content
 * of a model file or of a module. Throws `ModelError` if the model is bad or reads other features, and what a worker
 * throws.
 */
export async function classifyPack(
  model: Uint8Array,
  pack: SamplePack,
  options: PackInferenceOptions = {},
): Promise<PackInference> {
  const { network } = openModel(model, 'model');
  checkFrontEnd(network);
  const clips = Int32Array.from(options.clips ?? { length: pack.count }, (clip, k) => clip ?? k);
  return classify(model, network, pack.descriptor(), clips, options);
}

/**
 * Recognises clips from their features on worker threads, for networks that read other features than the front end
 * computes. Throws `ModelError` if the model is bad, and what a worker throws.
 *
 * @param features int8, [clip][frame][coefficient]
 */
export function classifyFeatures(
  model: Uint8Array,
  features: Int8Array,
  options: InferenceOptions = {},
): Promise<PackInference> {
  const { network } = openModel(model, 'model');
  const clips = features.length / featureCount(network.spec);
  const everyClip = Int32Array.from({ length: clips }, (_, clip) => clip);
  return classify(model, network, features, everyClip, options);
}

async function classify(
  model: Uint8Array,
  { layers, spec }: QuantizedNetwork,
  source: ClassifySetup['source'],
  clips: Int32Array,
  options: InferenceOptions,
): Promise<PackInference> {
  const result = {
    classes: sharedInt32(clips.length),
    scores: sharedInt32(clips.length * spec.classes),
    spikes: new Float64Array(layers.length),
    synapticOperations: new Float64Array(layers.length),
    timesteps: sharedInt32(clips.length),
    clipOperations: new Float64Array(new SharedArrayBuffer(clips.length * 8)),
    ramBytes: 0,
  };
  let began = Number.POSITIVE_INFINITY;
  let ended = 0;
  let done = 0;
  const receive = (message: ClassifyMessage): void => {
    if ('clips' in message) {
      done += message.clips;
      options.onProgress?.(done, clips.length);
      return;
    }
    // integers far below 2^53, so the order of the sum does not matter
    for (let k = 0; k < layers.length; k++) {
      result.spikes[k] += message.spikes[k];
      result.synapticOperations[k] += message.synapticOperations[k];
    }
    result.ramBytes = message.ramBytes;
    began = Math.min(began, message.began);
    ended = Math.max(ended, message.ended);
  };
  const { classes, scores, timesteps, clipOperations } = result;
  const shared = { classes, scores, timesteps, clipOperations, next: sharedCounter() };
  const setup: ClassifySetup = { model, source, clips, ...shared };
  // at least one: the result contains the model's RAM even if there are no clips
  const pieces = Math.max(1, Math.ceil(clips.length / CLIPS_PER_PIECE));
  const threads = Math.min(options.threads ?? availableParallelism(), pieces);
  const url = new URL('classify-worker.js', import.meta.url);
  await runOnWorkers<ClassifySetup, null, ClassifyMessage>(url, new Array(threads).fill(setup), null, receive);
  // copies, because shared memory cannot be transferred, hashed or decoded everywhere
  return {
    ...result,
    classes: Int32Array.from(classes),
    scores: Int32Array.from(scores),
    timesteps: Int32Array.from(timesteps),
    clipOperations: Float64Array.from(clipOperations),
    seconds: (ended - began) / 1000,
  };
}
