// The model file, version 3: docs/model-format.md explains it.

/** 'SPKW', little-endian. */
export const MAGIC = 0x574b5053;
export const FORMAT_VERSION = 3;
/** The version of networks without padding or with a detection section. */
export const LISTENING_VERSION = 2;
/** The version of networks that decide early. An older reader would run them to the end, and refuses them. */
export const EARLY_VERSION = 3;
/** The oldest version that can be read. */
export const OLDEST_VERSION = 1;

/** Fields of the header, bytes from the start of the file. */
export const header = [
  { name: 'version', offset: 4 },
  { name: 'length', offset: 8 },
  { name: 'crc', offset: 12 },
];
/** The CRC-32 covers everything from here on: the section table and all sections. */
export const CRC_START = 16;
export const SECTION_TABLE = 20;
/** Bytes of an entry of the table: kind, offset and length, u32 each. */
export const SECTION_ENTRY = 12;

/** Sections in the order of the file. */
export const sections = [
  { name: 'features', kind: 1, readBy: 'kernel and host' },
  { name: 'labels', kind: 2, readBy: 'kernel (their number) and host' },
  { name: 'network', kind: 3, readBy: 'kernel and host' },
  { name: 'weights', kind: 4, readBy: 'kernel and host' },
  { name: 'scales', kind: 5, readBy: 'host' },
  { name: 'provenance', kind: 6, readBy: 'host' },
  { name: 'detection', kind: 7, readBy: 'kernel and host' },
];
/** Sections of a file of version 1, which has no detection. */
export const SECTIONS_OF_VERSION_1 = 6;

/** Codes of the neuron kinds that a kernel can run. */
export const neurons = [
  { name: 'if', code: 0 },
  { name: 'atif-u', code: 1 },
  { name: 'atif-nu', code: 2 },
];
/** Codes of the paddings. */
export const paddings = [
  { name: 'same', code: 0 },
  { name: 'valid', code: 1 },
];
/** Codes of the shortcuts. */
export const shortcuts = [
  { name: 'none', code: 0 },
  { name: 'identity', code: 1 },
  { name: 'projection', code: 2 },
];

/** Fields of the network section. */
export const networkFields = [
  { name: 'dimensions', type: 'u16', meaning: '1 (coefficients are channels) or 2 (coefficients are bands)' },
  { name: 'padding', type: 'u16', meaning: 'along time: 0 `same`, 1 `valid`; zero in version 1' },
  { name: 'neuron', type: 'u32', meaning: '0 `if`, 1 `atif-u`, 2 `atif-nu`' },
  { name: 'timesteps', type: 'u32', meaning: 'T, 1 to 32' },
  { name: 'classes', type: 'u32', meaning: '1 to 1024' },
  { name: 'surrogateSlope', type: 'f64', meaning: 'slope of the surrogate gradient; the kernel does not use it' },
  { name: 'classifierScale', type: 'f64', meaning: 'the float value of one unit of a score' },
  { name: 'classifierWeights', type: 'u32', meaning: "offset of the classifier's weights" },
  { name: 'classifierBias', type: 'u32', meaning: "offset of the classifier's bias" },
  { name: 'layers', type: 'u32', meaning: 'number of layer records, which follow' },
];

/** Fields of the detection section, whose u16 thresholds follow, one per class, and then the points of the curve. */
export const detectionFields = [
  {
    name: 'hop',
    type: 'u16',
    meaning: 'frames from one inference to the next, 1 to 3000; with `valid` padding that of the network',
  },
  { name: 'average', type: 'u16', meaning: 'A: inferences that are averaged, 1 to 1024' },
  { name: 'minimumCount', type: 'u16', meaning: 'N: how many of them must have named the word, 1 to A' },
  { name: 'suppression', type: 'u16', meaning: 'S: inferences after a detection without another' },
  { name: 'factor', type: 'u32', meaning: 'm: a unit of a score is m / 2^24 in the exponent of two' },
  { name: 'points', type: 'u32', meaning: 'points of the operating curve, 0 to 64' },
];

/** Fields of a point of the operating curve, before its u16 thresholds, one per class. */
export const curveFields = [
  { name: 'falseAcceptsPerHour', type: 'f64', meaning: 'false accepts per hour that the thresholds are chosen for' },
  { name: 'missRate', type: 'f64', meaning: 'fraction of the words that were missed in validation' },
];

