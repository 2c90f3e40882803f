// The power spectrum of one windowed frame, in integers.
//
// The 640 windowed samples are at the start of a 1024-point frame of zeros (a shift in time does not change the power).
// Only bins below 256 are needed, so the frame is split into the four sequences x[4m + r], r = 0, 1, 2, −1 (as n = −1
// is allowed, four consecutive samples make one m). Their 256-point transforms F_r give
//   X[k]             = F0 + W^2k·F2 + W^k·F1 + W^−k·F−1,   W = e^(−2πi/1024), k < 256.
// Two real sequences share a complex transform. The transforms are radix-4, decimated in frequency and in place, with
// W^−j instead of W^3j (conjugate pairs need half the twiddles).
//
// Scale: samples enter with 10 fraction bits. Every pass and the last combination halve the values: the upper word of a
// product with 31 fraction bits is half of it, and a 32-bit machine gets that word for free. Four passes leave 6 bits,
// and the last combination works on 2·F. |X| ≤ 2^15 · Σ window · 2^6 = 320 · 2^21 < 2^30, and every partial sum before
// it is a transform of fewer samples, so nothing can overflow.
import { BIN_OFFSET, HANN, SINE } from './tables';

const TRANSFORM_BYTES: usize = 256 * 8;

/** Two transforms of 256 complex numbers (i32, i32); after `powerSpectrum` the first contains powers. */
const work: usize = memory.data(2 * 256 * 8, 16);

/** Returns the upper word of a · b: half the product if b has 31 fraction bits. */
function half(a: i32, b: i32): i32 {
  return <i32>((<i64>a * <i64>b) >> 32);
}

/** Returns (a·b + c·d) / 2; b and d have 31 fraction bits. */
function halfSum(a: i32, b: i32, c: i32, d: i32): i32 {
  return <i32>((<i64>a * <i64>b + <i64>c * <i64>d) >> 32);
}

/** Returns (a·b − c·d) / 2; b and d have 31 fraction bits. */
function halfDifference(a: i32, b: i32, c: i32, d: i32): i32 {
  return <i32>((<i64>a * <i64>b - <i64>c * <i64>d) >> 32);
}

/** Static methods, because `@inline` is needed and biome does not parse decorators of functions. */
class FirstPass {
  /** Returns the sample at `offset` times its weight: the weight has 26 fraction bits, so the upper word has 10. */
  @inline
  static windowed(x: usize, weights: usize, offset: usize): i32 {
    return half((<i32>load<i16>(x + offset)) << 16, load<i32>(weights + (offset << 1)));
  }

  /**
   * The butterfly of three complex numbers and a zero, with the twiddles at w1 and w2; results are 64 numbers apart.
   */
  @inline
  static butterfly(target: usize, ar: i32, ai: i32, br: i32, bi: i32, cr: i32, ci: i32, w1: usize, w2: usize): void {
    const s1 = load<i32>(w1);
    const c1 = load<i32>(w1, 256 * 4);
    const s2 = load<i32>(w2);
    const c2 = load<i32>(w2, 256 * 4);
    store<i32>(target, (ar + cr + br) >> 1);
    store<i32>(target, (ai + ci + bi) >> 1, 4);
    const yr = ar + cr - br;
    const yi = ai + ci - bi;
    store<i32>(target, halfSum(yr, c2, yi, s2), 128 * 8);
    store<i32>(target, halfDifference(yi, c2, yr, s2), 128 * 8 + 4);
    const ur = ar - cr + bi;
    const ui = ai - ci - br;
    store<i32>(target, halfSum(ur, c1, ui, s1), 64 * 8);
    store<i32>(target, halfDifference(ui, c1, ur, s1), 64 * 8 + 4);
    const vr = ar - cr - bi;
    const vi = ai - ci + br;
    store<i32>(target, halfDifference(vr, c1, vi, s1), 192 * 8);
    store<i32>(target, halfSum(vi, c1, vr, s1), 192 * 8 + 4);
  }

