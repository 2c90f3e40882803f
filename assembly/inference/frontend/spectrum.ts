// The power spectrum of one windowed frame, in integers.
//
// The 640 windowed samples are at the start of a 1024-point frame of zeros (a shift in time does not change the power).
// Only bins below 256 are needed, so the frame is split into the four sequences x[4m + r], r = 0, 1, 2, −1 (as n = −1
// is allowed, four consecutive samples make one m). Their 256-point transforms F_r give
//   X[k]             = F0 + W^2k·F2 + W^k·F1 + W^−k·F−1,   W = e^(−2πi/1024), k < 256.
// Two real sequences share a complex transform. The transforms are radix-4, decimated in frequency and in place, with
// W^−j instead of W^3j (conjugate pairs need half the twiddles).
//
// Scale: samples enter with 10 fraction bits. Every pass and the last combination halve, because the upper word of a
// product with 31 fraction bits is half of it, and that word is free on a 32-bit machine. Four passes leave 6, and the
// last combination works on 2·F. |X| ≤ 2^15 · Σ window · 2^6 = 320 · 2^21 < 2^30, and every partial sum on
// the way is a transform of fewer samples, so nothing can overflow.
import { WINDOW_SAMPLES } from '../generated';
import { BIN_PLACE, HANN, SINE } from './tables';

const TRANSFORM_BYTES: usize = 256 * 8;

/** The frame: int16 [640]. */
export const frame: usize = memory.data(WINDOW_SAMPLES * 2, 16);
/** Two transforms of 256 complex numbers (i32, i32). */
const work: usize = memory.data(2 * 256 * 8, 16);
/** u64 [256]: |X|² of bins 1 to 255 with 42 fraction bits for samples scaled to ±1, below 2^60. */
export const powers: usize = memory.data(256 * 8, 16);

/** Returns the upper word of a · b: half the product if b has 31 fraction bits. */
function half(a: i32, b: i32): i32 {
  return <i32>((<i64>a * <i64>b) >> 32);
}

/** Returns (a·b + c·d) / 2; b and d have 31 fraction bits. */
function halfSum(a: i32, b: i32, c: i32, d: i32): i32 {
  return <i32>((<i64>a * <i64>b + <i64>c * <i64>d) >> 32);
}

/** Returns a complex number in 64 bits, as in memory: a board reads or writes both parts in one instruction. */
function complex(re: i32, im: i32): u64 {
  return ((<u64>(<u32>im)) << 32) | <u64>(<u32>re);
}

/** Returns the real part. */
function real(x: u64): i32 {
  return <i32>x;
}

/** Returns the imaginary part. */
function imaginary(x: u64): i32 {
  return <i32>(x >>> 32);
}

// Complex numbers, eight bytes each: their sizes are offsets that the compiler knows.
@unmanaged
class One {
  n0: u64;
}
@unmanaged
class Four extends One {
  n1: u64;
  n2: u64;
  n3: u64;
}
@unmanaged
class Sixteen extends Four {
  n4: u64;
  n5: u64;
  n6: u64;
  n7: u64;
  n8: u64;
  n9: u64;
  n10: u64;
  n11: u64;
  n12: u64;
  n13: u64;
  n14: u64;
  n15: u64;
}

/** Static methods, because `@inline` is needed and biome does not parse decorators of functions. */
class FirstPass {
  /** A sample under its weight, 10 fraction bits: the weight has 26, so that the upper word has 10. */
  @inline
  static windowed(sample: i32, weight: i32): i32 {
    return half(sample << 16, weight);
  }

  /**
   * The butterfly of three complex numbers and a zero, with the twiddles at w1 and w2; results are 64 numbers apart.
   */
  @inline
  static butterfly(
    target: usize,
    ar: i32,
    ai: i32,
    br: i32,
    bi: i32,
    cr: i32,
    ci: i32,
    s1: i32,
    c1: i32,
    s2: i32,
    c2: i32,
  ): void {
    const n1 = -s1;
    const n2 = -s2;
    const vr = ar - cr - bi;
    const vi = ai - ci + br;
    store<u64>(target, complex(halfSum(vr, c1, vi, n1), halfSum(vi, c1, vr, s1)), 192 * 8);
    const ur = ar - cr + bi;
    const ui = ai - ci - br;
    store<u64>(target, complex(halfSum(ur, c1, ui, s1), halfSum(ui, c1, ur, n1)), 64 * 8);
    const yr = ar + cr - br;
    const yi = ai + ci - bi;
    store<u64>(target, complex(halfSum(yr, c2, yi, s2), halfSum(yi, c2, yr, n2)), 128 * 8);
    store<u64>(target, complex((ar + cr + br) >> 1, (ai + ci + bi) >> 1));
  }

