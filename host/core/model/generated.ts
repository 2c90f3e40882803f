// Generated from contracts/ by npm run generate; change it there.

/** 'SPKW', little-endian. */
export const MAGIC = 0x574b5053;

export const FORMAT_VERSION = 3;

/** The oldest version that can be read. */
export const OLDEST_VERSION = 1;

/** The version of networks without padding or with a detection section. */
export const LISTENING_VERSION = 2;

/** The version of networks that decide early. */
export const EARLY_VERSION = 3;

/** The CRC-32 covers everything from here on. */
export const CRC_START = 16;

export const SECTION_TABLE = 20;

/** Bytes of an entry of the table: kind, offset and length. */
export const SECTION_ENTRY = 12;

/** Sections in the order of the file; kind = index + 1. */
export const SECTION_NAMES = ['features', 'labels', 'network', 'weights', 'scales', 'provenance', 'detection'] as const;

/** Offsets of the fields of the network section. */
export const NETWORK = {
  dimensions: 0,
  padding: 2,
  neuron: 4,
  timesteps: 8,
  classes: 12,
  surrogateSlope: 16,
  classifierScale: 24,
  classifierWeights: 32,
  classifierBias: 36,
  layers: 40,
  records: 44,
} as const;

/** Sections of a file of version 1, which has no detection. */
export const SECTIONS_OF_VERSION_1 = 6;

/** Offsets of the fields of the detection section. */
export const DETECTION = {
  hop: 0,
  average: 2,
  minimumCount: 4,
  suppression: 6,
  factor: 8,
  points: 12,
  thresholds: 16,
} as const;

/** Offsets in a point of the operating curve. */
export const CURVE = {
  falseAcceptsPerHour: 0,
  missRate: 8,
  thresholds: 16,
} as const;

/** Neuron kinds that a kernel can run; the code is the index. */
export const NEURON_CODES = ['if', 'atif-u', 'atif-nu'] as const;

/** What is beyond the first and the last frame; the code is the index. */
export const PADDING_CODES = ['same', 'valid'] as const;

/** Shortcuts; the code is the index. */
export const SHORTCUT_CODES = ['none', 'identity', 'projection'] as const;

/** The numbers of a layer record that make up its shape: name in messages, offset, bytes. */
export const SHAPE_FIELDS = [
  ['stage', 0, 2],
  ['block', 2, 2],
  ['input channels', 4, 2],
  ['input frames', 6, 2],
  ['input bands', 8, 2],
  ['channels', 10, 2],
  ['frames', 12, 2],
  ['bands', 14, 2],
  ['kernel in time', 16, 1],
  ['kernel in frequency', 17, 1],
  ['stride in time', 18, 1],
  ['stride in frequency', 19, 1],
  ['shortcut', 20, 1],
  ['convolution', 21, 1],
  ['shortcut stride in time', 22, 1],
  ['shortcut stride in frequency', 23, 1],
] as const;

/** Offsets of the other fields of a layer record. */
export const RECORD = {
  thresholdRows: 24,
  biasOffset: 28,
  thresholdOffset: 32,
  weightOffset: 36,
  shortcutOffset: 40,
  currentMin: 44,
  currentMax: 48,
  membraneMin: 52,
  membraneMax: 56,
} as const;

export const RECORD_BYTES = 60;

/** Added to every weight of a weight row, so that its byte is unsigned. */
export const WEIGHT_OFFSET = 128;

/** The threshold of a padding channel. */
export const PADDING_THRESHOLD = 0x7fffffff;

/** Where the kernel finds the address, length and RAM size of an embedded model. */
export const EMBEDDED_ADDRESS = 16;