  /** Takes numbers m, m + 64 and m + 128; a number is the samples at byte offsets `re` and `im` of its eight bytes. */
  @inline
  static column(
    x: usize,
    weights: usize,
    re: usize,
    im: usize,
    third: bool,
    target: usize,
    w1: usize,
    w2: usize,
  ): void {
    FirstPass.butterfly(
      target,
      FirstPass.windowed(x, weights, re),
      FirstPass.windowed(x, weights, im),
      FirstPass.windowed(x, weights, re + 64 * 8),
      FirstPass.windowed(x, weights, im + 64 * 8),
      third ? FirstPass.windowed(x, weights, re + 128 * 8) : 0,
      third ? FirstPass.windowed(x, weights, im + 128 * 8) : 0,
      w1,
      w2,
    );
  }
}

/**
 * Windows the 640 samples and does the first pass of the transforms of (x[4m + 1], x[4m + 2]) and (x[4m + 3], x[4m]),
 * m < 160. The fourth input of a butterfly is always zero, and the third is zero in the second half.
 */
function firstPass(samples: usize): void {
  let weights = HANN;
  let target = work;
  let w1 = SINE;
  let w2 = SINE;
  for (let x = samples; x < samples + 64 * 8; x += 8) {
    const third = x < samples + 32 * 8;
    FirstPass.column(x, weights, 2, 4, third, target, w1, w2);
    FirstPass.column(x, weights, 6, 0, third, target + TRANSFORM_BYTES, w1, w2);
    weights += 16;
    target += 8;
    w1 += 16;
    w2 += 32;
  }
}

/**
 * Does one pass over both transforms: butterflies of blocks of 4 · `quarter` bytes, with twiddles `twiddleStep` bytes
 * apart.
 */
function pass(quarter: usize, twiddleStep: usize): void {
  const end = work + 2 * TRANSFORM_BYTES;
  const block = quarter << 2;

  for (let p = work; p < end; p += block) {
    const p1 = p + quarter;
    const p2 = p1 + quarter;
    const p3 = p2 + quarter;
    const ar = load<i32>(p);
    const ai = load<i32>(p, 4);
    const br = load<i32>(p1);
    const bi = load<i32>(p1, 4);
    const cr = load<i32>(p2);
    const ci = load<i32>(p2, 4);
    const dr = load<i32>(p3);
    const di = load<i32>(p3, 4);
    store<i32>(p, (ar + cr + (br + dr)) >> 1);
    store<i32>(p, (ai + ci + (bi + di)) >> 1, 4);
    store<i32>(p1, (ar - cr + (bi - di)) >> 1);
    store<i32>(p1, (ai - ci - (br - dr)) >> 1, 4);
    store<i32>(p2, (ar + cr - (br + dr)) >> 1);
    store<i32>(p2, (ai + ci - (bi + di)) >> 1, 4);
    store<i32>(p3, (ar - cr - (bi - di)) >> 1);
    store<i32>(p3, (ai - ci + (br - dr)) >> 1, 4);
  }

  let w1 = SINE;
  let w2 = SINE;
  for (let first = work + 8; first < work + quarter; first += 8) {
    w1 += twiddleStep;
    w2 += twiddleStep << 1;
    const s1 = load<i32>(w1);
    const c1 = load<i32>(w1, 256 * 4);
    const s2 = load<i32>(w2);
    const c2 = load<i32>(w2, 256 * 4);
    for (let p = first; p < end; p += block) {
      const p1 = p + quarter;
      const p2 = p1 + quarter;
      const p3 = p2 + quarter;
      const ar = load<i32>(p);
      const ai = load<i32>(p, 4);
      const br = load<i32>(p1);
      const bi = load<i32>(p1, 4);
      const cr = load<i32>(p2);
      const ci = load<i32>(p2, 4);
      const dr = load<i32>(p3);
      const di = load<i32>(p3, 4);
      store<i32>(p, (ar + cr + (br + dr)) >> 1);
      store<i32>(p, (ai + ci + (bi + di)) >> 1, 4);
      const yr = ar + cr - (br + dr);
      const yi = ai + ci - (bi + di);
      store<i32>(p2, halfSum(yr, c2, yi, s2));
      store<i32>(p2, halfDifference(yi, c2, yr, s2), 4);
      const ur = ar - cr + (bi - di);
      const ui = ai - ci - (br - dr);
      store<i32>(p1, halfSum(ur, c1, ui, s1));
      store<i32>(p1, halfDifference(ui, c1, ur, s1), 4);
      const vr = ar - cr - (bi - di);
      const vi = ai - ci + (br - dr);
      store<i32>(p3, halfDifference(vr, c1, vi, s1));
      store<i32>(p3, halfSum(vi, c1, vr, s1), 4);
    }
  }
}

