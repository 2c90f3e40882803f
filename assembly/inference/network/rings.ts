import { Layer } from '../generated';
import { spikeWords } from './format';
import { RING_WORDS, rings } from './memory-map';
import { firstEntering, layerAt, layers } from './records';

// A network without padding, computed column by column. Whenever a hop of frames has come, each layer computes the
// positions that these make possible, its fresh ones: one of the last layer, and of every other layer as many as the
// strides behind it ask for. In front of them stand the positions that later layers read once more, its context:
//
//   k − s                             for a convolution with kernel k and stride s, which reads s more for each output
//   (k₁ + 1)/2 + s·(k₂ − 3)/2         for a shortcut around the convolutions k₁, s and k₂, 1
//   P − 1                             for the classifier, which reads the last P positions
//
// A ring is not cyclic: before a hop, the last positions are copied to the front.

/** One layer's positions, in the order of time: `context`, then `fresh`. */
@unmanaged
export class Ring {
  address: usize;
  context: u32;
  fresh: u32;
}

export function ringAt(index: u32): Ring {
  return changetype<Ring>(rings + index * (RING_WORDS * 4));
}

/** Positions before the fresh ones that the convolution of a layer reads of its input; may be below zero. */
export function convolutionContext(layer: Layer): i32 {
  return <i32>layer.kernelTime - layer.strideTime;
}

/** The same for the shortcut to layer `index`. */
export function shortcutContext(index: u32): i32 {
  const first = layerAt(index - 1);
  const second = layerAt(index);
  // from the first convolution's fresh inputs back to what the second needs for its own, and on to the middle
  const back = convolutionContext(first) + <i32>first.strideTime * convolutionContext(second);
  return back - <i32>firstEntering(index);
}

function contextOf(index: u32): u32 {
  if (index + 1 == layers) return <u32>layerAt(index).frames - 1;
  let context = max(0, convolutionContext(layerAt(index + 1)));
  if (index + 2 < layers && layerAt(index + 2).shortcut != 0) context = max(context, shortcutContext(index + 2));
  return context;
}

/** Words of one position of a layer. */
export function positionWords(layer: Layer, timesteps: u32): u32 {
  return <u32>layer.bands * timesteps * spikeWords(layer.channels);
}

/**
 * Words that all rings take up, or 0 where a layer has fewer positions in a window than a hop makes fresh ones: such a
 * network cannot be computed by columns.
 */
export function ringWords(timesteps: u32): u64 {
  let fresh: u64 = 1;
  let words: u64 = 0;
  for (let index = layers; index > 0; ) {
    index--;
    const layer = layerAt(index);
    if (fresh > <u64>layer.frames) return 0;
    words += (contextOf(index) + fresh) * positionWords(layer, timesteps);
    fresh *= layer.strideTime;
  }
  return fresh > <u64>layerAt(0).inputFrames ? 0 : words;
}

/** Frames of a hop. */
export function hopFrames(): u32 {
  let frames: u32 = 1;
  for (let index: u32 = 0; index < layers; index++) frames *= layerAt(index).strideTime;
  return frames;
}

/** Lays out the rings from `address` on, at RING_WORDS for each layer of the table. */
export function placeRings(address: usize, timesteps: u32): void {
  let fresh = hopFrames();
  for (let index: u32 = 0; index < layers; index++) {
    const layer = layerAt(index);
    fresh /= layer.strideTime;
    const ring = ringAt(index);
    ring.address = address;
    ring.context = contextOf(index);
    ring.fresh = fresh;
    address += (ring.context + fresh) * positionWords(layer, timesteps) * 4;
  }
}
