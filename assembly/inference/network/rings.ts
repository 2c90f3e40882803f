import { Layer } from '../generated';
import { spikeWords } from './format';
import { RING_WORDS, rings } from './memory-map';
import { firstEntering, layerAt, layers } from './records';

// A network without padding, computed column by column. Whenever a hop of frames has come, each layer computes the
// positions that these make possible, its fresh ones: one of the last layer, and of every other layer as many as the
// strides behind it ask for. In front of them are the positions that later layers read again, its context. Counted back
// from the fresh ones,
//
//   a convolution with kernel k and stride s reads             k − s
//   the shortcut around convolutions k₁, s and k₂, 1 reads     (k₁ + 1)/2 + s·(k₂ − 3)/2
//   the classifier reads the last P positions                  P − 1
//
// A ring is not cyclic: before a hop, its last positions are copied to the front.

/** One layer's positions, in the order of time: the context, then the fresh ones. */
@unmanaged
export class Ring {
  address: usize;
  contextBytes: u32;
  /** Frames of the fresh positions. */
  fresh: u32;
  freshBytes: u32;
  /** Where the convolution of the layer and its shortcut begin to read, in the rings of others. */
  source: usize;
  entering: usize;
  /** What the neurons of the layer begin with, laid out once; 0 if there was no room for it. */
  pairs: usize;

  /**
   * In a network that decides early, whose train begins at `address`: where the membranes of the layer are kept
   * (membranes.ts), and the bytes of each position.
   */
  get membranes(): usize {
    return this.source;
  }
  set membranes(place: usize) {
    this.source = place;
  }
  get membraneBytes(): u32 {
    return <u32>this.entering;
  }
  set membraneBytes(bytes: u32) {
    this.entering = bytes;
  }
}

export function ringAt(index: u32): Ring {
  return changetype<Ring>(rings + index * (RING_WORDS * 4));
}

/** Positions before the fresh ones that the convolution of a layer reads of its input; may be below zero. */
export function convolutionContext(layer: Layer): i32 {
  return <i32>layer.kernelTime - layer.strideTime;
}

/** Frames that layer `index` keeps: no fewer than the two layers behind it read. */
function contextOf(index: u32): u32 {
  if (index + 1 == layers) return <u32>layerAt(index).frames - 1;
  const next = layerAt(index + 1);
  let context = <u32>next.kernelTime;
  if (index + 2 < layers) context += <u32>next.strideTime * layerAt(index + 2).kernelTime;
  return context;
}

/** Bytes of one frame of a layer. */
export function frameBytes(layer: Layer, timesteps: u32): u32 {
  return <u32>layer.bands * timesteps * spikeWords(layer.channels) * 4;
}

/** Frames of a hop. */
export function hopFrames(): u32 {
  let frames: u32 = 1;
  for (let index: u32 = 0; index < layers; index++) frames *= layerAt(index).strideTime;
  return frames;
}

/**
 * Bytes that all rings take up, or 0 where a layer has fewer positions in a window than a hop makes fresh ones: such a
 * network cannot be computed by columns.
 */
export function ringBytes(timesteps: u32): u64 {
  let fresh: u32 = 1;
  let bytes: u64 = 0;
  for (let index = layers; index > 0; ) {
    index--;
    const layer = layerAt(index);
    if (fresh > <u32>layer.frames) return 0;
    bytes += <u64>(contextOf(index) + fresh) * frameBytes(layer, timesteps);
    fresh *= layer.strideTime;
  }
  return fresh > <u32>layerAt(0).inputFrames ? 0 : bytes;
}

/** Lays out the rings from `address` on; `features` is where the stem reads the first frame of a hop's context. */
export function placeRings(address: usize, features: usize, timesteps: u32): void {
  let fresh = hopFrames();
  for (let index: u32 = 0; index < layers; index++) {
    const layer = layerAt(index);
    const ring = ringAt(index);
    fresh /= layer.strideTime;
    ring.address = address;
    ring.contextBytes = contextOf(index) * frameBytes(layer, timesteps);
    ring.fresh = fresh;
    ring.freshBytes = fresh * frameBytes(layer, timesteps);
    ring.source = index == 0 ? features : backFrom(index - 1, convolutionContext(layer), timesteps);
    if (layer.shortcut != 0) {
      const first = layerAt(index - 1);
      // from the fresh inputs of the first convolution back to those that the second needs, and on to the middle
      const back = convolutionContext(first) + <i32>first.strideTime * convolutionContext(layer);
      ring.entering = backFrom(index - 2, back - <i32>firstEntering(index), timesteps);
    }
    address += ring.contextBytes + ring.freshBytes;
  }
}

/** The address `frames` frames before the fresh positions of layer `index`. */
function backFrom(index: u32, frames: i32, timesteps: u32): usize {
  const ring = ringAt(index);
  return ring.address + ring.contextBytes - frames * frameBytes(layerAt(index), timesteps);
}
