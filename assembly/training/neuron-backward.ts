// Goes back through the timesteps. The membranes are computed again, four channels of a position (a cell) at a time, so
// only the convolution's output is kept between the passes. With u = H − Vth, g the gradient of the output a·z, and
// λ = dV(t), s = d/du σ(αu) = α·σ′(αu):  dz = a·g + penalty − Vth·λ,  dH = λ + s·dz,  dVth −= s·dz + z·λ,  da += g·z,
// λ(t−1) = dH. The current's gradient is dH.
import { Sigmoid } from './exponential';
import { Convolution, Layer, LayerKind, Scratch, Shortcut } from './generated';
import {
  Current,
  entering,
  enteringStep,
  output,
  outputStep,
  planeBytes,
  rowBytes,
  takeCurrents,
} from './neuron-current';

/** The gradient of the current image; every thread has its own variables. */
let currentGradient: usize = 0;
/** Where the shortcut's gradient of the first cell would be, and the cells that have one. */
let shortcutGradient: usize = 0;
let shortcutStep: i32 = 0;
let shortcutFirst: usize = 0;
let thresholdSums: usize = 0;
/** Bytes from one timestep to the next in the gradient of the output. */
let upstreamStep: i32 = 0;
/** Whether this is the stem: it has one current for all timesteps, whose gradient is the sum over them. */
let stem = false;
/** The current cell, [timestep][4 lanes]: u, then the stem's dH. */
let membranes: usize = 0;

/** Prepares for one image, and clears its sums. */
function takeImage(l: Layer, image: i32, step: i32, scratch: Scratch): void {
  takeCurrents(l, image);
  const c = l.convolution;
  const timesteps = l.timesteps;
  currentGradient = l.currentGradient + image * c.planes * planeBytes;
  shortcutFirst = l.shortcutFirst * rowBytes;
  shortcutStep = l.shortcutPositions * rowBytes;
  shortcutGradient = l.shortcutGradient + image * timesteps * shortcutStep;
  thresholdSums = l.thresholdSums + ((image * (timesteps + 1)) << 4);
  upstreamStep = step;
  stem = l.source.kind == LayerKind.Features;
  membranes = scratch.membranes;
  memory.fill(thresholdSums, 0, (timesteps + 1) << 4);
  memory.fill(sumsOf(c, image), 0, rowBytes << 1);
  if (l.shortcut == Shortcut.Projection) memory.fill(sumsOf(l.projection, image), 0, rowBytes << 1);
}

/** Returns the address of one image's sums for the gradients of a batch norm. */
function sumsOf(c: Convolution, image: i32): usize {
  return c.sums + image * 2 * (c.vectors << 4);
}

function addTo(address: usize, value: v128): void {
  v128.store(address, f32x4.add(v128.load(address), value));
}

/**
 * The phases of a cell, which is `cell` bytes into its plane and `offset` bytes into its row. Inlined, with a constant
 * for `shortcut` at every call; static methods, because biome does not parse decorators of functions.
 */
class Neurons {
  /** Computes u, forward through the timesteps. */
  @inline
  static rise(l: Layer, cell: usize, offset: usize, shortcut: i32): void {
    const norm = l.convolution.norm + offset;
    const scale = Current.scale(norm, rowBytes);
    const shift = Current.shift(norm, rowBytes);
    let otherScale = f32x4.splat(0);
    let otherShift = otherScale;
    if (shortcut == Shortcut.Identity) otherScale = v128.load_splat<f32>(l.shortcutSource.amplitude);
    if (shortcut == Shortcut.Projection) {
      otherScale = Current.scale(l.projection.norm + offset, rowBytes);
      otherShift = Current.shift(l.projection.norm + offset, rowBytes);
    }
    let membrane = f32x4.splat(0);
    let from = output + cell;
    let other = entering + (shortcut == Shortcut.Projection ? cell : cell >> 4);
    let to = membranes;
    let at = l.thresholds;
    for (const end = at + (l.timesteps << 2); at < end; at += 4) {
      const own = Current.normalised(from, scale, shift);
      membrane = f32x4.add(membrane, Current.withShortcut(own, other, otherScale, otherShift, shortcut));
      const threshold = v128.load_splat<f32>(at);
      v128.store(to, f32x4.sub(membrane, threshold));
      membrane = f32x4.sub(membrane, v128.and(f32x4.ge(membrane, threshold), threshold));
      from += outputStep;
      other += enteringStep;
      to += 16;
    }
  }

