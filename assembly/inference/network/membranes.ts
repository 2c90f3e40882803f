import { Layer } from '../generated';
import { paddedChannels, spikeWords } from './format';
import { layerAt, layers } from './records';
import { ringAt } from './rings';

// What a network that decides early keeps of each layer until the inference ends: its spikes at all timesteps, and the
// membranes of its neurons after the timesteps so far, [position][channel]. The stem keeps no membranes: its current is
// the same at every timestep, so that all of them are computed at once.
//
// Where neurons work on packed margins (neuron.ts), these are kept, in 16 bits each, and otherwise membranes of 32
// bits. Which it is must be known before thresholds are: packed margins always have a range that fits in 16 bits, and
// the host refuses a layer whose membranes have such a range and which cannot be packed.

/** Bytes of the membranes of one position of a layer. */
function membraneBytes(layer: Layer): u32 {
  const range = <i64>layer.membraneMax - <i64>layer.membraneMin;
  return paddedChannels(layer.channels) * (!isDefined(DenseBuild) && <u64>range <= u16.MAX_VALUE ? 2 : 4);
}

/**
 * Returns the first byte after what all layers keep from `start` on. If `start` is not 0, notes where each layer's
 * begins: the table of rings has the place.
 */
export function placeOwn(start: u32, timesteps: u32): u64 {
  let place: u64 = start;
  for (let index: u32 = 0; index < layers; index++) {
    const layer = layerAt(index);
    const positions = <u32>layer.frames * layer.bands;
    if (start != 0) ringAt(index).address = <usize>place;
    place += positions * timesteps * spikeWords(layer.channels) * 4;
    const bytes = membraneBytes(layer);
    if (start != 0) {
      ringAt(index).membranes = <usize>place;
      ringAt(index).membraneBytes = bytes;
    }
    if (index > 0) place += <u64>positions * bytes;
  }
  return place;
}
