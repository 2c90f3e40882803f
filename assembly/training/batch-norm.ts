import { BATCH_NORM_EPSILON, BATCH_NORM_MOMENTUM, Batch, Convolution } from './generated';

/** Static methods, because `@inline` is needed and biome does not parse decorators of functions. */
class Moments {
  /** Mean and squared distance of the channels of one vector (four if `wide`), over the positions of an image. */
  @inline
  static ofColumns(wide: bool, from: usize, rows: i32, rowBytes: i32, means: usize, squares: usize): void {
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    const end = from + rows * rowBytes;
    for (let at = from; at < end; at += rowBytes) {
      s0 = f32x4.add(s0, v128.load(at));
      if (wide) {
        s1 = f32x4.add(s1, v128.load(at, 16));
        s2 = f32x4.add(s2, v128.load(at, 32));
        s3 = f32x4.add(s3, v128.load(at, 48));
      }
    }
    const inverse = f32x4.splat(<f32>1 / <f32>rows);
    const m0 = f32x4.mul(s0, inverse);
    const m1 = f32x4.mul(s1, inverse);
    const m2 = f32x4.mul(s2, inverse);
    const m3 = f32x4.mul(s3, inverse);
    s0 = f32x4.splat(0);
    s1 = s0;
    s2 = s0;
    s3 = s0;
    for (let at = from; at < end; at += rowBytes) {
      const d0 = f32x4.sub(v128.load(at), m0);
      s0 = f32x4.add(s0, f32x4.mul(d0, d0));
      if (wide) {
        const d1 = f32x4.sub(v128.load(at, 16), m1);
        const d2 = f32x4.sub(v128.load(at, 32), m2);
        const d3 = f32x4.sub(v128.load(at, 48), m3);
        s1 = f32x4.add(s1, f32x4.mul(d1, d1));
        s2 = f32x4.add(s2, f32x4.mul(d2, d2));
        s3 = f32x4.add(s3, f32x4.mul(d3, d3));
      }
    }
    v128.store(means, m0);
    v128.store(squares, s0);
    if (wide) {
      v128.store(means, m1, 16);
      v128.store(means, m2, 32);
      v128.store(means, m3, 48);
      v128.store(squares, s1, 16);
      v128.store(squares, s2, 32);
      v128.store(squares, s3, 48);
    }
  }
}

/** Computes the moments of one image, while its output is still in the cache. */
export function imageMoments(c: Convolution, image: i32): void {
  const rowBytes = c.vectors << 4;
  const rows = c.planes * c.outputHeight * c.outputWidth;
  const from = c.output + image * rows * rowBytes;
  const means = c.moments + image * 2 * rowBytes;
  let offset = 0;
  for (; offset + 64 <= rowBytes; offset += 64) {
    Moments.ofColumns(true, from + offset, rows, rowBytes, means + offset, means + rowBytes + offset);
  }
  for (; offset < rowBytes; offset += 16) {
    Moments.ofColumns(false, from + offset, rows, rowBytes, means + offset, means + rowBytes + offset);
  }
}

function setNorm(c: Convolution, channel: i32, mean: f64, variance: f64): void {
  const channels = c.vectors << 2;
  const at = c.norm + (channel << 2);
  const inverse = 1 / sqrt<f64>(variance + BATCH_NORM_EPSILON);
  const scale = <f64>load<f32>(c.gamma + (channel << 2)) * inverse;
  store<f32>(at, <f32>mean);
  store<f32>(at + (channels << 2), <f32>inverse);
  store<f32>(at + (channels << 3), <f32>scale);
  store<f32>(at + channels * 12, <f32>(<f64>load<f32>(c.beta + (channel << 2)) - mean * scale));
}

/**
 * Merges the moments of the images in their order (Chan, Golub and LeVeque 1979), in float64, and updates the running
 * statistics; the running variance is the unbiased one, as in PyTorch.
 */
export function mergeMoments(c: Convolution, batch: Batch): void {
  const channels = c.vectors << 2;
  const perImage = <f64>(c.planes * c.outputHeight * c.outputWidth);
  const count = perImage * <f64>batch.images;
  for (let channel = 0; channel < channels; channel++) {
    let mean: f64 = 0;
    let squares: f64 = 0;
    let at = c.moments + (channel << 2);
    for (let image = 0; image < batch.images; image++) {
      const delta = <f64>load<f32>(at) - mean;
      const before = <f64>image;
      squares += <f64>load<f32>(at + (channels << 2)) + (delta * delta * perImage * before) / (before + 1);
      mean += delta / (before + 1);
      at += channels << 3;
    }
    setNorm(c, channel, mean, squares / count);
    const runningMean = c.runningMean + (channel << 2);
    const runningVariance = c.runningVariance + (channel << 2);
    const unbiased = squares / max<f64>(count - 1, 1);
    store<f32>(
      runningMean,
      <f32>(<f64>load<f32>(runningMean) * (1 - BATCH_NORM_MOMENTUM) + mean * BATCH_NORM_MOMENTUM),
    );
    store<f32>(
      runningVariance,
      <f32>(<f64>load<f32>(runningVariance) * (1 - BATCH_NORM_MOMENTUM) + unbiased * BATCH_NORM_MOMENTUM),
    );
  }
}

/** Normalises by the running statistics. */
export function useRunningStatistics(c: Convolution): void {
  for (let channel = 0; channel < c.vectors << 2; channel++) {
    const offset = channel << 2;
    setNorm(c, channel, <f64>load<f32>(c.runningMean + offset), <f64>load<f32>(c.runningVariance + offset));
  }
}

