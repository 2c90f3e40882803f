import { Convolution, Layer, LayerKind, Scratch, Shortcut } from './generated';
import { spikeMask } from './spike-masks';

/** Inlined by decree, with a constant for `shortcut`: static methods, because biome does not parse decorators of functions. */
class Neurons {
  /**
   * Batch norm, shortcut and soft-reset neurons of one image in one pass over the timesteps:
   * H(t) = V(t−1) + i(t), z(t) = [H(t) ≥ Vth(t)], V(t) = H(t) − z(t)·Vth(t). Writes the spikes, four to a byte, and the
   * list of the weight rows that they select in the next convolution. `shortcut` is a constant at every call.
   */
  @inline
  static fire(l: Layer, image: i32, scratch: Scratch, shortcut: i32): i32 {
    const c = l.convolution;
    const timesteps = l.timesteps;
    const vectors = l.vectors;
    const width = l.width;
    const positions = l.height * width;
    const rowBytes = vectors << 4;
    const planeBytes = positions * rowBytes;
    // The stem has one plane, which every timestep reads again.
    const step = c.planes == 1 ? 0 : planeBytes;
    let output = c.output + image * c.planes * planeBytes;
    let projected: usize = 0;
    let incoming: usize = 0;
    let worth = f32x4.splat(0);
    if (shortcut == Shortcut.Projection) projected = l.projection.output + image * timesteps * planeBytes;
    if (shortcut == Shortcut.Identity) {
      incoming = l.shortcutSource.spikes + image * timesteps * positions * vectors;
      worth = v128.load_splat<f32>(l.shortcutSource.amplitude);
    }
    let spikes = l.spikes + image * timesteps * positions * vectors;
    const planeSpikes = positions * vectors;
    const heads = scratch.heads;
    // a store of four entries may pass the last one
    const listBytes = planeBytes + 16;
    for (let t = 0; t < timesteps; t++) store<usize>(heads + (t << 2), scratch.lists + t * listBytes);
    let starts = scratch.starts;
    const planeStarts = (positions + 1) << 2;
    const cellBytes = l.cellBytes;
    const vectorBytes = l.channelBytes << 2;
    const compact = l.compact;
    const thresholds = l.thresholds;
    const norm = c.norm;
    let x = 0;
    for (let p = 0; p < positions; p++) {
      for (let t = 0; t < timesteps; t++) store<usize>(starts + t * planeStarts, load<usize>(heads + (t << 2)));
      starts += 4;
      let cell = x * cellBytes;
      for (let offset = 0; offset < rowBytes; offset += 16) {
        const scale = v128.load(norm + offset + (rowBytes << 1));
        const shift = v128.load(norm + offset + rowBytes * 3);
        let projectedScale = scale;
        let projectedShift = shift;
        if (shortcut == Shortcut.Projection) {
          const projectedNorm = l.projection.norm + offset;
          projectedScale = v128.load(projectedNorm + (rowBytes << 1));
          projectedShift = v128.load(projectedNorm + rowBytes * 3);
        }
        const entry = i32x4.splat(cell);
        let membrane = f32x4.splat(0);
        let from = output;
        let fromProjected = projected;
        let fromIncoming = incoming;
        let to = spikes;
        for (let t = 0; t < timesteps << 2; t += 4) {
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
          const threshold = v128.load_splat<f32>(thresholds + t);
          const fired = f32x4.ge(membrane, threshold);
          membrane = f32x4.sub(membrane, v128.and(fired, threshold));
          const set = i32x4.bitmask(fired);
          store<u8>(to, set);
          const head = load<usize>(heads + t);
          v128.store(head, i32x4.add(entry, v128.load(compact + (set << 4))));
          store<usize>(heads + t, head + (popcnt<i32>(set) << 2));
          from += step;
          to += planeSpikes;
        }
        output += 16;
        projected += 16;
        incoming++;
        spikes++;
        cell += vectorBytes;
      }
      if (++x == width) x = 0;
    }
    let total = 0;
    for (let t = 0; t < timesteps; t++) {
      const end = load<usize>(heads + (t << 2));
      store<usize>(starts + t * planeStarts, end);
      total += <i32>(end - (scratch.lists + t * listBytes)) >> 2;
    }
    return total;
  }
}

/** The list of (row, value) of the non-zero activations of one image. */
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

/** Batch norm, shortcut and max(0, i) of one image. */
function rectify(l: Layer, image: i32): void {
  const c = l.convolution;
  const rowBytes = l.vectors << 4;
  const imageBytes = l.height * l.width * rowBytes;
  const zero = f32x4.splat(0);
  const start = image * imageBytes;
  for (let at = start; at < start + imageBytes; at += rowBytes) {
    for (let offset = 0; offset < rowBytes; offset += 16) {
      const current = rectifiedCurrent(l, c, at + offset, offset, rowBytes);
      v128.store(l.activations + at + offset, f32x4.pmax(zero, current));
    }
  }
}

function rectifiedCurrent(l: Layer, c: Convolution, at: usize, offset: usize, rowBytes: i32): v128 {
  let current = normalised(c, at, offset, rowBytes);
  if (l.shortcut == Shortcut.Projection) {
    current = f32x4.add(current, normalised(l.projection, at, offset, rowBytes));
  } else if (l.shortcut == Shortcut.Identity) {
    current = f32x4.add(current, v128.load(l.shortcutSource.activations + at));
  }
  return current;
}

function normalised(c: Convolution, at: usize, offset: usize, rowBytes: i32): v128 {
  const norm = c.norm + offset;
  const scaled = f32x4.mul(v128.load(c.output + at), v128.load(norm + (rowBytes << 1)));
  return f32x4.add(scaled, v128.load(norm + rowBytes * 3));
}

/** What one image's neurons (or features) send to the convolutions that read them: lists in `scratch`, and the count. */
export function emit(l: Layer, image: i32, scratch: Scratch): void {
  if (l.kind == LayerKind.Features) {
    listActivations(l, image, l.vectors, scratch);
    return;
  }
  let count = 0;
  if (l.kind == LayerKind.Rectified) {
    rectify(l, image);
    count = listActivations(l, image, l.vectors << 2, scratch);
  } else if (l.shortcut == Shortcut.Projection) count = Neurons.fire(l, image, scratch, Shortcut.Projection);
  else if (l.shortcut == Shortcut.Identity) count = Neurons.fire(l, image, scratch, Shortcut.Identity);
  else count = Neurons.fire(l, image, scratch, Shortcut.None);
  store<i32>(l.spikeCounts + (image << 2), count);
}
