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

/** Returns a timestep's list of weight rows. It has room for a store of four entries past its last one. */
function listOf(t: i32, scratch: Scratch): usize {
  return scratch.lists + t * (planeBytes + 16);
}

/** Empties the lists: sets their heads, where the next entries go, to their starts. */
function emptyLists(timesteps: i32, scratch: Scratch): void {
  for (let t = 0; t < timesteps; t++) store<usize>(scratch.heads + (t << 2), listOf(t, scratch));
}

/**
 * Copies the heads up to `end` to `to`, `step` bytes apart, to record where a position's entries start in each list.
 */
function markHeads(heads: usize, end: usize, to: usize, step: i32): void {
  for (; heads < end; heads += 4) {
    store<usize>(to, load<usize>(heads));
    to += step;
  }
}

/**
 * Appends the weight rows that the spikes in `set` select, from row `first` on, to the list whose head is stored at
 * `at`.
 */
function append(at: usize, first: v128, compact: usize, set: i32): void {
  const head = load<usize>(at);
  v128.store(head, i32x4.add(first, v128.load(compact + (set << 4))));
  store<usize>(at, head + (popcnt<i32>(set) << 2));
}

/** Returns the number of entries in all lists. */
function entries(timesteps: i32, scratch: Scratch): i32 {
  let total = 0;
  for (let t = 0; t < timesteps; t++) {
    total += <i32>(load<usize>(scratch.heads + (t << 2)) - listOf(t, scratch)) >> 2;
  }
  return total;
}

/**
 * Inlined, with a constant for `shortcut` at every call; static methods, because biome does not parse decorators of
 * functions.
 */
class Neurons {
  /**
   * Computes every cell through the timesteps: H(t) = V(t−1) + i(t), z(t) = [H(t) ≥ Vth(t)], V(t) = H(t) − z(t)·Vth(t).
   * The loops use local variables: reading these values for every cell, in a separate function, takes a third more
   * time.
   */
  @inline
  static fire(l: Layer, spikes: usize, scratch: Scratch, shortcut: i32): void {
    const width = l.width;
    const positions = l.height * width;
    const norm = l.convolution.norm;
    const thresholds = l.thresholds;
    const compact = l.compact;
    const cellBytes = l.cellBytes;
    const vectorBytes = l.channelBytes << 2;
    const row = rowBytes;
    const step = outputStep;
    const planeSpikes = positions * l.vectors;
    const otherStep = enteringStep;
    const planeStarts = (positions + 1) << 2;
    const heads = scratch.heads;
    const timestepBytes = l.timesteps << 2;
    let starts = scratch.starts;
    let ownCell = output;
    let otherCell = entering;
    let otherScale = f32x4.splat(0);
    let otherShift = otherScale;
    if (shortcut == Shortcut.Identity) otherScale = v128.load_splat<f32>(l.shortcutSource.amplitude);
    let x = 0;
    for (let p = 0; p < positions; p++) {
      markHeads(heads, heads + timestepBytes, starts, planeStarts);
      starts += 4;
      let weightRow = x * cellBytes;
      for (let offset = 0; offset < row; offset += 16) {
        const scale = Current.scale(norm + offset, row);
        const shift = Current.shift(norm + offset, row);
        if (shortcut == Shortcut.Projection) {
          otherScale = Current.scale(l.projection.norm + offset, row);
          otherShift = Current.shift(l.projection.norm + offset, row);
        }
        const first = i32x4.splat(weightRow);
        let membrane = f32x4.splat(0);
        let from = ownCell;
        let other = otherCell;
        let to = spikes;
        for (let t = 0; t < timestepBytes; t += 4) {
          const own = Current.normalised(from, scale, shift);
          membrane = f32x4.add(membrane, Current.withShortcut(own, other, otherScale, otherShift, shortcut));
          const threshold = v128.load_splat<f32>(thresholds + t);
          const fired = f32x4.ge(membrane, threshold);
          membrane = f32x4.sub(membrane, v128.and(fired, threshold));
          const set = i32x4.bitmask(fired);
          store<u8>(to, set);
          append(heads + t, first, compact, set);
          from += step;
          if (shortcut != Shortcut.None) other += otherStep;
          to += planeSpikes;
        }
        ownCell += 16;
        otherCell += shortcut == Shortcut.Projection ? 16 : 1;
        spikes++;
        weightRow += vectorBytes;
      }
      if (++x == width) x = 0;
    }
    markHeads(heads, heads + timestepBytes, starts, planeStarts);
  }
}

