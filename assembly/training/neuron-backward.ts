// Goes back through the timesteps. The membranes are computed again, one position at a time, so only the convolution's
// output is kept between the passes. With u = H − Vth, g the gradient of the output a·z, λ = dV(t) and
// s = d/du σ(αu) = α·σ′(αu):  dz = a·g + penalty − Vth·λ,  dH = λ + s·dz,  dVth −= s·dz + z·λ,  da += g·z,
// λ(t−1) = dH. The current's gradient is dH. The innermost loop goes through the channels, which do not wait for each
// other as the timesteps do.
import { gradientSums } from './batch-norm';
import { Layer, LayerKind, Scratch, Shortcut } from './generated';
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
import { surrogateGradients } from './surrogate';

/** The gradient of the current image; every thread has its own variables. */
let currentGradient: usize = 0;
/** Where the shortcut's gradient of the first cell would be, and the cells that have one. */
let shortcutGradient: usize = 0;
let shortcutStep: i32 = 0;
let shortcutFirst: usize = 0;
let thresholdSums: usize = 0;
/** Bytes from one timestep to the next in the gradient of the output. */
let upstreamStep: i32 = 0;
/** The current position, [timestep][channel]: u and s, and their bytes. */
let distances: usize = 0;
let surrogates: usize = 0;
let positionBytes: usize = 0;
/** What one timestep leaves to the next, [channel]: the membranes, then dH. The first timestep finds zeros. */
let carriedRow: usize = 0;
let zeros: usize = 0;

/** Prepares for one image, and clears its sums for the thresholds. */
function takeImage(l: Layer, image: i32, step: i32, scratch: Scratch): void {
  takeCurrents(l, image);
  const timesteps = l.timesteps;
  currentGradient = l.currentGradient + image * l.convolution.planes * planeBytes;
  shortcutFirst = l.shortcutFirst * rowBytes;
  shortcutStep = l.shortcutPositions * rowBytes;
  shortcutGradient = l.shortcutGradient + image * timesteps * shortcutStep;
  thresholdSums = l.thresholdSums + ((image * (timesteps + 1)) << 4);
  upstreamStep = step;
  distances = scratch.membranes;
  positionBytes = timesteps * rowBytes;
  surrogates = distances + positionBytes;
  carriedRow = surrogates + positionBytes;
  zeros = scratch.zeros;
  memory.fill(thresholdSums, 0, (timesteps + 1) << 4);
}

/** Adds the four lanes of `value` to the two float64 lanes at `address`. */
function addTo(address: usize, value: v128): void {
  const high = v128.shuffle<f32>(value, value, 2, 3, 2, 3);
  const pairs = f64x2.add(f64x2.promote_low_f32x4(value), f64x2.promote_low_f32x4(high));
  v128.store(address, f64x2.add(v128.load(address), pairs));
}

/**
 * The phases of a position, which is `place` bytes into its plane. Inlined, with constants for `shortcut` and `stem` at
 * every call; static methods, because biome does not parse decorators of functions.
 */
class Neurons {
  /** Computes u, forward through the timesteps. */
  @inline
  static rise(l: Layer, place: usize, shortcut: i32): void {
    const row = rowBytes;
    const norm = l.convolution.norm;
    const otherNorm = shortcut == Shortcut.Projection ? l.projection.norm : 0;
    let otherScale = f32x4.splat(0);
    let otherShift = otherScale;
    if (shortcut == Shortcut.Identity) otherScale = v128.load_splat<f32>(l.shortcutSource.amplitude);
    let from = output + place;
    let other = entering + (shortcut == Shortcut.Projection ? place : place >> 4);
    let to = distances;
    let before = zeros;
    const after = carriedRow;
    let at = l.thresholds;
    for (const end = at + (l.timesteps << 2); at < end; at += 4) {
      const threshold = v128.load_splat<f32>(at);
      for (let offset = 0; offset < row; offset += 16) {
        const own = Current.normalised(
          from + offset,
          Current.scale(norm + offset, row),
          Current.shift(norm + offset, row),
        );
        if (shortcut == Shortcut.Projection) {
          otherScale = Current.scale(otherNorm + offset, row);
          otherShift = Current.shift(otherNorm + offset, row);
        }
        const entry = other + (shortcut == Shortcut.Projection ? offset : offset >> 4);
        const current = Current.withShortcut(own, entry, otherScale, otherShift, shortcut);
        const membrane = f32x4.add(v128.load(before + offset), current);
        v128.store(to + offset, f32x4.sub(membrane, threshold));
        v128.store(after + offset, f32x4.sub(membrane, v128.and(f32x4.ge(membrane, threshold), threshold)));
      }
      before = after;
      from += outputStep;
      other += enteringStep;
      to += row;
    }
  }

