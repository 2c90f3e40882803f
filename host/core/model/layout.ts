import {
  EARLY_VERSION,
  NETWORK,
  RECORD_BYTES,
  SECTION_ENTRY,
  SECTION_NAMES,
  SECTION_TABLE,
  SECTIONS_OF_VERSION_1,
} from './generated.js';

export type SectionName = (typeof SECTION_NAMES)[number];

/** The sections of a version of the format, in the order of the file. */
export function sectionsOf(version: number): readonly SectionName[] {
  return version === 1 ? SECTION_NAMES.slice(0, SECTIONS_OF_VERSION_1) : SECTION_NAMES;
}

/** Bytes of the network section: the records of its layers, and in version 3 when it decides early. */
export function networkBytes(version: number, layers: number, timesteps: number, classes: number): number {
  const decisions = version < EARLY_VERSION ? 0 : 4 * (timesteps - 1) * (1 + classes);
  return NETWORK.records + layers * RECORD_BYTES + decisions;
}

/** Bytes of the header and the section table. */
export function headerBytes(version: number): number {
  return SECTION_TABLE + sectionsOf(version).length * SECTION_ENTRY;
}

/** Rounds up to a multiple of four. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}

/** Rounds up to a multiple of 16: the kernel's RAM is one. */
export function alignedTo16(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}

/** Channels of a weight row: a multiple of eight. */
export function paddedChannels(channels: number): number {
  return Math.ceil(channels / 8) * 8;
}

/** The position of a channel's byte in a row: every four channels are in the order 0 2 1 3. */
export function byteOfChannel(channel: number): number {
  return (channel & ~3) | ((channel & 1) << 1) | ((channel >> 1) & 1);
}