  /** Takes numbers m, m + 64 and m + 128; a number is the samples at byte offsets `re` and `im` of its eight bytes. */
  @inline
  static column(at: usize, third: bool): void {
    const x = frame + at;
    const weights = HANN + (at << 1);
    const w1 = SINE + (at << 1);
    const w2 = SINE + (at << 2);
    const s1 = load<i32>(w1);
    const c1 = load<i32>(w1, 256 * 4);
    const s2 = load<i32>(w2);
    const c2 = load<i32>(w2, 256 * 4);
    FirstPass.butterfly(
      work + at,
      FirstPass.windowed(load<i16>(x, 2), load<i32>(weights, 4)),
      FirstPass.windowed(load<i16>(x, 4), load<i32>(weights, 8)),
      FirstPass.windowed(load<i16>(x, 514), load<i32>(weights, 1028)),
      FirstPass.windowed(load<i16>(x, 516), load<i32>(weights, 1032)),
      third ? FirstPass.windowed(load<i16>(x, 1026), load<i32>(weights, 2052)) : 0,
      third ? FirstPass.windowed(load<i16>(x, 1028), load<i32>(weights, 2056)) : 0,
      s1,
      c1,
      s2,
      c2,
    );
    FirstPass.butterfly(
      work + at + TRANSFORM_BYTES,
      FirstPass.windowed(load<i16>(x, 6), load<i32>(weights, 12)),
      FirstPass.windowed(load<i16>(x), load<i32>(weights)),
      FirstPass.windowed(load<i16>(x, 518), load<i32>(weights, 1036)),
      FirstPass.windowed(load<i16>(x, 512), load<i32>(weights, 1024)),
      third ? FirstPass.windowed(load<i16>(x, 1030), load<i32>(weights, 2060)) : 0,
      third ? FirstPass.windowed(load<i16>(x, 1024), load<i32>(weights, 2048)) : 0,
      s1,
      c1,
      s2,
      c2,
    );
  }
}

/**
 * Windows the 640 samples and does the first pass of the transforms of (x[4m + 1], x[4m + 2]) and (x[4m + 3], x[4m]),
 * m < 160. The fourth input of a butterfly is always zero, and the third is zero in the second half.
 */
function firstPass(): void {
  for (let at: usize = 0; at < 32 * 8; at += 8) FirstPass.column(at, true);
  for (let at: usize = 32 * 8; at < 64 * 8; at += 8) FirstPass.column(at, false);
}

/**
 * Butterflies of four complex numbers, in place, a `Quarter` apart. All offsets and the bounds of all loops are
 * constants, so that the compiler of a board knows every access to be in RAM, and drops the checks. Where two results
 * are x + t and x − t, the second one is the first less 2·t: an ARM shifts and subtracts in one instruction, and GCC
 * would make two of x − t.
 */
class Pass {
  /** With twiddles of 1. */
  @inline
  static plain<Quarter>(p: usize): void {
    const a = load<u64>(p);
    const b = load<u64>(p, offsetof<Quarter>());
    const c = load<u64>(p, offsetof<Quarter>() * 2);
    const d = load<u64>(p, offsetof<Quarter>() * 3);
    const evenr = real(a) + real(c);
    const eveni = imaginary(a) + imaginary(c);
    const oddr = real(b) + real(d);
    const oddi = imaginary(b) + imaginary(d);
    store<u64>(p, complex((evenr + oddr) >> 1, (eveni + oddi) >> 1));
    store<u64>(p, complex((evenr - oddr) >> 1, (eveni - oddi) >> 1), offsetof<Quarter>() * 2);
    const tr = real(b) - real(d);
    const ti = imaginary(b) - imaginary(d);
    const ur = real(a) - real(c) + ti;
    const vi = imaginary(a) - imaginary(c) + tr;
    store<u64>(p, complex(ur >> 1, (vi - (tr << 1)) >> 1), offsetof<Quarter>());
    store<u64>(p, complex((ur - (ti << 1)) >> 1, vi >> 1), offsetof<Quarter>() * 3);
  }

