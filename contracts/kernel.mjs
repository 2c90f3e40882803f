// The kernel's ABI: exported functions, keys of `query`, and errors of `load`.

/** Hosts refuse a kernel with another version. */
export const ABI_VERSION = 2;

/** Where a module stores the address, length and RAM size of an embedded model. */
export const EMBEDDED_ADDRESS = 16;

/** Exports of the kernel, in the order of the documentation. `required`: a host refuses a kernel without it. */
export const functions = [
  { signature: 'abiVersion(): number', meaning: 'returns 2; hosts refuse any other version' },
  {
    signature: 'load(address: number, length: number, ram: number): number',
    meaning: 'checks and binds the model file at `address`; RAM is all memory below `ram`; returns 0 or an error',
    required: true,
  },
  {
    signature: 'check(address: number, given: number, length: number, ram: number): number',
    meaning:
      'checks the first `given` bytes of a file of `length` bytes, as far as they go; binds nothing, and leaves no model loaded',
  },
  {
    signature: 'loadEmbedded(): number',
    meaning: 'does what `load` does, for the model inside `model.wasm`',
    required: true,
  },
  {
    signature: 'query(key: number): number',
    meaning: 'returns an address, a size or a result; 0 without a model',
    required: true,
  },
  { signature: 'reset(): void', meaning: 'starts a clip: the next sample is its first', required: true },
  {
    signature: 'push(count: number): number',
    meaning:
      'takes `count` int16 samples from the sample buffer; returns how many frames they completed, 0 or 1; −1 if refused',
    required: true,
  },
  {
    signature: 'listen(count: number): number',
    meaning:
      'takes samples like `push`, and follows the stream: returns 1 if there are new scores, after which `detect` has been done; 0 if not; −1 if refused, or if the model cannot listen',
    required: true,
  },
  {
    signature: 'hear(count: number): number',
    meaning:
      'takes samples like `listen`, and leaves the computing to `work`: returns 1 if there is some, 0 if not; −1 if refused, as while `work` is waiting',
  },
  {
    signature: 'work(): number',
    meaning:
      'computes the next layer of the hop that `hear` has completed, and last its scores, of which `detect` is done; returns how many steps are left, −1 if there was none',
  },
  {
    signature: 'detect(): number',
    meaning:
      'takes the scores in memory as those of the next inference of a stream; returns the class that is detected now, −1 for none',
    required: true,
  },
  {
    signature: 'infer(): number',
    meaning: 'recognises the features; returns the class, −1 without a model',
    required: true,
  },
  { signature: 'begin(): void', meaning: 'starts to recognise the features one layer at a time', required: true },
  {
    signature: 'step(): number',
    meaning:
      'computes the next layer, in the last step the classifier; returns how many steps are left, −1 without a model',
    required: true,
  },
  {
    signature: 'stemCurrent(position: number): void',
    meaning: "writes the stem's currents at one position, i32[channels], to `CURRENTS`",
    required: true,
  },
];

/** Keys of `query`. A number never changes its meaning within a version. */
export const queryKeys = [
  { name: 'errorDetail', key: 0, meaning: 'first number of the last error' },
  { name: 'errorOther', key: 1, meaning: 'second number of the last error' },
  { name: 'ramBytes', key: 2, meaning: 'bytes of RAM that the model needs' },
  { name: 'samples', key: 3, meaning: 'address of the sample buffer' },
  { name: 'pushSamples', key: 4, meaning: 'most samples in one `push`' },
  { name: 'framesReady', key: 5, meaning: 'frames complete since the reset' },
  { name: 'features', key: 6, meaning: 'address, i8[frame][coefficient]' },
  { name: 'frames', key: 7, meaning: 'frames of a clip' },
  { name: 'coefficients', key: 8, meaning: 'features of a frame: coefficients × channels' },
  { name: 'timesteps', key: 9, meaning: 'timesteps' },
  { name: 'layers', key: 10, meaning: 'layers' },
  { name: 'classes', key: 11, meaning: 'classes' },
  { name: 'winner', key: 12, meaning: 'class that was recognised, −1 before' },
  { name: 'scores', key: 13, meaning: 'address, i32[class]' },
  { name: 'spikeCounts', key: 14, meaning: 'address, u32[layer]' },
  { name: 'operationCounts', key: 15, meaning: 'address, u32[layer]' },
  { name: 'currents', key: 16, meaning: 'address, i32[channel]' },
  {
    name: 'hop',
    key: 17,
    meaning: 'frames from one result of a network without padding to the next, 0 for one that classifies clips',
  },
  { name: 'detected', key: 18, meaning: 'class that the last inference of the stream detected, −1 for none' },
  { name: 'detectedScore', key: 19, meaning: 'its average, 0 to 65535' },
  {
    name: 'averages',
    key: 20,
    meaning:
      'address, u32[class]: sums of the probabilities of the last A inferences, or of all so far, 65535 for each inference',
  },
  {
    name: 'thresholds',
    key: 21,
    meaning: 'address, u16[class]: a host may change them; 0 for a class that is never detected',
  },
  {
    name: 'timestepsComputed',
    key: 22,
    meaning: 'timesteps that the last inference computed: fewer than T if it decided early',
  },
  {
    name: 'spikes',
    key: 256,
    meaning: 'plus k: address of the spikes of layer k; after `listen` those of the last hop',
  },
];

