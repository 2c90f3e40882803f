// Listens for words: the kernel and the model are in model.wasm, names in model.json. How these two
// files are loaded is in index.js for browsers and bundlers, and in node.js for Node.
import { Resampler } from './resampler.js';

const RATE = 16_000;
const FIRST_FRAME = 512;
const HOP = 320;
/** Keys of the kernel's query. */
const KEY = {
  samples: 3,
  frames: 7,
  detected: 18,
  detectedScore: 19,
  averages: 20,
  thresholds: 21,
};

/** The compiled module and what is known of the model, loaded once. */
function once(load) {
  let loading = null;
  return () => {
    loading ??= Promise.all([load('model.wasm'), load('model.json')]).then(async ([wasm, json]) => ({
      module: await WebAssembly.compile(wasm),
      ...JSON.parse(new TextDecoder().decode(json)),
    }));
    // a failure may be passing
    loading.catch(() => {
      loading = null;
    });
    return loading;
  };
}

/** A kernel with the model, and views of its memory. */
function start(module) {
  const kernel = new WebAssembly.Instance(module).exports;
  const error = kernel.loadEmbedded();
  if (error !== 0) throw new Error(`model.wasm is damaged: error ${error}`);
  const view = (Type, key, length) => new Type(kernel.memory.buffer, kernel.query(key), length);
  return { kernel, view };
}

function toInt16(samples) {
  if (samples instanceof Int16Array) return samples;
  if (!(samples instanceof Float32Array)) throw new TypeError('samples must be an Int16Array or a Float32Array');
  return Int16Array.from(samples, (value) => Math.max(-32_768, Math.min(32_767, Math.floor(value * 32_768 + 0.5))));
}

class Listener {
  #kernel;
  #view;
  #position = 0;
  #filled = 0;
  #piece = FIRST_FRAME - HOP;

  constructor({ module, words }) {
    const { kernel, view } = start(module);
    this.words = words;
    this.#kernel = kernel;
    this.#view = view;
    kernel.reset();
  }

  reset() {
    this.#kernel.reset();
    this.#position = 0;
    this.#filled = 0;
    this.#piece = FIRST_FRAME - HOP;
  }

