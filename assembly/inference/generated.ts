// Generated from contracts/ by npm run generate; change it there.

// The front end.

/** Sample rate of all sound after it is read, Hz. */
export const SAMPLE_RATE_HZ: i32 = 16000;
/** Samples per millisecond. */
export const SAMPLES_PER_MS: i32 = 16;
/** Samples in a clip: one second. */
export const CLIP_SAMPLES: i32 = 16000;
/** Samples in the window of a frame. */
export const WINDOW_SAMPLES: i32 = 640;
/** Samples from one frame to the next. */
export const HOP_SAMPLES: i32 = 320;
/** Milliseconds from one frame to the next. */
export const FRAME_MS: i32 = 20;
/** Zeros in frame 0 before the first sample: frame k covers samples 320k − 128 … 320k + 511. */
export const SAMPLES_BEFORE: i32 = 128;
/** Samples that complete frame 0; every further hop completes one more frame. */
export const FIRST_FRAME_SAMPLES: i32 = 512;
/** Frames in a clip; a network description may drop the last one. */
export const CLIP_FRAMES: i32 = 49;

/** Points of the Fourier transform; the window is in the middle. */
export const FFT_SIZE: i32 = 1024;
/** Triangular HTK mel bands, not normalised by area. */
export const MEL_BANDS: i32 = 40;
/** Lower edge of the first mel band. */
export const LOWEST_HZ: i32 = 20;
/** Upper edge of the last mel band. */
export const HIGHEST_HZ: i32 = 4000;
/** Cepstral coefficients per frame. */
export const COEFFICIENTS: i32 = 10;
/** Fraction bits of the raw MFCCs of the fixed-point front end. */
export const MFCC_FRACTION_BITS: i32 = 12;
/** Fraction bits of the multipliers that turn raw MFCCs into int8 features. */
export const MULTIPLIER_FRACTION_BITS: i32 = 16;

// The kernel's ABI.

export const ABI_VERSION: i32 = 2;

/** Three words: address and length of an embedded model, and the bytes of RAM below it. */
export const EMBEDDED: usize = 16;

// Keys of `query`.

/** First number of the last error. */
export const QUERY_ERROR_DETAIL: i32 = 0;
/** Second number of the last error. */
export const QUERY_ERROR_OTHER: i32 = 1;
/** Bytes of RAM that the model needs. */
export const QUERY_RAM_BYTES: i32 = 2;
/** Address of the sample buffer. */
export const QUERY_SAMPLES: i32 = 3;
/** Most samples in one `push`. */
export const QUERY_PUSH_SAMPLES: i32 = 4;
/** Frames complete since the reset. */
export const QUERY_FRAMES_READY: i32 = 5;
/** Address, i8[frame][coefficient]. */
export const QUERY_FEATURES: i32 = 6;
/** Frames of a clip. */
export const QUERY_FRAMES: i32 = 7;
/** Features of a frame: coefficients × channels. */
export const QUERY_COEFFICIENTS: i32 = 8;
/** Timesteps. */
export const QUERY_TIMESTEPS: i32 = 9;
/** Layers. */
export const QUERY_LAYERS: i32 = 10;
/** Classes. */
export const QUERY_CLASSES: i32 = 11;
/** Class that was recognised, −1 before. */
export const QUERY_WINNER: i32 = 12;
/** Address, i32[class]. */
export const QUERY_SCORES: i32 = 13;
/** Address, u32[layer]. */
export const QUERY_SPIKE_COUNTS: i32 = 14;
/** Address, u32[layer]. */
export const QUERY_OPERATION_COUNTS: i32 = 15;
/** Address, i32[channel]. */
export const QUERY_CURRENTS: i32 = 16;
/** Frames from one result of a network without padding to the next, 0 for one that classifies clips. */
export const QUERY_HOP: i32 = 17;
/** Class that the last inference of the stream detected, −1 for none. */
export const QUERY_DETECTED: i32 = 18;
/** Its average, 0 to 65535. */
export const QUERY_DETECTED_SCORE: i32 = 19;
/**
 * Address, u32[class]: sums of the probabilities of the last A inferences, or of all so far, 65535 for each inference.
 */
