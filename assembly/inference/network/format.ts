import { CHANNEL_GROUP } from '../generated';

/** Channels of a weight row: the layer's, rounded up. */
export function paddedChannels(channels: u32): u32 {
  return (channels + CHANNEL_GROUP - 1) & ~(CHANNEL_GROUP - 1);
}

/** Words of 32 bits that hold one spike for each channel. */
export function spikeWords(channels: u32): u32 {
  return (channels + 31) >>> 5;
}
