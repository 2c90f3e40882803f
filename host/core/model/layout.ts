import { SECTION_ENTRY, SECTION_NAMES, SECTION_TABLE } from './generated.js';

export type SectionName = (typeof SECTION_NAMES)[number];
/** The header and the section table. */
export const HEADER_BYTES = SECTION_TABLE + SECTION_NAMES.length * SECTION_ENTRY;

/** Rounds up to a multiple of four. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}

/** Channels of a weight row: a multiple of eight. */
export function paddedChannels(channels: number): number {
  return Math.ceil(channels / 8) * 8;
}

/** The position of a channel's byte in a row: every four channels are in the order 0 2 1 3. */
export function byteOfChannel(channel: number): number {
  return (channel & ~3) | ((channel & 1) << 1) | ((channel >> 1) & 1);
}
