import type { TensorShape } from '../network/index.js';

/**
 * Unpacks a spike train from the kernel's layout, bits [position][timestep][word of 32 channels] in little-endian
 * words, into spikes, 0 or 1: [timestep][channel][frame][band].
 */
export function unpackSpikes(
  { channels, frames, bands }: TensorShape,
  timesteps: number,
  bits: Uint8Array,
): Uint8Array {
  const cells = frames * bands;
  const cellBytes = trainBytes({ channels, frames: 1, bands: 1 }, 1);
  const spikes = new Uint8Array(timesteps * channels * cells);
  for (let t = 0; t < timesteps; t++) {
    for (let c = 0; c < channels; c++) {
      for (let cell = 0; cell < cells; cell++) {
        const byte = bits[(cell * timesteps + t) * cellBytes + (c >> 3)];
        spikes[(t * channels + c) * cells + cell] = (byte >> (c & 7)) & 1;
      }
    }
  }
  return spikes;
}

/** Bytes of a spike train. */
export function trainBytes({ channels, frames, bands }: TensorShape, timesteps: number): number {
  return frames * bands * timesteps * Math.ceil(channels / 32) * 4;
}
