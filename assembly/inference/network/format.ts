import { CHANNEL_GROUP } from '../generated';

/** Returns the channels of a weight row: those of the layer, rounded up. */
export function paddedChannels(channels: u32): u32 {
  return (channels + CHANNEL_GROUP - 1) & ~(CHANNEL_GROUP - 1);
}

/** Returns the number of 32-bit words with one spike bit per channel. */
export function spikeWords(channels: u32): u32 {
  return (channels + 31) >>> 5;
}
