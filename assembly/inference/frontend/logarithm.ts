import { LOGARITHM } from './tables';

/** log2(x) with 20 fraction bits, 0 for 1; x > 0. From a table of 64 steps between powers of two, within 5e-5. */
export function log2(x: u64): i32 {
  const exponent = 63 - <i32>clz(x);
  const mantissa = <u32>((x << (63 - exponent)) >> 32);
  const entry = LOGARITHM + (((mantissa >> 25) & 63) << 2);
  const low = load<i32>(entry);
  const rise = load<i32>(entry, 4) - low;
  // rise < 2^21 and ten bits of the rest: the product fits 31 bits.
  const rest = <i32>((mantissa >> 15) & 1023);
  return (exponent << 20) + ((low + ((rise * rest) >> 10)) >> 6);
}
