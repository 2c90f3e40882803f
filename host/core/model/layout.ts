// The layout of a model file, version 1: docs/model-format.md describes every field. The kernel holds the same numbers
// in assembly/inference/network/format.ts.

/** 'SPKW', little-endian. */
export const MAGIC = 0x574b5053;
export const FORMAT_VERSION = 1;
/** The CRC-32 covers everything from here on. */
export const CRC_START = 16;
export const SECTION_TABLE = 20;
export const SECTION_ENTRY = 12;
/** Sections in the order of the file; kind = index + 1. */
export const SECTION_NAMES = ['features', 'labels', 'network', 'weights', 'scales', 'provenance'] as const;
export type SectionName = (typeof SECTION_NAMES)[number];
export const HEADER_BYTES = SECTION_TABLE + SECTION_NAMES.length * SECTION_ENTRY;

/** Fields of the network section. */
export const NETWORK = {
  dimensions: 0,
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

/** Codes of the neuron kinds that a kernel can run: the index. */
export const NEURON_CODES = ['if', 'atif-u', 'atif-nu'] as const;
export const SHORTCUT_CODES = ['none', 'identity', 'projection'] as const;

/** What the bytes of weight rows have added to them. */
export const WEIGHT_OFFSET = 128;
/** The threshold of a channel that only fills a row up. */
export const PADDING_THRESHOLD = 0x7fffffff;

/** The first multiple of four that is not below. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}

/** Channels of a weight row: a multiple of eight. */
export function paddedChannels(channels: number): number {
  return Math.ceil(channels / 8) * 8;
}

/** Where in a row the byte of a channel stands: each four channels in the order 0 2 1 3. */
export function byteOfChannel(channel: number): number {
  return (channel & ~3) | ((channel & 1) << 1) | ((channel >> 1) & 1);
}
