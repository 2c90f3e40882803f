import { POWERS } from './tables';

/** Scores are int32, so that their differences times a factor fit in 64 bits. */
const EXPONENT_BITS: u64 = 24;

/**
 * Returns 2^−(distance · factor / 2^24) with 15 fraction bits, rounded, from a table of 64 steps between powers of two.
 */
function power(distance: u32, factor: u32): u32 {
  const exponent = <u64>distance * factor;
  const halvings = exponent >> EXPONENT_BITS;
  if (halvings > 15) return 0;
  const entry = POWERS + ((<u32>(exponent >> 18) & 63) << 1);
  const high = <u32>load<u16>(entry);
  const rest = <u32>(exponent >> 8) & 1023;
  const value = (high << 10) - (high - load<u16>(entry, 2)) * rest;
  const shift = 10 + <u32>halvings;
  return (value + (1 << (shift - 1))) >> shift;
}

/** Returns the class with the greatest score; the lowest index wins a tie. */
export function greatest(scores: usize, classes: u32): u32 {
  let top: u32 = 0;
  for (let c: u32 = 1; c < classes; c++) {
    if (load<i32>(scores + c * 4) > load<i32>(scores + top * 4)) top = c;
  }
  return top;
}

/**
 * The softmax of int32 scores, of which `most` is the greatest: u16 at `target`, 65535 in all up to rounding. A unit of
 * a score is `factor` / 2^24 in the exponent of two.
 */
export function softmax(scores: usize, classes: u32, most: i32, factor: u32, target: usize): void {
  let sum: u32 = 0;
  for (let c: u32 = 0; c < classes; c++) {
    // as unsigned numbers the difference is right even if it does not fit in an int32
    const value = power(<u32>most - load<u32>(scores + c * 4), factor);
    store<u16>(target + c * 2, value);
    sum += value;
  }
  for (let c: u32 = 0; c < classes; c++) {
    const value = <u32>load<u16>(target + c * 2);
    store<u16>(target + c * 2, (value * 65535 + (sum >> 1)) / sum);
  }
}