/**
 * Errors of `load`. `meaning`, `detail` and `other` are for the documentation, `sentence` is for the user. A sentence
 * refers to its numbers in braces: {detail}, {other}, and {detail:hex} for eight hexadecimal digits.
 */
export const loadErrors = [
  {
    name: 'place',
    code: 1,
    meaning: "the model's address is not a multiple of 4, or inside RAM",
    detail: 'address',
    other: 'RAM',
    sentence:
      'a model cannot be at address {detail}: the address is not a multiple of 4, or lies inside the {other} bytes of RAM',
  },
  {
    name: 'tooShort',
    code: 2,
    meaning: 'cut off inside the header',
    detail: 'length',
    other: 'least length',
    sentence: 'only {detail} bytes long: cut off inside the {other}-byte header',
  },
  {
    name: 'magic',
    code: 3,
    meaning: 'wrong magic',
    detail: 'found',
    sentence: 'not a spikeword model: it begins with {detail:hex}',
  },
  {
    name: 'version',
    code: 4,
    meaning: 'unsupported format version',
    detail: 'found',
    other: 'supported',
    sentence: 'format version {detail}; this kernel reads version {other}',
  },
  {
    name: 'length',
    code: 5,
    meaning: 'wrong length',
    detail: 'stated',
    other: 'given',
    sentence: '{other} bytes, but the header says {detail}',
  },
  {
    name: 'crc',
    code: 6,
    meaning: 'wrong CRC-32',
    detail: 'computed',
    other: 'stated',
    sentence: 'damaged: CRC-32 is {detail:hex}, the header says {other:hex}',
  },
  {
    name: 'section',
    code: 7,
    meaning: 'wrong section table',
    detail: 'kind',
    sentence: 'section {detail} is not where it belongs',
  },
  {
    name: 'features',
    code: 8,
    meaning: 'features out of range',
    sentence: 'the feature parameters are out of range',
  },
  {
    name: 'labels',
    code: 9,
    meaning: 'labels that do not fit the classes',
    sentence: 'the labels do not match the classes',
  },
  {
    name: 'network',
    code: 10,
    meaning: 'a field of the network section is out of range',
    detail: 'offset of the field',
    sentence: 'the field at {detail} of the network section is out of range',
  },
  {
    name: 'layer',
    code: 11,
    meaning: 'a layer that does not match the layer next to it, or is out of range',
    detail: 'layer',
    sentence: 'layer {detail} does not match the layer next to it, or is out of range',
  },
  {
    name: 'offset',
    code: 12,
    meaning: 'an offset outside the weights',
    detail: 'layer; the number of layers for the classifier',
    sentence: 'layer {detail} has an offset outside the weights',
  },
  {
    name: 'threshold',
    code: 13,
    meaning: 'a threshold that is not positive',
    detail: 'layer',
    sentence: 'layer {detail} has a threshold that is not positive',
  },
  {
    name: 'work',
    code: 14,
    meaning: 'more operations than 32 bits can count',
    detail: 'layer',
    sentence: 'layer {detail} has more operations than 32 bits can count',
  },
  {
    name: 'ram',
    code: 15,
    meaning: 'too much RAM',
    detail: 'needed',
    other: 'available',
    sentence: 'the model needs {detail} bytes of RAM; {other} are available',
  },
  {
    name: 'detection',
    code: 17,
    meaning: 'a field of the detection section is out of range',
    detail: 'offset of the field',
    sentence: 'the field at {detail} of the detection section is out of range',
  },
  { name: 'notEmbedded', code: 16, meaning: 'no embedded model', sentence: 'this module has no embedded model' },
];
