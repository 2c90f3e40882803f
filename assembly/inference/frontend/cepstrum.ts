import { COEFFICIENTS, MEL_BANDS } from '../generated';
import { log2 } from './logarithm';
import { ENERGY_FRACTION_BITS } from './mel';
import { COSINE } from './tables';

/** 1e-6 with the fraction bits of the energies; the definition of the MFCCs adds it to every band. */
const FLOOR: u64 = 4398047;
const HALF_BANDS: i32 = MEL_BANDS / 2;

const logs: usize = memory.data(MEL_BANDS * 4, 16);

/** Inlined by decree: static methods, because biome does not parse decorators of functions. */
class Terms {
  /** The sum of four products of words. */
  @inline
  static four(row: usize, value: usize): i64 {
    const w3 = load<i32>(row, 12);
    const v3 = load<i32>(value, 12);
    // a board knows what lies before a word that has been written to be RAM
    store<i32>(row, w3, 12);
    store<i32>(value, v3, 12);
    return (
      <i64>w3 * <i64>v3 +
      <i64>load<i32>(row, 8) * <i64>load<i32>(value, 8) +
      <i64>load<i32>(row, 4) * <i64>load<i32>(value, 4) +
      <i64>load<i32>(row) * <i64>load<i32>(value)
    );
  }
}

/**
 * Returns Σ cosine[m]·(log[m] ± log[39 − m]): the rows of a DCT-II are symmetric (even coefficients) or antisymmetric
 * (odd). The first half of `logs` has the sums, the second half the differences.
 */
function coefficient(c: i32): i32 {
  let row = COSINE + c * HALF_BANDS * 4;
  let value = logs + (c & 1) * HALF_BANDS * 4;
  const end = row + HALF_BANDS * 4;
  let sum: i64 = 0;
  for (; row < end; row += 16, value += 16) sum += Terms.four(row, value);
  // 20 + 32 fraction bits to 12, rounded.
  return <i32>((sum + (1 << 39)) >> 40);
}

/** Returns log2 of energy + 1e-6 of a band, 20 fraction bits. */
function bandLog(energy: usize): i32 {
  // by words: a board reads them from RAM faster than it reads 64 bits
  const bits = ((<u64>load<u32>(energy, 4)) << 32) | load<u32>(energy);
  return log2(bits + FLOOR) - (ENERGY_FRACTION_BITS << 20);
}

/** Writes the DCT of ln(energy + 1e-6) of u64 [40] energies: i32 [10], 12 fraction bits. */
export function cepstrum(energies: usize, raw: usize): void {
  for (let band: i32 = 0; band < HALF_BANDS; band++) {
    const low = bandLog(energies + (band << 3));
    const high = bandLog(energies + ((MEL_BANDS - 1 - band) << 3));
    store<i32>(logs + (band << 2), low + high);
    store<i32>(logs + ((HALF_BANDS + band) << 2), low - high);
  }
  for (let c: i32 = 0; c < COEFFICIENTS; c++) store<i32>(raw + (c << 2), coefficient(c));
}
