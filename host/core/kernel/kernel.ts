import { clipWindow, HOP_SAMPLES, samplesOfFrames } from '../audio/index.js';
import type { CompiledModule } from '../compiled-module.js';
import { ModelError } from '../error.js';
import { decodeModel, encodeModel } from '../model/index.js';
import { featureCount, framesPerResult, type NetworkPlan, planNetwork, type TensorShape } from '../network/index.js';
import { type OperatingPoint, PROBABILITY_ONE, type QuantizedNetwork } from '../quantization/index.js';
import { checkAbi, type KernelExports } from './abi.js';
import { checkFrontEnd } from './check-front-end.js';
import { LOAD_ERROR, QUERY } from './generated.js';
import { loadErrorText } from './load-error.js';
import { trainBytes, unpackSpikes } from './unpack-spikes.js';

const PAGE = 65_536;

/** The result of one inference. */
export interface Inference {
  /** Index of the label; the lowest wins a tie. */
  readonly class: number;
  /** int32 logits, [class], in units of the classifier's scale. */
  readonly scores: Int32Array;
  /** Spikes of each layer over channels, positions and timesteps, [layer]. */
  readonly spikes: Uint32Array;
  /** Additions of one weight, [layer]: those caused by spikes, and for the stem its products with real input cells. */
  readonly synapticOperations: Uint32Array;
  /**
   * Timesteps that were computed: fewer than the network has if it decided early. Spikes and operations are those of
   * these timesteps, except that the stem, whose current does not change, computes all of its own at once.
   */
  readonly timesteps: number;
}

/** An inference and everything that led to it. */
export interface Trace {
  readonly inference: Inference;
  /** Current of the stem, bias included, the same at every timestep: [channel][frame][band]. */
  readonly stemCurrent: Int32Array;
  /** Spikes of each layer, 0 or 1: [timestep][channel][frame][band]; 0 in timesteps that were not computed. */
  readonly spikes: Uint8Array[];
}

/** Starts a module from outside, which may be damaged, or need imports that a kernel does not have. */
function instantiate(module: Uint8Array): WebAssembly.Instance {
  try {
    return new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(module)));
  } catch (cause) {
    throw new ModelError(`the module cannot be started: ${(cause as Error).message}`, { cause });
  }
}

/** Places the model on the first page boundary above the RAM that it needs, and binds it. */
function loadModel(exports: KernelExports, model: Uint8Array): void {
  const tryAt = (address: number): number => {
    const missing = address + model.length - exports.memory.buffer.byteLength;
    if (missing > 0) exports.memory.grow(Math.ceil(missing / PAGE));
    new Uint8Array(exports.memory.buffer, address).set(model);
    return exports.load(address, model.length, address);
  };
  let error = tryAt(PAGE);
  // no board has this much RAM, but a computer does
  if (error === LOAD_ERROR.ram) error = tryAt(Math.ceil((exports.query(QUERY.errorDetail) >>> 0) / PAGE) * PAGE);
  if (error !== 0) {
    const [detail, other] = [exports.query(QUERY.errorDetail) >>> 0, exports.query(QUERY.errorOther) >>> 0];
    throw new ModelError(`the kernel refuses the model: ${loadErrorText(error, detail, other)}`);
  }
}

/**
 * A WebAssembly kernel with a model: it computes the same integers as a board. The caller provides the compiled module,
 * in Node or in a browser. Two callers must not use it at once.
 */
export class Kernel {
  readonly plan: NetworkPlan;
  readonly abiVersion: number;
  private featureView: Int8Array;
  private sampleView: Int16Array;
  /** Frames of the stream; a double, because the kernel counts in 32 bits. */
  private framesCompleted = 0;

  private constructor(
    private readonly exports: KernelExports,
    private model: QuantizedNetwork,
  ) {
    this.plan = planNetwork(model.spec);
    this.abiVersion = exports.abiVersion();
    [this.featureView, this.sampleView] = this.inputs();
  }

  private inputs(): [features: Int8Array, samples: Int16Array] {
    const { exports } = this;
    const { buffer } = exports.memory;
    return [
      new Int8Array(buffer, exports.query(QUERY.features), featureCount(this.model.spec)),
      new Int16Array(buffer, exports.query(QUERY.samples), exports.query(QUERY.pushSamples)),
    ];
  }

  get network(): QuantizedNetwork {
    return this.model;
  }

  /** Bytes of memory below the model that the kernel uses for its tables and buffers. */
  get ramBytes(): number {
    return this.exports.query(QUERY.ramBytes);
  }

  /**
   * Creates a kernel for the bytes of a model file; `module` is dist/wasm/kernel.wasm, compiled. Throws `ModelError`
   * for a bad model or a kernel of another version.
   */
  static bind(model: Uint8Array, module: CompiledModule): Kernel {
    return Kernel.bindDecoded(model, decodeModel(model, 'model'), module);
  }