export const QUERY_AVERAGES: i32 = 20;
/** Address, u16[class]: a host may change them; 0 for a class that is never detected. */
export const QUERY_THRESHOLDS: i32 = 21;
/** Timesteps that the last inference computed: fewer than T if it decided early. */
export const QUERY_TIMESTEPS_COMPUTED: i32 = 22;
/** Plus k: address of the spikes of layer k; after `listen` those of the last hop. */
export const QUERY_SPIKES: i32 = 256;

// Errors of `load`.

/** The model's address is not a multiple of 4, or inside RAM. detail: address, other: RAM */
export const ERROR_PLACE: i32 = 1;
/** Cut off inside the header. detail: length, other: least length */
export const ERROR_TOO_SHORT: i32 = 2;
/** Wrong magic. detail: found */
export const ERROR_MAGIC: i32 = 3;
/** Unsupported format version. detail: found, other: supported */
export const ERROR_VERSION: i32 = 4;
/** Wrong length. detail: stated, other: given */
export const ERROR_LENGTH: i32 = 5;
/** Wrong CRC-32. detail: computed, other: stated */
export const ERROR_CRC: i32 = 6;
/** Wrong section table. detail: kind */
export const ERROR_SECTION: i32 = 7;
/** Features out of range. */
export const ERROR_FEATURES: i32 = 8;
/** Labels that do not fit the classes. */
export const ERROR_LABELS: i32 = 9;
/** A field of the network section is out of range. detail: offset of the field */
export const ERROR_NETWORK: i32 = 10;
/** A layer that does not match the layer next to it, or is out of range. detail: layer */
export const ERROR_LAYER: i32 = 11;
/** An offset outside the weights. detail: layer; the number of layers for the classifier */
export const ERROR_OFFSET: i32 = 12;
/** A threshold that is not positive. detail: layer */
export const ERROR_THRESHOLD: i32 = 13;
/** More operations than 32 bits can count. detail: layer */
export const ERROR_WORK: i32 = 14;
/** Too much RAM. detail: needed, other: available */
export const ERROR_RAM: i32 = 15;
/** A field of the detection section is out of range. detail: offset of the field */
export const ERROR_DETECTION: i32 = 17;
/** No embedded model. */
export const ERROR_NOT_EMBEDDED: i32 = 16;

// The model file.

/** 'SPKW', little-endian. */
export const MAGIC: u32 = 0x574b5053;
export const FORMAT_VERSION: u32 = 3;
/** The oldest version that can be read. */
export const OLDEST_VERSION: u32 = 1;
/** The version of networks that decide early. */
export const EARLY_VERSION: u32 = 3;
export const HEADER_VERSION: u32 = 4;
export const HEADER_LENGTH: u32 = 8;
export const HEADER_CRC: u32 = 12;
/** The CRC covers everything from here on: the section table and all sections. */
export const CRC_START: u32 = 16;
export const SECTION_TABLE: u32 = 20;
export const SECTION_ENTRY: u32 = 12;
export const SECTIONS: u32 = 7;
export const SECTIONS_OF_VERSION_1: u32 = 6;
export const SECTION_FEATURES: u32 = 1;
export const SECTION_LABELS: u32 = 2;
export const SECTION_NETWORK: u32 = 3;
export const SECTION_WEIGHTS: u32 = 4;
export const SECTION_SCALES: u32 = 5;
export const SECTION_PROVENANCE: u32 = 6;
export const SECTION_DETECTION: u32 = 7;

/** 1 (coefficients are channels) or 2 (coefficients are bands). */
export const NETWORK_DIMENSIONS: u32 = 0;
/** Along time: 0 `same`, 1 `valid`; zero in version 1. */
export const NETWORK_PADDING: u32 = 2;
/** 0 `if`, 1 `atif-u`, 2 `atif-nu`. */
export const NETWORK_NEURON: u32 = 4;
/** T, 1 to 32. */
export const NETWORK_TIMESTEPS: u32 = 8;
/** 1 to 1024. */
export const NETWORK_CLASSES: u32 = 12;
/** Slope of the surrogate gradient; the kernel does not use it. */
export const NETWORK_SURROGATE_SLOPE: u32 = 16;
/** The float value of one unit of a score. */
export const NETWORK_CLASSIFIER_SCALE: u32 = 24;
/** Offset of the classifier's weights. */
export const NETWORK_CLASSIFIER_WEIGHTS: u32 = 32;
/** Offset of the classifier's bias. */
export const NETWORK_CLASSIFIER_BIAS: u32 = 36;
/** Number of layer records, which follow. */
export const NETWORK_LAYERS: u32 = 40;
export const NETWORK_RECORDS: u32 = 44;
export const LAYER_BYTES: u32 = 60;

