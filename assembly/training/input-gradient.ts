import { Convolution, Scratch, TILE_POSITIONS } from './generated';

/**
 * Bytes of a tile. V8 loads everything that an iteration reads before it multiplies. Eight sums, two weights, four
 * gradients and a product take its 15 vector registers; with six positions it spilled six in every iteration.
 */
const TILE_BYTES = 4 * (2 + 2 * TILE_POSITIONS);

/** Static methods, because `@inline` is needed and biome does not parse decorators of functions. */
class Tile {
  /**
   * Computes a tile of the gradient of the input: four input positions that the same taps reach, and four channels
   * (eight if `wide`). A tile consists of the begin and end of its runs, four places in the padded gradient, and four
   * in the result. A run is a row of taps whose output positions are adjacent in the gradient, and whose weights are
   * adjacent among the packed ones, so that one loop goes through all of them. It consists of a delta in the padded
   * gradient, an offset in the packed weights of one channel, and the number of gradients.
   */
  @inline
  static compute(wide: bool, at: usize, pad: usize, c: Convolution, offset: usize, target: usize): void {
    let a0 = f32x4.splat(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let b0 = a0;
    let b1 = a0;
    let b2 = a0;
    let b3 = a0;
    const weights = c.packed + offset * c.kernelHeight * c.kernelWidth * (c.vectors << 2);
    const end = load<usize>(at, 4);
    for (let run = load<usize>(at); run < end; run += 12) {
      const place = pad + load<i32>(run);
      let w = weights + (load<i32>(run, 4) << (wide ? 3 : 2));
      let g0 = place + load<i32>(at, 8);
      let g1 = place + load<i32>(at, 12);
      let g2 = place + load<i32>(at, 16);
      let g3 = place + load<i32>(at, 20);
      for (let n = load<i32>(run, 8); n; n--) {
        const w0 = v128.load(w);
        let g = v128.load_splat<f32>(g0);
        if (wide) {
          const w1 = v128.load(w, 16);
          a0 = f32x4.add(a0, f32x4.mul(g, w0));
          b0 = f32x4.add(b0, f32x4.mul(g, w1));
          g = v128.load_splat<f32>(g1);
          a1 = f32x4.add(a1, f32x4.mul(g, w0));
          b1 = f32x4.add(b1, f32x4.mul(g, w1));
          g = v128.load_splat<f32>(g2);
          a2 = f32x4.add(a2, f32x4.mul(g, w0));
          b2 = f32x4.add(b2, f32x4.mul(g, w1));
          g = v128.load_splat<f32>(g3);
          a3 = f32x4.add(a3, f32x4.mul(g, w0));
          b3 = f32x4.add(b3, f32x4.mul(g, w1));
        } else {
          a0 = f32x4.add(a0, f32x4.mul(g, w0));
          a1 = f32x4.add(a1, f32x4.mul(v128.load_splat<f32>(g1), w0));
          a2 = f32x4.add(a2, f32x4.mul(v128.load_splat<f32>(g2), w0));
          a3 = f32x4.add(a3, f32x4.mul(v128.load_splat<f32>(g3), w0));
        }
        w += wide ? 32 : 16;
        g0 += 4;
        g1 += 4;
        g2 += 4;
        g3 += 4;
      }
    }
    put(wide, target + load<i32>(at, 24), a0, b0);
    put(wide, target + load<i32>(at, 28), a1, b1);
    put(wide, target + load<i32>(at, 32), a2, b2);
    put(wide, target + load<i32>(at, 36), a3, b3);
  }
}

function put(wide: bool, target: usize, a: v128, b: v128): void {
  v128.store(target, a);
  if (wide) v128.store(target, b, 16);
}

/**
 * Computes the gradient of one image's input from the padded gradient of the output; writes it to `target` as
 * [timestep][position][channel].
 */
export function inputGradient(c: Convolution, target: usize, scratch: Scratch): void {
  const pad = scratch.pads + c.pad;
  const inputBytes = c.inputChannels << 2;
  const end = c.tiles + c.tileCount * TILE_BYTES;
  let offset = 0;
  for (; offset + 32 <= inputBytes; offset += 32) {
    for (let at = c.tiles; at < end; at += TILE_BYTES) {
      Tile.compute(true, at, pad, c, offset, target + offset);
    }
  }
  if (offset < inputBytes) {
    for (let at = c.tiles; at < end; at += TILE_BYTES) {
      Tile.compute(false, at, pad, c, offset, target + offset);
    }
  }
}
