/** The mask of each combination of four spikes: 16 × 4 lanes of 32 bits. */
const MASKS: usize = memory.data<u32>([
  0, 0, 0, 0, -1, 0, 0, 0, 0, -1, 0, 0, -1, -1, 0, 0, 0, 0, -1, 0, -1, 0, -1, 0, 0, -1, -1, 0, -1, -1, -1, 0, 0, 0, 0,
  -1, -1, 0, 0, -1, 0, -1, 0, -1, -1, -1, 0, -1, 0, 0, -1, -1, -1, 0, -1, -1, 0, -1, -1, -1, -1, -1, -1, -1,
]);

/** Returns the mask of the four spikes in the byte at `address`. */
export function spikeMask(address: usize): v128 {
  return v128.load(MASKS + ((<usize>load<u8>(address)) << 4));
}