  /**
   * Computes dH and the thresholds' sums, backward, from the gradient of the position's output at `upstream`. The stem
   * has one current for all timesteps, whose gradient is the sum over them.
   */
  @inline
  static fall(l: Layer, place: usize, upstream: usize, stem: bool): void {
    const row = rowBytes;
    const last = l.timesteps - 1;
    const amplitude = v128.load_splat<f32>(l.amplitude);
    const penalties = l.penalty;
    const zero = f32x4.splat(0);
    let to = currentGradient + place;
    if (!stem) to += last * planeBytes;
    // no less than 0 as an unsigned number: cells before the first are far beyond the last
    const shortcutPlace = place - shortcutFirst;
    const hasShortcut = shortcutPlace < <usize>shortcutStep;
    let extra = shortcutGradient + shortcutPlace + last * shortcutStep;
    upstream += last * upstreamStep;
    let before = zeros;
    const after = carriedRow;
    let worth = zero;
    for (let t = last; t >= 0; t--) {
      const threshold = v128.load_splat<f32>(l.thresholds + (t << 2));
      const from = distances + t * row;
      const surrogate = surrogates + t * row;
      let sum = zero;
      for (let offset = 0; offset < row; offset += 16) {
        const distance = v128.load(from + offset);
        const fired = f32x4.ge(distance, zero);
        const carried = v128.load(before + offset);
        let g = v128.load(upstream + offset);
        if (hasShortcut) g = f32x4.add(g, v128.load(extra + offset));
        worth = f32x4.add(worth, v128.and(fired, g));
        let spike = f32x4.add(f32x4.mul(amplitude, g), v128.load(penalties + offset));
        spike = f32x4.sub(spike, f32x4.mul(threshold, carried));
        const through = f32x4.mul(spike, v128.load(surrogate + offset));
        sum = f32x4.sub(sum, f32x4.add(through, v128.and(fired, carried)));
        const gradient = f32x4.add(carried, through);
        v128.store(after + offset, gradient);
        const total = stem && t < last ? f32x4.add(v128.load(to + offset), gradient) : gradient;
        v128.store(to + offset, total);
      }
      addTo(thresholdSums + (t << 4), sum);
      before = after;
      if (!stem) to -= planeBytes;
      extra -= shortcutStep;
      upstream -= upstreamStep;
    }
    addTo(thresholdSums + (l.timesteps << 4), worth);
  }

  /** Runs all phases, position by position. */
  @inline
  static back(l: Layer, upstream: usize, stride: i32, shortcut: i32, stem: bool): void {
    let place: usize = 0;
    for (let p = l.height * l.width; p > 0; p--) {
      Neurons.rise(l, place, shortcut);
      surrogateGradients(distances, positionBytes, l.slope, surrogates);
      Neurons.fall(l, place, upstream, stem);
      place += rowBytes;
      upstream += stride;
    }
  }
}

/** Computes the gradient through max(0, i) of one image. */
function rectifiedBack(l: Layer, image: i32, upstream: usize, stride: i32): void {
  const rowBytes = l.vectors << 4;
  const positions = l.height * l.width;
  const zero = f32x4.splat(0);
  let at = image * positions * rowBytes;
  for (let p = 0; p < positions; p++) {
    const shortcutCell = p - l.shortcutFirst;
    const hasExtra = <u32>shortcutCell < <u32>l.shortcutPositions;
    const extra = l.shortcutGradient + (image * l.shortcutPositions + shortcutCell) * rowBytes;
    for (let offset = 0; offset < rowBytes; offset += 16) {
      let g = v128.load(upstream + offset);
      if (hasExtra) g = f32x4.add(g, v128.load(extra + offset));
      v128.store(l.currentGradient + at, v128.and(g, f32x4.gt(v128.load(l.activations + at), zero)));
      at += 16;
    }
    upstream += stride;
  }
}

/** Computes the gradient through the spikes of one image. */
function spikingBack(l: Layer, image: i32, upstream: usize, step: i32, stride: i32, scratch: Scratch): void {
  takeImage(l, image, step, scratch);
  if (l.source.kind == LayerKind.Features) Neurons.back(l, upstream, stride, Shortcut.None, true);
  else if (l.shortcut == Shortcut.Projection) Neurons.back(l, upstream, stride, Shortcut.Projection, false);
  else if (l.shortcut == Shortcut.Identity) Neurons.back(l, upstream, stride, Shortcut.Identity, false);
  else Neurons.back(l, upstream, stride, Shortcut.None, false);
}

/**
 * Computes the gradient of one image's current from that of its output at `upstream`, and its sums for the gradients of
 * batch norm. At `upstream`, timesteps are `step` bytes apart and positions `stride` bytes (0 if all are the same).
 */
export function neuronGradient(l: Layer, image: i32, upstream: usize, step: i32, stride: i32, scratch: Scratch): void {
  if (l.kind == LayerKind.Rectified) rectifiedBack(l, image, upstream, stride);
  else spikingBack(l, image, upstream, step, stride, scratch);
  gradientSums(l.convolution, image, l.currentGradient);
  if (l.shortcut == Shortcut.Projection) gradientSums(l.projection, image, l.currentGradient);
}
