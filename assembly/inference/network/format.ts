// The layout of a model file, version 1, as the kernel reads it in place. docs/model-format.md describes every field;
// host/model/layout.ts holds the same numbers for the host.

/** 'SPKW', little-endian. */
export const MAGIC: u32 = 0x574b5053;
export const FORMAT_VERSION: u32 = 1;

export const HEADER_VERSION: u32 = 4;
export const HEADER_LENGTH: u32 = 8;
export const HEADER_CRC: u32 = 12;
/** The CRC covers everything from here on: the section table and all sections. */
export const CRC_START: u32 = 16;
export const SECTION_TABLE: u32 = 20;
export const SECTION_ENTRY: u32 = 12;
export const SECTIONS: u32 = 6;
/** The header and the section table. */
export const HEADER_BYTES: u32 = SECTION_TABLE + SECTIONS * SECTION_ENTRY;

// Kinds of sections, in their order in the file.
export const FEATURES: u32 = 1;
export const LABELS: u32 = 2;
export const NETWORK: u32 = 3;
export const WEIGHTS: u32 = 4;

// Fields of the network section.
export const NETWORK_DIMENSIONS: u32 = 0;
export const NETWORK_TIMESTEPS: u32 = 8;
export const NETWORK_CLASSES: u32 = 12;
export const NETWORK_CLASSIFIER_WEIGHTS: u32 = 32;
export const NETWORK_CLASSIFIER_BIAS: u32 = 36;
export const NETWORK_LAYERS: u32 = 40;
export const NETWORK_RECORDS: u32 = 44;
export const LAYER_BYTES: u32 = 60;

// Kinds of shortcuts.
export const IDENTITY: u32 = 1;
export const PROJECTION: u32 = 2;

/** Weight rows are this many channels wide, or a multiple. */
export const CHANNEL_GROUP: u32 = 8;

/** Channels of a weight row: the layer's, rounded up. */
export function paddedChannels(channels: u32): u32 {
  return (channels + CHANNEL_GROUP - 1) & ~(CHANNEL_GROUP - 1);
}

/** Words of 32 bits that hold one spike for each channel. */
export function spikeWords(channels: u32): u32 {
  return (channels + 31) >>> 5;
}

/** One layer record, read in place: the address is the whole object. */
@unmanaged
export class Layer {
  stage: u16;
  block: u16;
  inputChannels: u16;
  inputFrames: u16;
  inputBands: u16;
  channels: u16;
  frames: u16;
  bands: u16;
  kernelTime: u8;
  kernelFrequency: u8;
  strideTime: u8;
  strideFrequency: u8;
  shortcut: u8;
  convolution: u8;
  shortcutStrideTime: u8;
  shortcutStrideFrequency: u8;
  thresholdRows: u32;
  // Offsets from the start of the file.
  biasOffset: u32;
  thresholdOffset: u32;
  weightOffset: u32;
  shortcutOffset: u32;
  // What no input can leave, as the builder has proven.
  currentMin: i32;
  currentMax: i32;
  membraneMin: i32;
  membraneMax: i32;
}
