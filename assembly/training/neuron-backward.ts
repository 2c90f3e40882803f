import { Sigmoid } from './exponential';
import { Convolution, Layer, LayerKind, Scratch, Shortcut } from './generated';
import { spikeMask } from './spike-masks';

function addTo(address: usize, value: v128): void {
  v128.store(address, f32x4.add(v128.load(address), value));
}

function normalisedOutput(c: Convolution, at: usize, offset: usize, rowBytes: i32): v128 {
  const norm = c.norm + offset;
  return f32x4.mul(f32x4.sub(v128.load(at), v128.load(norm)), v128.load(norm + rowBytes));
}

/** Inlined by decree, with a constant for `shortcut`: static methods, because biome does not parse decorators of functions. */
class Neurons {
  /**
   * Back through the timesteps of one image. The membranes are computed again, a vector of four channels at a time, so
   * only the convolution's output is kept between the passes. With u = H − Vth, g the gradient of the output a·z, and
   * λ = dV(t), s = d/du σ(αu) = α·σ′(αu):  dz = a·g + penalty − Vth·λ,  dH = λ + s·dz,  dVth −= s·dz + z·λ,
   * da += g·z,  λ(t−1) = dH.
   * Writes dH, which is the gradient of the current, and adds up what batch norm and the thresholds need.
   * `shortcut` and `stem` are constants at every call.
   */
  @inline
  static back(
    l: Layer,
    image: i32,
    upstream: usize,
    step: i32,
    stride: i32,
    scratch: Scratch,
    shortcut: i32,
    stem: bool,
  ): void {
    const c = l.convolution;
    const timesteps = l.timesteps;
    const vectors = l.vectors;
    const positions = l.height * l.width;
    const rowBytes = vectors << 4;
    const planeBytes = positions * rowBytes;
    const imageBytes = stem ? planeBytes : timesteps * planeBytes;
    const outputStep = stem ? 0 : planeBytes;
    const planeSpikes = positions * vectors;
    let output = c.output + image * imageBytes;
    let target = l.currentGradient + image * imageBytes;
    let extra: usize = l.shortcutGradient == 0 ? 0 : l.shortcutGradient + image * timesteps * planeBytes;
    const sums = c.sums + image * 2 * rowBytes;
    memory.fill(sums, 0, rowBytes << 1);
    let projected: usize = 0;
    let projectedSums: usize = 0;
    let incoming: usize = 0;
    let worth = f32x4.splat(0);
    if (shortcut == Shortcut.Projection) {
      projected = l.projection.output + image * imageBytes;
      projectedSums = l.projection.sums + image * 2 * rowBytes;
      memory.fill(projectedSums, 0, rowBytes << 1);
    }
    if (shortcut == Shortcut.Identity) {
      incoming = l.shortcutSource.spikes + image * timesteps * planeSpikes;
      worth = v128.load_splat<f32>(l.shortcutSource.amplitude);
    }
    const thresholdSums = l.thresholdSums + ((image * (timesteps + 1)) << 4);
    memory.fill(thresholdSums, 0, (timesteps + 1) << 4);
    const amplitude = v128.load_splat<f32>(l.amplitude);
    const slope = f32x4.splat(l.slope);
    const zero = f32x4.splat(0);
    const above = scratch.membranes;
    const lastPlane = (timesteps - 1) * planeBytes;
    for (let p = 0; p < positions; p++) {
      for (let offset = 0; offset < rowBytes; offset += 16) {
        const scale = v128.load(c.norm + offset + (rowBytes << 1));
        const shift = v128.load(c.norm + offset + rowBytes * 3);
        let projectedScale = scale;
        let projectedShift = shift;
        if (shortcut == Shortcut.Projection) {
          const projectedNorm = l.projection.norm + offset;
          projectedScale = v128.load(projectedNorm + (rowBytes << 1));
          projectedShift = v128.load(projectedNorm + rowBytes * 3);
        }
        let membrane = zero;
        let from = output;
        let fromProjected = projected;
        let fromIncoming = incoming;
        for (let t = 0; t < timesteps; t++) {
          let current = f32x4.add(f32x4.mul(v128.load(from), scale), shift);
          if (shortcut == Shortcut.Projection) {
            const other = f32x4.add(f32x4.mul(v128.load(fromProjected), projectedScale), projectedShift);
            current = f32x4.add(current, other);
            fromProjected += planeBytes;
          }
          if (shortcut == Shortcut.Identity) {
            current = f32x4.add(current, v128.and(spikeMask(fromIncoming), worth));
            fromIncoming += planeSpikes;
          }
          membrane = f32x4.add(membrane, current);
          const threshold = v128.load_splat<f32>(l.thresholds + (t << 2));
          v128.store(above + (t << 4), f32x4.sub(membrane, threshold));
          membrane = f32x4.sub(membrane, v128.and(f32x4.ge(membrane, threshold), threshold));
          from += outputStep;
        }
        let carried = zero;
        let total = zero;
        let product = zero;
        let projectedProduct = zero;
        let worthGradient = zero;
        from = output + (stem ? 0 : lastPlane);
        fromProjected = projected + lastPlane;
        let fromUpstream = upstream + offset + (timesteps - 1) * step;
        let fromExtra = extra + lastPlane;
        let to = target + lastPlane;
        for (let t = timesteps - 1; t >= 0; t--) {
          const distance = v128.load(above + (t << 4));
          const fired = f32x4.ge(distance, zero);
          const threshold = v128.load_splat<f32>(l.thresholds + (t << 2));
          let g = v128.load(fromUpstream);
          if (extra != 0) g = f32x4.add(g, v128.load(fromExtra));
          worthGradient = f32x4.add(worthGradient, v128.and(fired, g));
          let spike = f32x4.add(f32x4.mul(amplitude, g), v128.load(l.penalty + offset));
          spike = f32x4.sub(spike, f32x4.mul(threshold, carried));
          const surrogate = f32x4.mul(slope, Sigmoid.derivative(f32x4.mul(slope, distance)));
          const through = f32x4.mul(spike, surrogate);
          const sum = thresholdSums + (t << 4);
          v128.store(sum, f32x4.sub(v128.load(sum), f32x4.add(through, v128.and(fired, carried))));
          carried = f32x4.add(carried, through);
          total = f32x4.add(total, carried);
          if (!stem) {
            v128.store(to, carried);
            product = f32x4.add(product, f32x4.mul(carried, normalisedOutput(c, from, offset, rowBytes)));
            from -= planeBytes;
            to -= planeBytes;
          }
          if (shortcut == Shortcut.Projection) {
            const normalised = normalisedOutput(l.projection, fromProjected, offset, rowBytes);
            projectedProduct = f32x4.add(projectedProduct, f32x4.mul(carried, normalised));
            fromProjected -= planeBytes;
          }
          fromUpstream -= step;
          fromExtra -= planeBytes;
        }
        if (stem) {
          v128.store(target, total);
          product = f32x4.mul(total, normalisedOutput(c, output, offset, rowBytes));
        }
        addTo(thresholdSums + (timesteps << 4), worthGradient);
        addTo(sums + offset, total);
        addTo(sums + rowBytes + offset, product);
        if (shortcut == Shortcut.Projection) {
          addTo(projectedSums + offset, total);
          addTo(projectedSums + rowBytes + offset, projectedProduct);
        }
        output += 16;
        target += 16;
        if (extra != 0) extra += 16;
        projected += 16;
        incoming++;
      }
      upstream += stride;
    }
  }
}