/**
 * Computes batch norm, shortcut and soft-reset neurons of one image. Writes the spikes, four per byte, and for each
 * timestep the list of the weight rows that they select in the next convolution; returns the number of rows.
 */
function fire(l: Layer, image: i32, scratch: Scratch): i32 {
  takeCurrents(l, image);
  const spikes = l.spikes + image * l.timesteps * (planeBytes >> 4);
  emptyLists(l.timesteps, scratch);
  switch (l.shortcut) {
    case Shortcut.Projection:
      Neurons.fire(l, spikes, scratch, Shortcut.Projection);
      break;
    case Shortcut.Identity:
      Neurons.fire(l, spikes, scratch, Shortcut.Identity);
      break;
    default:
      Neurons.fire(l, spikes, scratch, Shortcut.None);
  }
  return entries(l.timesteps, scratch);
}

/** Lists the non-zero activations of one image as (row, value); returns their number. */
function listActivations(l: Layer, image: i32, channels: i32, scratch: Scratch): i32 {
  const positions = l.height * l.width;
  const cellBytes = l.cellBytes;
  const channelBytes = l.channelBytes;
  let from = l.activations + ((image * positions * channels) << 2);
  let head = scratch.lists;
  let starts = scratch.starts;
  let x = 0;
  for (let p = 0; p < positions; p++) {
    store<usize>(starts, head);
    starts += 4;
    for (let channel = 0; channel < channels; channel++) {
      const value = load<f32>(from);
      if (value != 0) {
        store<i32>(head, x * cellBytes + channel * channelBytes);
        store<f32>(head, value, 4);
        head += 8;
      }
      from += 4;
    }
    if (++x == l.width) x = 0;
  }
  store<usize>(starts, head);
  return <i32>(head - scratch.lists) >> 3;
}

/** Computes batch norm, shortcut and max(0, i) of one image. */
function rectify(l: Layer, image: i32): void {
  const c = l.convolution;
  const rowBytes = l.vectors << 4;
  const imageBytes = l.height * l.width * rowBytes;
  const zero = f32x4.splat(0);
  const start = image * imageBytes;
  let entering: usize = 0;
  if (l.shortcut == Shortcut.Identity) {
    const source = l.shortcutSource;
    entering = source.activations + (image * source.height * source.width + source.shortcutFirst) * rowBytes;
  }
  for (let at = start; at < start + imageBytes; at += rowBytes) {
    for (let offset = 0; offset < rowBytes; offset += 16) {
      let current = normalised(c, at + offset, offset, rowBytes);
      if (l.shortcut == Shortcut.Projection) {
        current = f32x4.add(current, normalised(l.projection, at + offset, offset, rowBytes));
      } else if (l.shortcut == Shortcut.Identity) {
        current = f32x4.add(current, v128.load(entering + (at - start) + offset));
      }
      v128.store(l.activations + at + offset, f32x4.pmax(zero, current));
    }
  }
}

function normalised(c: Convolution, at: usize, offset: usize, rowBytes: i32): v128 {
  const norm = c.norm + offset;
  const scaled = f32x4.mul(v128.load(c.output + at), v128.load(norm + (rowBytes << 1)));
  return f32x4.add(scaled, v128.load(norm + rowBytes * 3));
}

/**
 * Computes what one image's neurons (or features) send to the convolutions that read them: lists in `scratch`, and the
 * number of spikes.
 */
export function emit(l: Layer, image: i32, scratch: Scratch): void {
  if (l.kind == LayerKind.Features) {
    listActivations(l, image, l.vectors, scratch);
    return;
  }
  let count = 0;
  if (l.kind == LayerKind.Rectified) {
    rectify(l, image);
    count = listActivations(l, image, l.vectors << 2, scratch);
  } else count = fire(l, image, scratch);
  store<i32>(l.spikeCounts + (image << 2), count);
}