  /** The same for a model that is already decoded. */
  static bindDecoded(model: Uint8Array, network: QuantizedNetwork, module: CompiledModule): Kernel {
    const exports = checkAbi(new WebAssembly.Instance(module).exports);
    loadModel(exports, model);
    return new Kernel(exports, network);
  }

  /** Creates a kernel from a module that `embedModel` made; `network` is its decoded model. */
  static fromModule(module: Uint8Array, network: QuantizedNetwork): Kernel {
    const exports = checkAbi(instantiate(module).exports);
    const error = exports.loadEmbedded();
    if (error !== 0) {
      const [detail, other] = [exports.query(QUERY.errorDetail) >>> 0, exports.query(QUERY.errorOther) >>> 0];
      throw new ModelError(`the module refuses its model: ${loadErrorText(error, detail, other)}`);
    }
    return new Kernel(exports, network);
  }

  /**
   * int8 features of one clip, [frame][coefficient], from int16 samples at 16 kHz; missing samples are zeros. If the
   * network reads more than a clip, the clip stands in the middle of digital silence.
   */
  features(samples: Int16Array): Int8Array {
    const { exports, sampleView } = this;
    checkFrontEnd(this.network);
    const { frames } = this.network.spec.input;
    const window = clipWindow(samples, frames);
    const wanted = samplesOfFrames(frames);
    exports.reset();
    for (let at = 0; at < wanted; at += HOP_SAMPLES) {
      const count = Math.min(HOP_SAMPLES, wanted - at);
      const piece = window.subarray(at, at + count);
      sampleView.set(piece);
      sampleView.fill(0, piece.length, count);
      exports.push(count);
    }
    return this.featureView.slice();
  }

  /**
   * Recognises one clip: front end and network, all in the kernel. Takes int16 samples at 16 kHz; only the first second
   * counts, and missing samples are zeros.
   */
  classify(samples: Int16Array): Inference {
    this.features(samples);
    this.exports.infer();
    return this.result();
  }

  /** Recognises int8 features, [frame][coefficient]. */
  infer(features: Int8Array): Inference {
    this.setFeatures(features);
    this.exports.infer();
    return this.result();
  }

  /** Does the same as `infer` layer by layer, and returns every spike. */
  trace(features: Int8Array): Trace {
    this.setFeatures(features);
    const stemCurrent = this.readStemCurrent();
    this.exports.begin();
    const read = (layer: number): Uint8Array => this.readSpikes(layer, this.plan.layers[layer].convolution.output);
    let spikes = this.plan.layers.map((_, layer) => {
      this.exports.step();
      return read(layer);
    });
    this.exports.step();
    // the last step may have gone on to later timesteps; such a network keeps the spikes of all layers
    if (this.network.early !== undefined) spikes = spikes.map((_, layer) => read(layer));
    return { inference: this.result(), stemCurrent, spikes };
  }

  /** Starts a stream: the next sample that is pushed is its first. */
  beginStream(): void {
    checkFrontEnd(this.network);
    this.exports.reset();
    this.framesCompleted = 0;
  }

  /**
   * Takes the next samples of a stream, at most 320, the hop from one frame to the next. Returns how many frames they
   * completed, 0 or 1; frame k is complete after 512 + 320k samples.
   */
  push(samples: Int16Array): number {
    this.setSamples(samples);
    const completed = this.exports.push(samples.length);
    this.framesCompleted += completed;
    return completed;
  }

  /** Frames of the stream that are complete; the network reads the last `spec.input.frames` of them. */
  get framesReady(): number {
    return this.framesCompleted;
  }

  /** The row of `currentFeatures` that has the newest frame; −1 before the first. */
  get newestRow(): number {
    const { frames } = this.network.spec.input;
    const fromTheStart = Math.min(this.framesCompleted, frames) - 1;
    return this.network.spec.padding === 'valid' && fromTheStart >= 0 ? frames - 1 : fromTheStart;
  }

  /**
   * Gives the model an operating point; the network stays the same. Then begin a stream. Throws `ModelError` for a
   * point that does not fit the network.
   */
  detectWith(point: OperatingPoint): void {
    const { detection } = this.model;
    // a model of version 1 has a point that its kernel did not read
    if (detection === point && this.exports.query(QUERY.thresholds) > 0) {
      this.setThresholds(point.thresholds);
      return;
    }
    const network = { ...this.model, detection: point };
    loadModel(this.exports, encodeModel(network));
    this.model = network;
    [this.featureView, this.sampleView] = this.inputs();
  }

  /** The features that the network would read now: int8, [frame][coefficient], a copy. */
  currentFeatures(): Int8Array {
    return this.featureView.slice();
  }

