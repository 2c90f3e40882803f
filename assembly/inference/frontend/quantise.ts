import { COEFFICIENTS, MULTIPLIER_FRACTION_BITS } from '../generated';

/**
 * Turns `frames` raw frames (i32 [frames][10], 12 fraction bits) into int8 features at `out`, [frames][10]:
 * clamp((raw − mean) · multiplier + 2^15 >> 16, −128, 127), in 64 bits.
 * `mean` is i32 [10] and `multiplier` i32 [10], both from the model.
 */
export function quantiseFrames(raw: usize, frames: i32, mean: usize, multiplier: usize, out: usize): void {
  const end = raw + frames * COEFFICIENTS * 4;
  while (raw < end) {
    for (let c: usize = 0; c < <usize>COEFFICIENTS; c++) {
      const centred = <i64>load<i32>(raw + (c << 2)) - <i64>load<i32>(mean + (c << 2));
      const product = centred * <i64>load<i32>(multiplier + (c << 2));
      const rounded = (product + (1 << (MULTIPLIER_FRACTION_BITS - 1))) >> MULTIPLIER_FRACTION_BITS;
      store<i8>(out + c, <i8>max<i64>(-128, min<i64>(127, rounded)));
    }
    raw += COEFFICIENTS * 4;
    out += COEFFICIENTS;
  }
}
