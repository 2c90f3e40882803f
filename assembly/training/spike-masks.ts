/** For each set of four spikes the lanes that are set, 16 × 4 × 32 bits. */
const MASKS: usize = memory.data<u32>([
  0, 0, 0, 0, -1, 0, 0, 0, 0, -1, 0, 0, -1, -1, 0, 0, 0, 0, -1, 0, -1, 0, -1, 0, 0, -1, -1, 0, -1, -1, -1, 0, 0, 0, 0,
  -1, -1, 0, 0, -1, 0, -1, 0, -1, -1, -1, 0, -1, 0, 0, -1, -1, -1, 0, -1, -1, 0, -1, -1, -1, -1, -1, -1, -1,
]);

/** The lanes of four spikes stored in the byte at `address`. */
export function spikeMask(address: usize): v128 {
  return v128.load(MASKS + ((<usize>load<u8>(address)) << 4));
}