  push(samples) {
    const sound = toInt16(samples);
    const kernel = this.#kernel;
    const detections = [];
    for (let at = 0; at < sound.length; ) {
      const part = sound.subarray(at, at + this.#piece - this.#filled);
      this.#view(Int16Array, KEY.samples, HOP).set(part, this.#filled);
      at += part.length;
      this.#filled += part.length;
      this.#position += part.length;
      if (this.#filled < this.#piece) continue;
      const heard = kernel.listen(this.#piece);
      if (heard < 0) {
        throw new Error(
          kernel.query(KEY.thresholds) === 0
            ? 'the model does not say how to detect words'
            : 'a clip was recognised: call reset',
        );
      }
      this.#filled = 0;
      this.#piece = HOP;
      const detected = kernel.query(KEY.detected) | 0;
      if (heard !== 1 || detected < 0) continue;
      const score = kernel.query(KEY.detectedScore) / 65_535;
      detections.push({ word: this.words[detected], score, seconds: this.#position / RATE });
    }
    return detections;
  }

  probabilities() {
    if (this.#kernel.query(KEY.averages) === 0) throw new Error('the model does not say how to detect words');
    const sums = [...this.#view(Uint32Array, KEY.averages, this.words.length)];
    const all = sums.reduce((total, sum) => total + sum, 0);
    return sums.map((sum) => (all === 0 ? 0 : sum / all));
  }

  classify(samples) {
    const kernel = this.#kernel;
    const sound = toInt16(samples).subarray(0, RATE);
    const all = FIRST_FRAME + (kernel.query(KEY.frames) - 1) * HOP;
    const window = new Int16Array(Math.max(all, RATE));
    window.set(sound, all > RATE ? (all - RATE) >> 1 : 0);
    kernel.reset();
    for (let at = 0; at < all; at += HOP) {
      const part = window.subarray(at, Math.min(all, at + HOP));
      this.#view(Int16Array, KEY.samples, HOP).set(part);
      kernel.push(part.length);
    }
    return this.words[kernel.infer()];
  }
}

/** 16-bit samples from bytes that are cut anywhere. */
class Bytes {
  #odd = new Uint8Array(0);

  samples(bytes) {
    const all = new Uint8Array(this.#odd.length + bytes.length);
    all.set(this.#odd);
    all.set(bytes, this.#odd.length);
    const whole = all.length & ~1;
    this.#odd = all.slice(whole);
    const view = new DataView(all.buffer, 0, whole);
    return Int16Array.from({ length: whole / 2 }, (_, k) => view.getInt16(2 * k, true));
  }
}

const CAPTURE = `registerProcessor('capture', class extends AudioWorkletProcessor {
  process([channels]) {
    if (channels.length > 0) this.port.postMessage(channels[0].map((_, k) =>
      channels.reduce((sum, channel) => sum + channel[k], 0) / channels.length));
    return true;
  }
})`;

/** Firefox wants a context with the rate of the microphone, and does not tell it. */
function connect(stream) {
  let fault;
  for (const sampleRate of [stream.getAudioTracks()[0]?.getSettings().sampleRate, undefined, 48_000, 44_100, RATE]) {
    let context;
    try {
      context = new AudioContext(sampleRate === undefined ? {} : { sampleRate });
      return { context, source: context.createMediaStreamSource(stream) };
    } catch (cause) {
      void context?.close();
      if (cause.name !== 'NotSupportedError') throw cause;
      fault = cause;
    }
  }
  throw new Error('this browser cannot use the microphone at its sample rate; set it to 48000 Hz', { cause: fault });
}

/** The sound of a MediaStream, at 16 kHz. */
async function* soundOf(stream) {
  const { context, source } = connect(stream);
  const tracks = stream.getAudioTracks();
  let wake = () => {};
  const ended = () => wake();
  try {
    const url = URL.createObjectURL(new Blob([CAPTURE], { type: 'text/javascript' }));
    await context.audioWorklet.addModule(url).finally(() => URL.revokeObjectURL(url));
    const node = new AudioWorkletNode(context, 'capture');
    const waiting = [];
    node.port.onmessage = ({ data }) => {
      waiting.push(data);
      wake();
    };
    for (const track of tracks) track.addEventListener('ended', ended);
    // a node without a destination may not run; this one outputs silence
    source.connect(node).connect(context.destination);
    await context.resume();
    const resampler = new Resampler(context.sampleRate);
    for (;;) {
      while (waiting.length > 0) yield resampler.push(waiting.shift());
      if (tracks.every((track) => track.readyState === 'ended')) return;
      await new Promise((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    for (const track of tracks) track.removeEventListener('ended', ended);
    void context.close();
  }
}

async function* readable(stream) {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}

function pieces(sound) {
  if (typeof MediaStream !== 'undefined' && sound instanceof MediaStream) return soundOf(sound);
  if (sound?.[Symbol.asyncIterator] !== undefined) return sound;
  if (typeof sound?.getReader === 'function') return readable(sound);
  throw new TypeError('listen takes a MediaStream, a ReadableStream or an async iterable of samples');
}

/** What `stream` gives, until it ends or `signal` aborts, also while it waits. */
async function* untilAborted(stream, signal) {
  const iterator = stream[Symbol.asyncIterator]();
  let abort;
  const aborted = new Promise((resolve) => {
    abort = () => resolve({ done: true });
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort);
  });
  try {
    for (;;) {
      const { done, value } = await Promise.race([iterator.next(), aborted]);
      if (done) return;
      yield value;
    }
  } finally {
    signal?.removeEventListener('abort', abort);
    // not awaited: a stream that waits for ever would never answer
    void Promise.resolve(iterator.return?.()).catch(() => {});
  }
}

/** What the module's self test says; docs/wasm-on-boards.md of spikeword has its numbers. */
function testText(stage, layers) {
  const texts = { 0: 'all stages are equal', 2: 'features differ', 3: 'scores differ' };
  const heard = { 4: 'what is heard in a stream differs', 5: 'the word that is detected differs' };
  return { ...texts, ...heard }[stage] ?? `spikes of ${layers[stage - 16]} differ`;
}

/** The functions of the package, with what loads its two files. */
export function make(load) {
  const files = once(load);
  const createListener = async () => new Listener(await files());
  async function* listen(sound, { signal } = {}) {
    const stream = pieces(sound);
    const listener = await createListener();
    const bytes = new Bytes();
    for await (const piece of untilAborted(stream, signal)) {
      yield* listener.push(piece instanceof Uint8Array ? bytes.samples(piece) : piece);
    }
  }
  const selfTest = async () => {
    const { module, layers } = await files();
    const stage = start(module).kernel.selfTest();
    return { equal: stage === 0, message: testText(stage, layers) };
  };
  return { createListener, listen, selfTest };
}
