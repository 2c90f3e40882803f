import { FIRST_FRAME_SAMPLES, HOP_SAMPLES, samplesOfFrames } from '../audio/index.js';
import { concatenated } from '../bytes.js';
import type { CompiledModule } from '../compiled-module.js';
import { checkAbi, type KernelExports, QUERY } from '../kernel/index.js';
import { crc32 } from '../model/index.js';
import type { NetworkPlan } from '../network/index.js';
import { voice } from './voice.js';

/** What a model makes of the built-in signal. Numbers are CRC-32s unless they say otherwise. */
export interface SelfTest {
  readonly seed: number;
  /** Samples of the stream. */
  readonly samples: number;
  /** int8 features of the first window, [frame][coefficient], and its int32 scores, [class]. */
  readonly features: number;
  readonly scores: number;
  /** Spike train of each layer of the first window, as bits [position][timestep][word of 32 channels]. */
  readonly layers: readonly { readonly name: string; readonly spikes: number }[];
  /** Scores and averages of all results of the stream, one after the other. */
  readonly heard: number;
  /** The class that is detected first with the lowest thresholds, −1 for none, and after how many samples. */
  readonly word: number;
  readonly wordSamples: number;
}

/** The numbers of a self test in the order in which assembly/inference/self-test.ts reads them. */
export function testWords({ seed, samples, features, scores, heard, word, wordSamples, layers }: SelfTest): number[] {
  return [seed, samples, features, scores, heard, word, wordSamples, ...layers.map(({ spikes }) => spikes)];
}

/** Signals that are tried until the model detects a word in one. */
const SEEDS = 48;
/** Samples of the stream after the first window. */
const SAMPLES_AFTER = 8000;
const PAGE = 65_536;

function startKernel(kernel: CompiledModule, model: Uint8Array, ramBytes: number): KernelExports {
  const exports = checkAbi(new WebAssembly.Instance(kernel).exports);
  const ram = Math.ceil(ramBytes / PAGE) * PAGE;
  exports.memory.grow(Math.ceil((ram + model.length) / PAGE) - 1);
  new Uint8Array(exports.memory.buffer, ram).set(model);
  const error = exports.load(ram, model.length, ram);
  if (error !== 0) throw new RangeError(`a model that was checked is refused: error ${error}`);
  return exports;
}

function bytesAt(exports: KernelExports, key: number, length: number): Uint8Array {
  return new Uint8Array(exports.memory.buffer, exports.query(key), length);
}

/** Calls `use` for each piece of the samples, of which the first may be shorter; it must take them from SAMPLES. */
function inPieces(
  exports: KernelExports,
  samples: Int16Array,
  first: number,
  use: (count: number, end: number) => void,
): void {
  for (let at = 0, most = first; at < samples.length; most = HOP_SAMPLES) {
    const piece = samples.subarray(at, at + most);
    new Int16Array(exports.memory.buffer, exports.query(QUERY.samples), piece.length).set(piece);
    at += piece.length;
    use(piece.length, at);
  }
}

/** A stream of the signal: the CRC-32 of what is heard, and the first detection. */
function hear(exports: KernelExports, samples: Int16Array): Pick<SelfTest, 'heard' | 'word' | 'wordSamples'> {
  const classes = exports.query(QUERY.classes);
  const results: Uint8Array[] = [];
  let [word, wordSamples] = [-1, 0];
  // so eager that it detects a word in what says nothing
  const thresholds = new Uint16Array(exports.memory.buffer, exports.query(QUERY.thresholds), classes);
  thresholds.forEach((threshold, k) => {
    thresholds[k] = Math.min(threshold, 1);
  });
  exports.reset();
  inPieces(exports, samples, FIRST_FRAME_SAMPLES - HOP_SAMPLES, (count, end) => {
    if (exports.hear(count) < 1) return;
    while (exports.work() > 0);
    for (const key of [QUERY.scores, QUERY.averages]) results.push(bytesAt(exports, key, 4 * classes).slice());
    const detected = exports.query(QUERY.detected) | 0;
    if (detected < 0 || word >= 0) return;
    [word, wordSamples] = [detected, end];
  });
  return { heard: crc32(concatenated(results)), word, wordSamples };
}

/** A window of the signal, layer by layer. */
function compute(
  exports: KernelExports,
  plan: NetworkPlan,
  samples: Int16Array,
): Pick<SelfTest, 'features' | 'scores' | 'layers'> {
  const [frames, coefficients] = [exports.query(QUERY.frames), exports.query(QUERY.coefficients)];
  exports.reset();
  inPieces(exports, samples.subarray(0, samplesOfFrames(frames)), HOP_SAMPLES, (count) => exports.push(count));
  const features = crc32(bytesAt(exports, QUERY.features, frames * coefficients));
  exports.begin();
  const layers = plan.layers.map(({ name, convolution: { output } }, layer) => {
    exports.step();
    const words = Math.ceil(output.channels / 32);
    const bytes = output.frames * output.bands * exports.query(QUERY.timesteps) * words * 4;
    return { name, spikes: crc32(bytesAt(exports, QUERY.spikes + layer, bytes)) };
  });
  exports.step();
  return { features, layers, scores: crc32(bytesAt(exports, QUERY.scores, 4 * exports.query(QUERY.classes))) };
}

/**
 * Computes what an export expects of the built-in signal. The signal is the first in which the model detects a word, or
 * one without a detection if there is none.
 *
 * @param kernel kernel.wasm, compiled
 * @param model bytes of a model file that was checked, which reads the features of the front end
 * @param ramBytes RAM of the kernel that the model needs
 */
export function selfTest(kernel: CompiledModule, model: Uint8Array, plan: NetworkPlan, ramBytes: number): SelfTest {
  const exports = startKernel(kernel, model, ramBytes);
  const samples = samplesOfFrames(exports.query(QUERY.frames)) + SAMPLES_AFTER;
  const listens = exports.query(QUERY.thresholds) > 0;
  let seed = 1;
  let heard = { heard: 0, word: -1, wordSamples: 0 };
  for (; listens && seed <= SEEDS; seed++) {
    heard = hear(exports, voice(seed, samples));
    if (heard.word >= 0) break;
  }
  if (listens && heard.word < 0) {
    seed = 1;
    heard = hear(exports, voice(seed, samples));
  }
  return { seed, samples, ...compute(exports, plan, voice(seed, samples)), ...heard };
}
