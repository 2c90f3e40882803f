import { SECTION_ENTRY, SECTION_NAMES, SECTION_TABLE } from './generated.js';

export type SectionName = (typeof SECTION_NAMES)[number];
/** The header and the section table. */
export const HEADER_BYTES = SECTION_TABLE + SECTION_NAMES.length * SECTION_ENTRY;

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