function squaredMagnitude(re: i32, im: i32): u64 {
  return <u64>(<i64>re * <i64>re + <i64>im * <i64>im);
}

/**
 * Computes X[k] and the conjugate of X[256 − k] (in which W^k becomes i·W^k) from the transforms. Their powers replace
 * bins k and 256 − k of the first transform. At k = 128 both are the same bin.
 */
function combine(): void {
  let w1 = SINE;
  let w2 = SINE;
  for (let k: usize = 1; k <= 128; k++) {
    w1 += 4;
    w2 += 8;
    const p = work + load<u16>(BIN_OFFSET + (k << 1));
    const q = work + load<u16>(BIN_OFFSET + 512 - (k << 1));
    const pr = load<i32>(p);
    const pi = load<i32>(p, 4);
    const qr = load<i32>(q);
    const qi = load<i32>(q, 4);
    const f0r = (pr + qr) >> 1;
    const f0i = (pi - qi) >> 1;
    const f1r = pi + qi;
    const f1i = qr - pr;
    const ur = load<i32>(p, TRANSFORM_BYTES);
    const ui = load<i32>(p, TRANSFORM_BYTES + 4);
    const vr = load<i32>(q, TRANSFORM_BYTES);
    const vi = load<i32>(q, TRANSFORM_BYTES + 4);
    const f2r = ur + vr;
    const f2i = ui - vi;
    const f3r = ui + vi;
    const f3i = vr - ur;
    const s2 = load<i32>(w2);
    const c2 = load<i32>(w2, 256 * 4);
    const gr = halfSum(f2r, c2, f2i, s2);
    const gi = halfDifference(f2i, c2, f2r, s2);
    // W^k·F1 + W^−k·F−1 = c·(F1 + F−1) − i·s·(F1 − F−1), and similarly i·(W^k·F1 − W^−k·F−1).
    const s1 = load<i32>(w1);
    const c1 = load<i32>(w1, 256 * 4);
    const sr = f1r + f3r;
    const si = f1i + f3i;
    const dr = f1r - f3r;
    const di = f1i - f3i;
    store<u64>(q, squaredMagnitude(f0r - gr + halfDifference(sr, s1, di, c1), f0i - gi + halfSum(si, s1, dr, c1)));
    store<u64>(p, squaredMagnitude(f0r + gr + halfSum(sr, c1, di, s1), f0i + gi + halfDifference(si, c1, dr, s1)));
  }
}

/** Computes the power of bins 1 … 255 of the frame of 640 int16 samples at `samples`. */
export function powerSpectrum(samples: usize): void {
  firstPass(samples);
  for (let quarter: usize = 128, twiddleStep: usize = 64; quarter >= 8; quarter >>= 2, twiddleStep <<= 2) {
    pass(quarter, twiddleStep);
  }
  combine();
}

/** Returns |X|² of bin 1 ≤ k ≤ 255, with 42 fraction bits for samples scaled to ±1; below 2^60. */
export function power(bin: usize): u64 {
  return load<u64>(work + load<u16>(BIN_OFFSET + (bin << 1)));
}
