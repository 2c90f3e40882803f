// Generated from contracts/ by npm run generate; change it there.

/** The version of the ABI; a kernel must return the same from `abiVersion()`. */
export const ABI_VERSION = 2;

/** What a kernel exports besides its memory; docs/model-format.md has the order of calls. */
export interface KernelFunctions {
  /** Returns 2; hosts refuse any other version. */
  abiVersion(): number;
  /** Checks and binds the model file at `address`; RAM is all memory below `ram`; returns 0 or an error. */
  load(address: number, length: number, ram: number): number;
  /**
   * Checks the first `given` bytes of a file of `length` bytes, as far as they go; binds nothing, and leaves no model
   * loaded.
   */
  check(address: number, given: number, length: number, ram: number): number;
  /** Does what `load` does, for the model inside `model.wasm`. */
  loadEmbedded(): number;
  /** Returns an address, a size or a result; 0 without a model. */
  query(key: number): number;
  /** Starts a clip: the next sample is its first. */
  reset(): void;
  /**
   * Takes `count` int16 samples from the sample buffer; returns how many frames they completed, 0 or 1; −1 if refused.
   */
  push(count: number): number;
  /**
   * Takes samples like `push`, and follows the stream: returns 1 if there are new scores, after which `detect` has been
   * done; 0 if not; −1 if refused, or if the model cannot listen.
   */
  listen(count: number): number;
  /**
   * Takes samples like `listen`, and leaves the computing to `work`: returns 1 if there is some, 0 if not; −1 if
   * refused, as while `work` is waiting.
   */
  hear(count: number): number;
  /**
   * Computes the next layer of the hop that `hear` has completed, and last its scores, of which `detect` is done;
   * returns how many steps are left, −1 if there was none.
   */
  work(): number;
  /**
   * Takes the scores in memory as those of the next inference of a stream; returns the class that is detected now, −1
   * for none.
   */
  detect(): number;
  /** Recognises the features; returns the class, −1 without a model. */
  infer(): number;
  /** Starts to recognise the features one layer at a time. */
  begin(): void;
  /** Computes the next layer, in the last step the classifier; returns how many steps are left, −1 without a model. */
  step(): number;
  /** Writes the stem's currents at one position, i32[channels], to `CURRENTS`. */
  stemCurrent(position: number): void;
}

/** Functions that this package calls. */
export const REQUIRED_FUNCTIONS = ['load', 'loadEmbedded', 'query', 'reset', 'push', 'listen', 'detect', 'infer', 'begin', 'step', 'stemCurrent'] as const;

/** Keys of `query`. */
export const QUERY = {
  errorDetail: 0,
  errorOther: 1,
  ramBytes: 2,
  samples: 3,
  pushSamples: 4,
  framesReady: 5,
  features: 6,
  frames: 7,
  coefficients: 8,
  timesteps: 9,
  layers: 10,
  classes: 11,
  winner: 12,
  scores: 13,
  spikeCounts: 14,
  operationCounts: 15,
  currents: 16,
  hop: 17,
  detected: 18,
  detectedScore: 19,
  averages: 20,
  thresholds: 21,
  timestepsComputed: 22,
  spikes: 256,
} as const;

/** Errors of `load`. */
export const LOAD_ERROR = {
  place: 1,
  tooShort: 2,
  magic: 3,
  version: 4,
  length: 5,
  crc: 6,
  section: 7,
  features: 8,
  labels: 9,
  network: 10,
  layer: 11,
  offset: 12,
  threshold: 13,
  work: 14,
  ram: 15,
  detection: 17,
  notEmbedded: 16,
} as const;

/** What each error of `load` means, in words. */
export const LOAD_ERROR_SENTENCES: Readonly<Record<number, string>> = {
  1:
    'a model cannot be at address {detail}: the address is not a multiple of 4, or lies inside the {other} bytes of RAM',
  2: 'only {detail} bytes long: cut off inside the {other}-byte header',
  3: 'not a spikeword model: it begins with {detail:hex}',
  4: 'format version {detail}; this kernel reads version {other}',
  5: '{other} bytes, but the header says {detail}',
  6: 'damaged: CRC-32 is {detail:hex}, the header says {other:hex}',
  7: 'section {detail} is not where it belongs',
  8: 'the feature parameters are out of range',
  9: 'the labels do not match the classes',
  10: 'the field at {detail} of the network section is out of range',
  11: 'layer {detail} does not match the layer next to it, or is out of range',
  12: 'layer {detail} has an offset outside the weights',
  13: 'layer {detail} has a threshold that is not positive',
  14: 'layer {detail} has more operations than 32 bits can count',
  15: 'the model needs {detail} bytes of RAM; {other} are available',
  17: 'the field at {detail} of the detection section is out of range',
  16: 'this module has no embedded model',
};
