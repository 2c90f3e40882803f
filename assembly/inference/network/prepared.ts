import { pairBytes, preparePairs } from './neuron';
import { layerAt, layers } from './records';
import { ringAt } from './rings';

// What the neurons of a layer begin with at each position: margins, and biases less the rise of the thresholds. Laying
// it out costs as much as computing a few positions, which is nothing for a window, but while a network listens, a
// layer computes a position or two at a time. So where there is room, it is laid out once.

/** Lays out as many layers as fit between `from` and `ram`; the stem has no use for it. */
export function prepareLayers(model: usize, from: usize, ram: usize): void {
  let at = from;
  for (let index: u32 = 0; index < layers; index++) {
    const layer = layerAt(index);
    const ring = ringAt(index);
    ring.pairs = 0;
    if (index == 0 || at + pairBytes(layer) > ram || !preparePairs(model, layer, at)) continue;
    ring.pairs = at;
    at += pairBytes(layer);
  }
}
