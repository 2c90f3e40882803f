import { COEFFICIENTS, MEL_BANDS } from '../generated';
import { log2 } from './logarithm';
import { ENERGY_FRACTION_BITS } from './mel';
import { COSINE } from './tables';

/** 1e-6 with the fraction bits of the energies; the definition of the MFCCs adds it to every band. */
const FLOOR: u64 = 4398047;
const HALF_BANDS: i32 = MEL_BANDS / 2;

const logs: usize = memory.data(MEL_BANDS * 4, 16);

/**
 * Returns Σ cosine[m]·(log[m] ± log[39 − m]): the rows of a DCT-II are symmetric (even coefficients) or antisymmetric
 * (odd). The first half of `logs` has the sums, the second half the differences.
 */
function coefficient(c: i32): i32 {
  const row = COSINE + c * HALF_BANDS * 4;
  const values = logs + (c & 1) * HALF_BANDS * 4;
  let sum: i64 = 0;
  for (let m = 0; m < HALF_BANDS * 4; m += 8) {
    // two words at once, because a board reads them in one instruction
    const weights = load<u64>(row + m);
    const pair = load<u64>(values + m);
    sum += <i64>(<i32>weights) * <i64>(<i32>pair);
    sum += <i64>(<i32>(weights >>> 32)) * <i64>(<i32>(pair >>> 32));
  }
  // 20 + 32 fraction bits to 12, rounded.
  return <i32>((sum + (1 << 39)) >> 40);
}

/** Returns log2 of energy + 1e-6 of a band, 20 fraction bits. */
function bandLog(energy: usize): i32 {
  return log2(load<u64>(energy) + FLOOR) - (ENERGY_FRACTION_BITS << 20);
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