/** Back through max(0, i) of one image. */
function rectifiedBack(l: Layer, image: i32, upstream: usize, stride: i32): void {
  const c = l.convolution;
  const rowBytes = l.vectors << 4;
  const positions = l.height * l.width;
  const zero = f32x4.splat(0);
  const start = image * positions * rowBytes;
  const sums = c.sums + image * 2 * rowBytes;
  memory.fill(sums, 0, rowBytes << 1);
  const projects = l.shortcut == Shortcut.Projection;
  const projectedSums = projects ? l.projection.sums + image * 2 * rowBytes : 0;
  if (projects) memory.fill(projectedSums, 0, rowBytes << 1);
  for (let p = 0; p < positions; p++) {
    for (let offset = 0; offset < rowBytes; offset += 16) {
      const at = start + p * rowBytes + offset;
      let g = v128.load(upstream + offset);
      if (l.shortcutGradient != 0) g = f32x4.add(g, v128.load(l.shortcutGradient + at));
      g = v128.and(g, f32x4.gt(v128.load(l.activations + at), zero));
      v128.store(l.currentGradient + at, g);
      addTo(sums + offset, g);
      addTo(sums + rowBytes + offset, f32x4.mul(g, normalisedOutput(c, c.output + at, offset, rowBytes)));
      if (projects) {
        addTo(projectedSums + offset, g);
        const normalised = normalisedOutput(l.projection, l.projection.output + at, offset, rowBytes);
        addTo(projectedSums + rowBytes + offset, f32x4.mul(g, normalised));
      }
    }
    upstream += stride;
  }
}

/**
 * The gradient of one image's current from that of its output at `upstream`, whose timesteps are `step` bytes apart and
 * whose positions `stride` (0 where all are alike).
 */
export function neuronGradient(l: Layer, image: i32, upstream: usize, step: i32, stride: i32, scratch: Scratch): void {
  if (l.kind == LayerKind.Rectified) rectifiedBack(l, image, upstream, stride);
  else if (l.source.kind == LayerKind.Features)
    Neurons.back(l, image, upstream, step, stride, scratch, Shortcut.None, true);
  else if (l.shortcut == Shortcut.Projection) {
    Neurons.back(l, image, upstream, step, stride, scratch, Shortcut.Projection, false);
  } else if (l.shortcut == Shortcut.Identity) {
    Neurons.back(l, image, upstream, step, stride, scratch, Shortcut.Identity, false);
  } else Neurons.back(l, image, upstream, step, stride, scratch, Shortcut.None, false);
}