/** Fields of a layer record. `title`: the name of a number of its shape in messages. */
export const layerFields = [
  { name: 'stage', type: 'u16', title: 'stage', meaning: 'stage, from 1; 0 for the stem' },
  { name: 'block', type: 'u16', title: 'block', meaning: 'block within the stage, from 1; 0 for the stem' },
  {
    name: 'inputChannels',
    type: 'u16',
    title: 'input channels',
    meaning: 'input channels: those of the layer before, for the stem those of the features: with 2 dimensions 1 to 16',
  },
  { name: 'inputFrames', type: 'u16', title: 'input frames', meaning: 'input frames' },
  { name: 'inputBands', type: 'u16', title: 'input bands', meaning: 'input bands' },
  { name: 'channels', type: 'u16', title: 'channels', meaning: 'output channels' },
  { name: 'frames', type: 'u16', title: 'frames', meaning: 'output frames' },
  { name: 'bands', type: 'u16', title: 'bands', meaning: 'output bands' },
  {
    name: 'kernelTime',
    type: 'u8',
    title: 'kernel in time',
    meaning:
      'kernel in time: odd, 1 to 15; with `same` padding, the input is padded by (kernel − 1) / 2 on either side',
  },
  { name: 'kernelFrequency', type: 'u8', title: 'kernel in frequency', meaning: 'the same in frequency' },
  { name: 'strideTime', type: 'u8', title: 'stride in time', meaning: 'stride in time, 1 to 15' },
  { name: 'strideFrequency', type: 'u8', title: 'stride in frequency', meaning: 'the same in frequency' },
  {
    name: 'shortcut',
    type: 'u8',
    title: 'shortcut',
    meaning: 'shortcut from two layers before: 0 none, 1 identity, 2 projection',
  },
  {
    name: 'convolution',
    type: 'u8',
    title: 'convolution',
    meaning: 'convolution within the block: 1 or 2, without shortcuts 1; 0 for the stem',
  },
  {
    name: 'shortcutStrideTime',
    type: 'u8',
    title: 'shortcut stride in time',
    meaning: 'stride of the projection in time',
  },
  {
    name: 'shortcutStrideFrequency',
    type: 'u8',
    title: 'shortcut stride in frequency',
    meaning: 'the same in frequency',
  },
  { name: 'thresholdRows', type: 'u32', meaning: 'rows of thresholds: 1, or T if they differ between timesteps' },
  { name: 'biasOffset', type: 'u32', meaning: 'offset of the bias' },
  { name: 'thresholdOffset', type: 'u32', meaning: 'offset of the thresholds' },
  { name: 'weightOffset', type: 'u32', meaning: 'offset of the weights' },
  { name: 'shortcutOffset', type: 'u32', meaning: "offset of the shortcut's weights, 0 without a shortcut" },
  { name: 'currentMin', type: 'i32', meaning: 'proven bound: least current' },
  { name: 'currentMax', type: 'i32', meaning: 'greatest current' },
  { name: 'membraneMin', type: 'i32', meaning: 'least membrane' },
  { name: 'membraneMax', type: 'i32', meaning: 'greatest membrane' },
];

/** Limits of shapes. They keep every product of the kernel's checks inside 64 bits. */
export const limits = [
  { name: 'MOST_CHANNELS', value: 4096, doc: 'Most channels of a layer.' },
  { name: 'MOST_FRAMES', value: 1024, doc: 'Most frames of a clip or layer.' },
  { name: 'MOST_BANDS', value: 64, doc: 'Most bands of a layer, and most coefficients of a frame.' },
  { name: 'MOST_INPUT_CHANNELS', value: 16, doc: 'Most channels of the features of a 2-D network.' },
  { name: 'MOST_EXTENT', value: 15, doc: 'Most taps of a kernel along one axis, and largest stride.' },
  { name: 'MOST_TIMESTEPS', value: 32, doc: 'Most timesteps.' },
  { name: 'MOST_CLASSES', value: 1024, doc: 'Most classes.' },
  { name: 'MOST_AVERAGED', value: 1024, doc: 'Most inferences that are averaged.' },
  { name: 'MOST_HOP', value: 3000, doc: 'Most frames from one inference to the next.' },
  { name: 'MOST_POINTS', value: 64, doc: 'Most points of the operating curve.' },
  { name: 'MULTIPLIER_END', value: 2 ** 24, doc: 'Feature multipliers are positive and below this.' },
  { name: 'CHANNEL_GROUP', value: 8, doc: 'Weight rows are a multiple of this many channels wide.' },
];

/** Added to every weight of a weight row, so that its byte is unsigned. */
export const WEIGHT_OFFSET = 128;
/** The threshold of a padding channel. */
export const PADDING_THRESHOLD = 0x7fffffff;