/** Frames from one inference to the next, 1 to 3000; with `valid` padding that of the network. */
export const DETECTION_HOP: u32 = 0;
/** A: inferences that are averaged, 1 to 1024. */
export const DETECTION_AVERAGE: u32 = 2;
/** N: how many of them must have named the word, 1 to A. */
export const DETECTION_MINIMUM_COUNT: u32 = 4;
/** S: inferences after a detection without another. */
export const DETECTION_SUPPRESSION: u32 = 6;
/** M: a unit of a score is m / 2^24 in the exponent of two. */
export const DETECTION_FACTOR: u32 = 8;
/** Points of the operating curve, 0 to 64. */
export const DETECTION_POINTS: u32 = 12;
export const DETECTION_THRESHOLDS: u32 = 16;
/** A point of the curve without its thresholds. */
export const CURVE_BYTES: u32 = 16;

export const SAME: u32 = 0;
export const VALID: u32 = 1;

export const IDENTITY: u32 = 1;
export const PROJECTION: u32 = 2;

// Limits of shapes; they keep every product of the checks inside 64 bits.

/** Most channels of a layer. */
export const MOST_CHANNELS: u32 = 4096;
/** Most frames of a clip or layer. */
export const MOST_FRAMES: u32 = 1024;
/** Most bands of a layer, and most coefficients of a frame. */
export const MOST_BANDS: u32 = 64;
/** Most channels of the features of a 2-D network. */
export const MOST_INPUT_CHANNELS: u32 = 16;
/** Most taps of a kernel along one axis, and largest stride. */
export const MOST_EXTENT: u32 = 15;
/** Most timesteps. */
export const MOST_TIMESTEPS: u32 = 32;
/** Most classes. */
export const MOST_CLASSES: u32 = 1024;
/** Most inferences that are averaged. */
export const MOST_AVERAGED: u32 = 1024;
/** Most frames from one inference to the next. */
export const MOST_HOP: u32 = 3000;
/** Most points of the operating curve. */
export const MOST_POINTS: u32 = 64;
/** Feature multipliers are positive and below this. */
export const MULTIPLIER_END: u32 = 16777216;
/** Weight rows are a multiple of this many channels wide. */
export const CHANNEL_GROUP: u32 = 8;

/** One layer record, read in place: the address is the whole object. */
@unmanaged
export class Layer {
  /** Stage, from 1; 0 for the stem. */
  stage: u16;
  /** Block within the stage, from 1; 0 for the stem. */
  block: u16;
  /** Input channels: those of the layer before, for the stem those of the features: with 2 dimensions 1 to 16. */
  inputChannels: u16;
  /** Input frames. */
  inputFrames: u16;
  /** Input bands. */
  inputBands: u16;
  /** Output channels. */
  channels: u16;
  /** Output frames. */
  frames: u16;
  /** Output bands. */
  bands: u16;
  /** Kernel in time: odd, 1 to 15; with `same` padding, the input is padded by (kernel − 1) / 2 on either side. */
  kernelTime: u8;
  /** The same in frequency. */
  kernelFrequency: u8;
  /** Stride in time, 1 to 15. */
  strideTime: u8;
  /** The same in frequency. */
  strideFrequency: u8;
  /** Shortcut from two layers before: 0 none, 1 identity, 2 projection. */
  shortcut: u8;
  /** Convolution within the block: 1 or 2, without shortcuts 1; 0 for the stem. */
  convolution: u8;
  /** Stride of the projection in time. */
  shortcutStrideTime: u8;
  /** The same in frequency. */
  shortcutStrideFrequency: u8;
  /** Rows of thresholds: 1, or T if they differ between timesteps. */
  thresholdRows: u32;
  /** Offset of the bias. */
  biasOffset: u32;
  /** Offset of the thresholds. */
  thresholdOffset: u32;
  /** Offset of the weights. */
  weightOffset: u32;
  /** Offset of the shortcut's weights, 0 without a shortcut. */
  shortcutOffset: u32;
  /** Proven bound: least current. */
  currentMin: i32;
  /** Greatest current. */
  currentMax: i32;
  /** Least membrane. */
  membraneMin: i32;
  /** Greatest membrane. */
  membraneMax: i32;
}
