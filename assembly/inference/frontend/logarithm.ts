import { LOGARITHM } from './tables';

/** Returns log2(x), x > 0, with 20 fraction bits, within 5e-5. Uses a table of 64 steps between powers of two. */
export function log2(x: u64): i32 {
  const exponent = 63 - <i32>clz(x);
  const mantissa = <u32>((x << (63 - exponent)) >> 32);
  const entry = LOGARITHM + (((mantissa >> 25) & 63) << 2);
  const low = load<i32>(entry);
  const rise = load<i32>(entry, 4) - low;
  const rest = mantissa & 0x1ffffff;
  return (exponent << 20) + ((low + <i32>((<i64>rise * <i64>rest) >> 25)) >> 6);
}