  /** With twiddles c1 − i·s1 and c2 − i·s2; n1 and n2 are −s1 and −s2, as sums of products are faster. */
  @inline
  static turned<Quarter>(p: usize, c1: i32, s1: i32, n1: i32, c2: i32, s2: i32, n2: i32): void {
    const a = load<u64>(p);
    const b = load<u64>(p, offsetof<Quarter>());
    const c = load<u64>(p, offsetof<Quarter>() * 2);
    const d = load<u64>(p, offsetof<Quarter>() * 3);
    const evenr = real(a) + real(c);
    const eveni = imaginary(a) + imaginary(c);
    const oddr = real(b) + real(d);
    const oddi = imaginary(b) + imaginary(d);
    store<u64>(p, complex((evenr + oddr) >> 1, (eveni + oddi) >> 1));
    const yr = evenr - oddr;
    const yi = eveni - oddi;
    store<u64>(p, complex(halfSum(yr, c2, yi, s2), halfSum(yi, c2, yr, n2)), offsetof<Quarter>() * 2);
    const tr = real(b) - real(d);
    const ti = imaginary(b) - imaginary(d);
    const ur = real(a) - real(c) + ti;
    const vi = imaginary(a) - imaginary(c) + tr;
    const ui = vi - (tr << 1);
    store<u64>(p, complex(halfSum(ur, c1, ui, s1), halfSum(ui, c1, ur, n1)), offsetof<Quarter>());
    const vr = ur - (ti << 1);
    store<u64>(p, complex(halfSum(vr, c1, vi, n1), halfSum(vi, c1, vr, s1)), offsetof<Quarter>() * 3);
  }

  /** One pass over both transforms, in blocks of four quarters, with twiddles `twiddleStep` bytes apart. */
  @inline
  static over<Quarter>(twiddleStep: usize): void {
    const end = work + 2 * TRANSFORM_BYTES;
    for (let p = work; p < end; p += offsetof<Quarter>() * 4) Pass.plain<Quarter>(p);
    let w1 = SINE;
    let w2 = SINE;
    for (let first = work + 8; first < work + offsetof<Quarter>(); first += 8) {
      w1 += twiddleStep;
      w2 += twiddleStep << 1;
      const s1 = load<i32>(w1);
      const c1 = load<i32>(w1, 256 * 4);
      const s2 = load<i32>(w2);
      const c2 = load<i32>(w2, 256 * 4);
      for (let p = first; p < end; p += offsetof<Quarter>() * 4) Pass.turned<Quarter>(p, c1, s1, -s1, c2, s2, -s2);
    }
  }
}

/** Returns |re + i·im|². */
function power(re: i32, im: i32): u64 {
  return <u64>(<i64>re * <i64>re + <i64>im * <i64>im);
}

/**
 * Computes X[k] and the conjugate of X[256 − k] (in which W^k becomes i·W^k) from the transforms, and writes their
 * powers. At k = 128 both are the same bin.
 */
function combine(): void {
  for (let k: usize = 1; k <= 128; k++) {
    const at = work + ((<usize>load<u8>(BIN_PLACE + k)) << 3);
    const mirrored = work + ((<usize>load<u8>(BIN_PLACE + 256 - k)) << 3);
    const p = load<u64>(at);
    const q = load<u64>(mirrored);
    const u = load<u64>(at, TRANSFORM_BYTES);
    const v = load<u64>(mirrored, TRANSFORM_BYTES);
    const w2 = SINE + (k << 3);
    const c2 = load<i32>(w2, 256 * 4);
    const s2 = load<i32>(w2);
    const f2r = real(u) + real(v);
    const f2i = imaginary(u) - imaginary(v);
    const gr = halfSum(f2r, c2, f2i, s2);
    const gi = halfSum(f2i, c2, f2r, -s2);
    const f0r = (real(p) + real(q)) >> 1;
    const f0i = (imaginary(p) - imaginary(q)) >> 1;
    const f1r = imaginary(p) + imaginary(q);
    const f1i = real(q) - real(p);
    const f3r = imaginary(u) + imaginary(v);
    const f3i = real(v) - real(u);
    // W^k·F1 + W^−k·F−1 = c·(F1 + F−1) − i·s·(F1 − F−1), and the like for i·(W^k·F1 − W^−k·F−1).
    const w1 = SINE + (k << 2);
    const c1 = load<i32>(w1, 256 * 4);
    const s1 = load<i32>(w1);
    const sr = f1r + f3r;
    const si = f1i + f3i;
    const dr = f1r - f3r;
    const di = f1i - f3i;
    store<u64>(
      powers + ((256 - k) << 3),
      power(f0r - gr + halfSum(sr, s1, -di, c1), f0i - gi + halfSum(si, s1, dr, c1)),
    );
    store<u64>(powers + (k << 3), power(f0r + gr + halfSum(sr, c1, di, s1), f0i + gi + halfSum(si, c1, dr, -s1)));
  }
}

/** Computes the powers of `frame`. */
export function powerSpectrum(): void {
  firstPass();
  Pass.over<Sixteen>(16 * 4);
  Pass.over<Four>(64 * 4);
  Pass.over<One>(0);
  combine();
}
