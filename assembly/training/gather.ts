// Sums of rows. A row is a range of 4-lane vectors in memory, and a list has the offsets of the rows to add: forward,
// the weight rows of the spikes in a receptive field; backward, the gradient rows of the positions where a channel
// spiked. This needs no multiplication and reads nothing for a zero.

/** Static methods, because `@inline` is needed and biome does not parse decorators of functions. */
class Rows {
  /**
   * Adds the rows of `count` ranges (begin, end, base) in at most 6 vectors from `offset` on. With `valued`, a list has
   * pairs of offset and value. V8 loads a whole row before the first addition: 6 sums, 6 vectors and a value fit in
   * registers; more would spill. `width` and `valued` are constants at every call, so code that they exclude is not
   * compiled.
   */
  @inline
  static addUp(
    width: i32,
    valued: bool,
    ranges: usize,
    count: i32,
    offset: usize,
    scale: v128,
    target: usize,
    accumulate: bool,
  ): void {
    let a0 = f32x4.splat(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let a4 = a0;
    let a5 = a0;
    for (const last = ranges + count * 12; ranges < last; ranges += 12) {
      let at = load<usize>(ranges);
      const end = load<usize>(ranges, 4);
      const base = load<usize>(ranges, 8) + offset;
      while (at < end) {
        const row = base + load<u32>(at);
        if (valued) {
          const value = v128.load_splat<f32>(at, 4);
          a0 = f32x4.add(a0, f32x4.mul(value, v128.load(row)));
          if (width > 1) a1 = f32x4.add(a1, f32x4.mul(value, v128.load(row, 16)));
          if (width > 2) a2 = f32x4.add(a2, f32x4.mul(value, v128.load(row, 32)));
          if (width > 3) a3 = f32x4.add(a3, f32x4.mul(value, v128.load(row, 48)));
          if (width > 4) a4 = f32x4.add(a4, f32x4.mul(value, v128.load(row, 64)));
          if (width > 5) a5 = f32x4.add(a5, f32x4.mul(value, v128.load(row, 80)));
          at += 8;
        } else {
          a0 = f32x4.add(a0, v128.load(row));
          if (width > 1) a1 = f32x4.add(a1, v128.load(row, 16));
          if (width > 2) a2 = f32x4.add(a2, v128.load(row, 32));
          if (width > 3) a3 = f32x4.add(a3, v128.load(row, 48));
          if (width > 4) a4 = f32x4.add(a4, v128.load(row, 64));
          if (width > 5) a5 = f32x4.add(a5, v128.load(row, 80));
          at += 4;
        }
      }
    }
    target += offset;
    put(target, a0, scale, accumulate);
    if (width > 1) put(target + 16, a1, scale, accumulate);
    if (width > 2) put(target + 32, a2, scale, accumulate);
    if (width > 3) put(target + 48, a3, scale, accumulate);
    if (width > 4) put(target + 64, a4, scale, accumulate);
    if (width > 5) put(target + 80, a5, scale, accumulate);
  }

  @inline
  static addUpAll(
    valued: bool,
    vectors: i32,
    ranges: usize,
    count: i32,
    scale: usize,
    target: usize,
    accumulate: bool,
  ): void {
    const factor = v128.load_splat<f32>(scale);
    let offset: usize = 0;
    while (vectors > 0) {
      let width = 1;
      if (vectors >= 6) {
        width = 6;
        Rows.addUp(6, valued, ranges, count, offset, factor, target, accumulate);
      } else if (vectors >= 4) {
        width = 4;
        Rows.addUp(4, valued, ranges, count, offset, factor, target, accumulate);
      } else if (vectors >= 2) {
        width = 2;
        Rows.addUp(2, valued, ranges, count, offset, factor, target, accumulate);
      } else {
        Rows.addUp(1, valued, ranges, count, offset, factor, target, accumulate);
      }
      vectors -= width;
      offset += (<usize>width) << 4;
    }
  }
}

function put(target: usize, sum: v128, scale: v128, accumulate: bool): void {
  const scaled = f32x4.mul(sum, scale);
  v128.store(target, accumulate ? f32x4.add(v128.load(target), scaled) : scaled);
}

/** target = scale · the sum of the rows named by `count` ranges at `ranges`, `vectors` wide; `scale` is an address. */
export function gatherRows(valued: bool, vectors: i32, ranges: usize, count: i32, scale: usize, target: usize): void {
  if (valued) Rows.addUpAll(true, vectors, ranges, count, scale, target, false);
  else Rows.addUpAll(false, vectors, ranges, count, scale, target, false);
}

/** target += scale · the sum of the rows. */
export function gatherRowsOnto(
  valued: bool,
  vectors: i32,
  ranges: usize,
  count: i32,
  scale: usize,
  target: usize,
): void {
  if (valued) Rows.addUpAll(true, vectors, ranges, count, scale, target, true);
  else Rows.addUpAll(false, vectors, ranges, count, scale, target, true);
}
