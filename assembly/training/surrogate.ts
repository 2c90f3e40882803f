// The sign; one; constants of exp: the least power of two; 1.5 · 2^23, to which adding rounds to a whole number; the
// Taylor series of 2^f in f · ln 2, from the sixth power down.
const CONSTANTS: usize = memory.data<f32>([
  -0.0, 1, -60, 12582912, 1.54035304e-4, 1.33335581e-3, 9.61812911e-3, 5.55041087e-2, 2.40226507e-1, 6.93147181e-1,
]);

function constant(index: usize): v128 {
  return v128.load_splat<f32>(CONSTANTS + (index << 2));
}

/**
 * Writes α·σ′(αu), the gradient that stands in for that of a spike, for `bytes` bytes of u at `from`. σ′(x) is
 * e / (1 + e)² with e = exp(−|x|), with a relative error of up to 2.4e-7 + 1e-7 · |x|; 2^−60 from |x| = 41 on. Uses
 * only additions, multiplications and one division, so every machine gives the same bits. (V8 builds a constant of four
 * lanes in every iteration, but keeps one that was loaded.)
 */
export function surrogateGradients(from: usize, bytes: usize, slope: f32, to: usize): void {
  const alpha = f32x4.splat(slope);
  const scale = f32x4.splat(slope * Mathf.LOG2E);
  const sign = constant(0);
  const one = constant(1);
  const least = constant(2);
  const rounding = constant(3);
  const c6 = constant(4);
  const c5 = constant(5);
  const c4 = constant(6);
  const c3 = constant(7);
  const c2 = constant(8);
  const c1 = constant(9);
  for (const end = from + bytes; from < end; from += 16) {
    // 2^t with t = −|x| · log2 e. Values below 2^−60 do not matter, but their products would be denormal and slow.
    const negative = v128.or(v128.load(from), sign);
    const t = f32x4.pmax(f32x4.mul(negative, scale), least);
    // the whole number is in the low bits
    const rounded = f32x4.add(t, rounding);
    const f = f32x4.sub(t, f32x4.sub(rounded, rounding));
    let p = f32x4.add(f32x4.mul(c6, f), c5);
    p = f32x4.add(f32x4.mul(p, f), c4);
    p = f32x4.add(f32x4.mul(p, f), c3);
    p = f32x4.add(f32x4.mul(p, f), c2);
    p = f32x4.add(f32x4.mul(p, f), c1);
    p = f32x4.add(f32x4.mul(p, f), one);
    const e = i32x4.add(p, i32x4.shl(rounded, 23));
    const d = f32x4.add(e, one);
    v128.store(to, f32x4.mul(alpha, f32x4.div(e, f32x4.mul(d, d))));
    to += 16;
  }
}