  /**
   * Takes the next samples of a stream that began with `beginStream`, at most 320, and listens to it: returns a result
   * after each hop of frames, from the first whole window on, which `detected` and `averages` belong to, and null
   * otherwise. A network without padding computes each position once: its scores are those of `recognise` at the same
   * place, but its spikes are those of the hop alone. Throws `ModelError` if the model says nothing about detection and
   * the network has padding, or if a clip was recognised since the stream began.
   */
  listen(samples: Int16Array): Inference | null {
    this.setSamples(samples);
    const before = this.exports.query(QUERY.framesReady);
    const heard = this.exports.listen(samples.length);
    this.framesCompleted += (this.exports.query(QUERY.framesReady) - before) >>> 0;
    if (heard < 0) {
      throw new ModelError(
        this.exports.query(QUERY.thresholds) === 0 && this.exports.query(QUERY.hop) === 0
          ? 'the model cannot listen: it does not say how to detect words'
          : 'the stream was interrupted by a clip: begin it again',
      );
    }
    return heard === 0 ? null : this.result();
  }

  /**
   * Takes the scores, int32 [class], of the next inference of a stream, in place of an inference of this kernel.
   * Returns the label of the word that is detected now, −1 for none.
   */
  detect(scores: ArrayLike<number>): number {
    this.view(Int32Array, QUERY.scores).set(scores);
    return this.exports.detect();
  }

  /** The word that the last inference of the stream detected, and its average probability, 0 to 1; null for none. */
  get detected(): { readonly label: number; readonly score: number } | null {
    const label = this.exports.query(QUERY.detected) | 0;
    if (label < 0) return null;
    return { label, score: this.exports.query(QUERY.detectedScore) / PROBABILITY_ONE };
  }

  /** Probabilities averaged over the last inferences of the stream, [class], 0 to 1. */
  get averages(): Float64Array {
    const sums = this.view(Uint32Array, QUERY.averages);
    // that of every inference is 65535 up to rounding; at the beginning of a stream there are few
    const inferences = Math.round(sums.reduce((total, sum) => total + sum, 0) / PROBABILITY_ONE);
    return Float64Array.from(sums, (sum) => sum / (PROBABILITY_ONE * Math.max(1, inferences)));
  }

  /** Changes the thresholds, [class], in units of 1 / 65535, from the next inference on; the stream goes on. */
  setThresholds(thresholds: ArrayLike<number>): void {
    this.view(Uint16Array, QUERY.thresholds).set(thresholds);
  }

  /** After a result of `listen`, the spikes of the hop: for each layer those of its last positions, as in `trace`. */
  heardSpikes(): Uint8Array[] {
    const frames = framesPerResult(this.plan);
    return this.plan.layers.map(({ convolution: { output } }, layer) =>
      this.readSpikes(layer, { ...output, frames: frames[layer] }),
    );
  }

  /** Recognises the last frames of the stream. */
  recognise(): Inference {
    this.exports.infer();
    return this.result();
  }

  /** A row of numbers, one per class, in the kernel's memory. */
  private view<T>(type: new (buffer: ArrayBuffer, offset: number, length: number) => T, key: number): T {
    const address = this.exports.query(key);
    if (address === 0) throw new ModelError('the model does not say how to detect words');
    return new type(this.exports.memory.buffer, address, this.network.spec.classes);
  }

  private setSamples(samples: Int16Array): void {
    if (samples.length > this.sampleView.length) {
      throw new ModelError(`${samples.length} samples at once; the kernel takes at most ${this.sampleView.length}`);
    }
    this.sampleView.set(samples);
  }

  private setFeatures(features: Int8Array): void {
    if (features.length !== this.featureView.length) {
      const { frames, coefficients, channels = 1 } = this.network.spec.input;
      const extents = [frames, coefficients, ...(channels === 1 ? [] : [channels])];
      throw new ModelError(`${features.length} features, expected ${extents.join(' × ')}`);
    }
    this.featureView.set(features);
  }

  private result(): Inference {
    const { exports } = this;
    const { buffer } = exports.memory;
    const layers = this.plan.layers.length;
    return {
      class: exports.query(QUERY.winner),
      scores: new Int32Array(buffer, exports.query(QUERY.scores), this.network.spec.classes).slice(),
      spikes: new Uint32Array(buffer, exports.query(QUERY.spikeCounts), layers).slice(),
      synapticOperations: new Uint32Array(buffer, exports.query(QUERY.operationCounts), layers).slice(),
      // a module of an earlier version does not know this key
      timesteps: exports.query(QUERY.timestepsComputed) || this.plan.timesteps,
    };
  }

  private readStemCurrent(): Int32Array {
    const { channels, frames, bands } = this.plan.layers[0].convolution.output;
    const cells = frames * bands;
    const currents = new Int32Array(this.exports.memory.buffer, this.exports.query(QUERY.currents), channels);
    const stem = new Int32Array(channels * cells);
    for (let cell = 0; cell < cells; cell++) {
      this.exports.stemCurrent(cell);
      for (let c = 0; c < channels; c++) stem[c * cells + cell] = currents[c];
    }
    return stem;
  }

  /** Reads the spikes of the layer that was computed last, or of the last hop. */
  private readSpikes(layer: number, output: TensorShape): Uint8Array {
    const { timesteps } = this.plan;
    const address = this.exports.query(QUERY.spikes + layer);
    const train = new Uint8Array(this.exports.memory.buffer, address, trainBytes(output, timesteps));
    return unpackSpikes(output, timesteps, train);
  }
}