  /** Computes dH and the thresholds' sums, backward, from the gradient of the cell's output at `upstream`. */
  @inline
  static fall(l: Layer, cell: usize, offset: usize, upstream: usize): void {
    const last = l.timesteps - 1;
    const amplitude = v128.load_splat<f32>(l.amplitude);
    const slope = f32x4.splat(l.slope);
    const penalty = v128.load(l.penalty + offset);
    const zero = f32x4.splat(0);
    const step = stem ? 16 : planeBytes;
    let to = (stem ? membranes : currentGradient + cell) + last * step;
    // no less than 0 as an unsigned number: cells before the first are far beyond the last
    const shortcutCell = cell - shortcutFirst;
    let extra = shortcutCell < <usize>shortcutStep ? shortcutGradient + shortcutCell + last * shortcutStep : 0;
    upstream += last * upstreamStep;
    let carried = zero;
    let worth = zero;
    for (let t = last; t >= 0; t--) {
      const distance = v128.load(membranes + (t << 4));
      const fired = f32x4.ge(distance, zero);
      const threshold = v128.load_splat<f32>(l.thresholds + (t << 2));
      let g = v128.load(upstream);
      if (extra != 0) {
        g = f32x4.add(g, v128.load(extra));
        extra -= shortcutStep;
      }
      worth = f32x4.add(worth, v128.and(fired, g));
      let spike = f32x4.add(f32x4.mul(amplitude, g), penalty);
      spike = f32x4.sub(spike, f32x4.mul(threshold, carried));
      const surrogate = f32x4.mul(slope, Sigmoid.derivative(f32x4.mul(slope, distance)));
      const through = f32x4.mul(spike, surrogate);
      const sum = thresholdSums + (t << 4);
      v128.store(sum, f32x4.sub(v128.load(sum), f32x4.add(through, v128.and(fired, carried))));
      carried = f32x4.add(carried, through);
      v128.store(to, carried);
      to -= step;
      upstream -= upstreamStep;
    }
    addTo(thresholdSums + (l.timesteps << 4), worth);
  }

  /** Computes the gradient of the stem's current from dH of all timesteps. */
  @inline
  static merge(cell: usize, timesteps: i32): void {
    let total = f32x4.splat(0);
    for (let t = timesteps - 1; t >= 0; t--) total = f32x4.add(total, v128.load(membranes + (t << 4)));
    v128.store(currentGradient + cell, total);
  }

  /** Adds the gradient of the current, and its product with the normalised `output`, to the sums of a batch norm. */
  @inline
  static addUp(c: Convolution, output: usize, sums: usize, cell: usize, offset: usize): void {
    const norm = c.norm + offset;
    const mean = v128.load(norm);
    const inverse = v128.load(norm + rowBytes);
    const last = cell + (c.planes - 1) * planeBytes;
    let from = output + last;
    let at = currentGradient + last;
    let total = f32x4.splat(0);
    let product = total;
    for (let plane = c.planes; plane > 0; plane--) {
      const gradient = v128.load(at);
      const normalised = f32x4.mul(f32x4.sub(v128.load(from), mean), inverse);
      total = f32x4.add(total, gradient);
      product = f32x4.add(product, f32x4.mul(gradient, normalised));
      from -= planeBytes;
      at -= planeBytes;
    }
    addTo(sums + offset, total);
    addTo(sums + rowBytes + offset, product);
  }

  /** Runs all phases, cell by cell. */
  @inline
  static back(l: Layer, image: i32, upstream: usize, stride: i32, shortcut: i32): void {
    const c = l.convolution;
    const sums = sumsOf(c, image);
    const otherSums = shortcut == Shortcut.Projection ? sumsOf(l.projection, image) : 0;
    let cell: usize = 0;
    for (let p = l.height * l.width; p > 0; p--) {
      for (let offset = 0; offset < rowBytes; offset += 16) {
        Neurons.rise(l, cell, offset, shortcut);
        Neurons.fall(l, cell, offset, upstream + offset);
        if (stem) Neurons.merge(cell, l.timesteps);
        Neurons.addUp(c, output, sums, cell, offset);
        if (shortcut == Shortcut.Projection) Neurons.addUp(l.projection, entering, otherSums, cell, offset);
        cell += 16;
      }
      upstream += stride;
    }
  }
}

function normalisedOutput(c: Convolution, at: usize, offset: usize, rowBytes: i32): v128 {
  const norm = c.norm + offset;
  return f32x4.mul(f32x4.sub(v128.load(at), v128.load(norm)), v128.load(norm + rowBytes));
}

/** Computes the gradient through max(0, i) of one image. */
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
    const shortcutCell = p - l.shortcutFirst;
    const hasExtra = <u32>shortcutCell < <u32>l.shortcutPositions;
    const extra = l.shortcutGradient + (image * l.shortcutPositions + shortcutCell) * rowBytes;
    for (let offset = 0; offset < rowBytes; offset += 16) {
      const at = start + p * rowBytes + offset;
      let g = v128.load(upstream + offset);
      if (hasExtra) g = f32x4.add(g, v128.load(extra + offset));
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
 * Computes the gradient of one image's current from that of its output at `upstream`. There, timesteps are `step` bytes
 * apart and positions `stride` bytes (0 if all are the same).
 */
export function neuronGradient(l: Layer, image: i32, upstream: usize, step: i32, stride: i32, scratch: Scratch): void {
  if (l.kind == LayerKind.Rectified) {
    rectifiedBack(l, image, upstream, stride);
    return;
  }
  takeImage(l, image, step, scratch);
  switch (l.shortcut) {
    case Shortcut.Projection:
      Neurons.back(l, image, upstream, stride, Shortcut.Projection);
      break;
    case Shortcut.Identity:
      Neurons.back(l, image, upstream, stride, Shortcut.Identity);
      break;
    default:
      Neurons.back(l, image, upstream, stride, Shortcut.None);
  }
}