/** Static methods, because `@inline` is needed and biome does not parse decorators of functions. */
class GradientSums {
  /**
   * Adds the sums of the gradient, and of its product with the normalised output, over the positions of a plane, for
   * the channels of one vector (two if `wide`), to those at `to`.
   */
  @inline
  static ofColumns(
    wide: bool,
    gradient: usize,
    output: usize,
    end: usize,
    norm: usize,
    rowBytes: i32,
    to: usize,
  ): void {
    const mean0 = v128.load(norm);
    const mean1 = wide ? v128.load(norm, 16) : mean0;
    let sum0 = f32x4.splat(0);
    let sum1 = sum0;
    let product0 = sum0;
    let product1 = sum0;
    for (; gradient < end; gradient += rowBytes) {
      const g0 = v128.load(gradient);
      sum0 = f32x4.add(sum0, g0);
      product0 = f32x4.add(product0, f32x4.mul(g0, f32x4.sub(v128.load(output), mean0)));
      if (wide) {
        const g1 = v128.load(gradient, 16);
        sum1 = f32x4.add(sum1, g1);
        product1 = f32x4.add(product1, f32x4.mul(g1, f32x4.sub(v128.load(output, 16), mean1)));
      }
      output += rowBytes;
    }
    const inverse = norm + rowBytes;
    addTo(to, sum0);
    addTo(to + rowBytes, f32x4.mul(product0, v128.load(inverse)));
    if (wide) {
      addTo(to + 16, sum1);
      addTo(to + rowBytes + 16, f32x4.mul(product1, v128.load(inverse, 16)));
    }
  }
}

function addTo(address: usize, value: v128): void {
  v128.store(address, f32x4.add(v128.load(address), value));
}

/**
 * Computes one image's sums of the gradient of the current, and of its product with the normalised output, plane by
 * plane: an error in them would be the same in every position.
 */
export function gradientSums(c: Convolution, image: i32, currentGradient: usize): void {
  const rowBytes = c.vectors << 4;
  const planeBytes = c.outputHeight * c.outputWidth * rowBytes;
  const to = c.sums + image * 2 * rowBytes;
  memory.fill(to, 0, 2 * rowBytes);
  let gradient = currentGradient + image * c.planes * planeBytes;
  let output = c.output + image * c.planes * planeBytes;
  for (let plane = 0; plane < c.planes; plane++) {
    const end = gradient + planeBytes;
    let offset = 0;
    for (; offset + 32 <= rowBytes; offset += 32) {
      GradientSums.ofColumns(true, gradient + offset, output + offset, end, c.norm + offset, rowBytes, to + offset);
    }
    if (offset < rowBytes) {
      GradientSums.ofColumns(false, gradient + offset, output + offset, end, c.norm + offset, rowBytes, to + offset);
    }
    gradient = end;
    output += planeBytes;
  }
}

/** Computes the gradients of γ and β and the factors of `normGradient`, from the sums of the images in their order. */
export function mergeSums(c: Convolution, batch: Batch): void {
  const channels = c.vectors << 2;
  const count = <f64>(c.planes * c.outputHeight * c.outputWidth) * <f64>batch.images;
  for (let channel = 0; channel < channels; channel++) {
    let beta: f64 = 0;
    let gamma: f64 = 0;
    let at = c.sums + (channel << 2);
    for (let image = 0; image < batch.images; image++) {
      beta += <f64>load<f32>(at);
      gamma += <f64>load<f32>(at + (channels << 2));
      at += channels << 3;
    }
    const offset = channel << 2;
    store<f32>(c.betaGradient + offset, <f32>beta);
    store<f32>(c.gammaGradient + offset, <f32>gamma);
    const norm = c.norm + offset;
    const inverse = <f64>load<f32>(norm + (channels << 2));
    const scale = <f64>load<f32>(norm + (channels << 3));
    const backward = c.backward + offset;
    store<f32>(backward, <f32>scale);
    store<f32>(backward + (channels << 2), <f32>((-scale * inverse * gamma) / count));
    store<f32>(backward + (channels << 3), <f32>((-scale * beta) / count));
  }
}

/** Writes the gradient of one image's convolution output, computed from that of its current, to the thread's pad. */
export function normGradient(c: Convolution, image: i32, currentGradient: usize, pads: usize): void {
  const rowBytes = c.vectors << 4;
  const imageBytes = c.planes * c.outputHeight * c.outputWidth * rowBytes;
  let output = c.output + image * imageBytes;
  let gradient = currentGradient + image * imageBytes;
  for (let plane = 0; plane < c.planes; plane++) {
    for (let y = 0; y < c.outputHeight; y++) {
      const row = (plane * c.padHeight + c.padTop + y) * c.padWidth + c.padLeft;
      let target = pads + c.pad + row * rowBytes;
      for (let x = 0; x < c.outputWidth; x++) {
        for (let offset = 0; offset < rowBytes; offset += 16) {
          const factors = c.backward + offset;
          const distance = f32x4.sub(v128.load(output), v128.load(c.norm + offset));
          let d = f32x4.mul(v128.load(factors), v128.load(gradient));
          d = f32x4.add(d, f32x4.mul(v128.load(factors + rowBytes), distance));
          v128.store(target, f32x4.add(d, v128.load(factors + (rowBytes << 1))));
          output += 16;
          gradient += 16;
          target += 16;
        }
      }
    }
  }
}
