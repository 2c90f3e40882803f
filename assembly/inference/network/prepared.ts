import { layOutPairs, pairBytes } from './neuron';
import { layerAt, layers } from './records';
import { ringAt } from './rings';

// What the neurons of a layer begin with at each position: margins, and biases less the rise of the thresholds. Laying
// it out costs as much as computing a few positions, which is nothing for a window, but while a network listens, a
// layer computes a position or two at a time. So where there is room, it is laid out once.

/** Lays out as many layers as fit between `from` and `ram`; the stem has no use for it. */
export function prepareLayers(model: usize, from: usize, ram: usize): void {
  let place = from;
  for (let index: u32 = 1; index < layers; index++) {
    const layer = layerAt(index);
    const end = place + pairBytes(layer);
    const laidOut = end <= ram && layOutPairs(model, layer, place);
    ringAt(index).pairs = laidOut ? place : 0;
    if (laidOut) place = end;
  }
}
