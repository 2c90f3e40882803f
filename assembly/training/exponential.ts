/** Static methods, because `@inline` is needed and biome does not parse decorators of functions. */
export class Sigmoid {
  /**
   * Returns σ′(x) = e / (1 + e)² with e = exp(−|x|), per lane, with a relative error of up to 2.4e-7 + 1e-7 · |x|;
   * 2^−60 from |x| = 41 on. Uses only additions, multiplications and one division, so every machine gives the same
   * bits.
   */
  @inline
  static derivative(x: v128): v128 {
    // 2^t with t = −|x| · log2 e. Values below 2^−60 do not matter, but their products would be denormal and slow.
    const t = f32x4.max(f32x4.mul(f32x4.abs(x), f32x4.splat(-Mathf.LOG2E)), f32x4.splat(-60));
    // adding 1.5 · 2^23 rounds to a whole number, which is then in the low bits
    const rounded = f32x4.add(t, f32x4.splat(12582912));
    const f = f32x4.sub(t, f32x4.sub(rounded, f32x4.splat(12582912)));
    // 2^f on [−½, ½], Taylor series in f · ln 2
    let p = f32x4.splat(1.54035304e-4);
    p = f32x4.add(f32x4.mul(p, f), f32x4.splat(1.33335581e-3));
    p = f32x4.add(f32x4.mul(p, f), f32x4.splat(9.61812911e-3));
    p = f32x4.add(f32x4.mul(p, f), f32x4.splat(5.55041087e-2));
    p = f32x4.add(f32x4.mul(p, f), f32x4.splat(2.40226507e-1));
    p = f32x4.add(f32x4.mul(p, f), f32x4.splat(6.93147181e-1));
    p = f32x4.add(f32x4.mul(p, f), f32x4.splat(1));
    const e = i32x4.add(p, i32x4.shl(rounded, 23));
    const d = f32x4.add(e, f32x4.splat(1));
    return f32x4.div(e, f32x4.mul(d, d));
  }
}
