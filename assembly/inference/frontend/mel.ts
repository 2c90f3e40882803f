// The energies of the 40 mel bands.
//
// Between two neighbouring edges one triangle falls and the next one rises, and the two weights of a bin add up to 1.
// The weight is linear in the bin's number, so a segment between two edges needs Σ P and Σ (last − k)·P. The
// latter is a sum of running sums. So no bin needs a weight, and a segment takes two multiplications.
import { MEL_BANDS } from '../generated';
import { powers } from './spectrum';
import { FIRST_BIN, SEGMENT_END, SEGMENT_FALL } from './tables';

/** Fraction bits of the energies of the bands. */
export const ENERGY_FRACTION_BITS: i32 = 42;

/** Returns x · w, rounded down; w has 32 fraction bits. */
function scaled(x: u64, w: u32): u64 {
  return (x >> 32) * <u64>w + (((x & 0xffffffff) * <u64>w) >> 32);
}

/**
 * Writes the energies of the bands of the last `powerSpectrum`, u64 [40], 42 fraction bits. Neither sum can overflow:
 * half of the spectrum adds up to less than 2^59 (Parseval), and a segment has at most 14 bins.
 */
export function melEnergies(energies: usize): void {
  const first = powers + FIRST_BIN * 8;
  let bin = first;
  /** What the segment before has added to the band between both. */
  let rise: u64 = 0;
  for (let segment: i32 = 0; segment <= MEL_BANDS; segment++) {
    const end = first + ((<usize>load<u8>(SEGMENT_END + segment)) << 3);
    let sum: u64 = 0;
    let weighted: u64 = 0;
    for (; bin < end; bin += 8) {
      weighted += sum;
      sum += load<u64>(bin);
    }
    const slope = SEGMENT_FALL + (segment << 3);
    const fall = scaled(weighted, load<u32>(slope)) + scaled(sum, load<u32>(slope, 4));
    if (segment > 0) store<u64>(energies + ((segment - 1) << 3), rise + fall);
    rise = sum - fall;
  }
}
