import { Layer } from '../generated';
import { paddedChannels, spikeWords } from './format';
import { membranes, trains } from './memory-map';
import { areShort, margins, membraneBytes, paired } from './neuron';
import { layerAt, layers } from './records';

// What a network that decides early keeps of each layer until the inference ends: its spikes at all timesteps, and
// behind them the membranes of its neurons after the timesteps so far, [position][channel]. The stem has no membranes
// there, because its current is the same at every timestep and all of them are computed at once.
//
// Membranes stand there in 16 bits each if the range that the builder has proven allows it: as margins where these are
// packed (neuron.ts), which always have such a range, and otherwise as distances from the least membrane.

/** Bytes of the spike train of a layer. */
function wholeTrainBytes(layer: Layer, timesteps: u32): u32 {
  return <u32>layer.frames * layer.bands * timesteps * spikeWords(layer.channels) * 4;
}

/** Bytes of the trains and membranes of the first `count` layers. */
function bytesOf(count: u32, timesteps: u32): u64 {
  let bytes: u64 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const layer = layerAt(index);
    bytes += wholeTrainBytes(layer, timesteps);
    if (index > 0) bytes += <u64>layer.frames * layer.bands * membraneBytes(layer);
  }
  return bytes;
}

/** Bytes of all of them, and of the number of timesteps that were computed. */
export function ownBytes(timesteps: u32): u64 {
  return bytesOf(layers, timesteps) + 4;
}

/** Returns the train that layer `index` of a network that decides early writes. */
export function ownTrain(index: u32, timesteps: u32): usize {
  return trains + <usize>bytesOf(index, timesteps);
}

/** Returns where its membranes stand. */
export function ownMembranes(index: u32, timesteps: u32): usize {
  return ownTrain(index, timesteps) + wholeTrainBytes(layerAt(index), timesteps);
}

/** Returns where the number of timesteps that were computed stands, u32. */
export function ownComputed(timesteps: u32): usize {
  return trains + <usize>bytesOf(layers, timesteps);
}

/**
 * Begins a position whose membranes stand at `kept`: makes them what they are before the first timestep, if `first` is
 * 0. Packed margins are read in place; others are copied to `membranes`.
 */
export function recall(layer: Layer, kept: usize, first: u32): void {
  const padded = paddedChannels(layer.channels);
  if (paired) {
    if (first == 0) memory.copy(kept, margins, padded * 2);
  } else if (first == 0) memory.fill(membranes, 0, padded * 4);
  else if (!areShort(layer)) memory.copy(membranes, kept, padded * 4);
  else {
    for (let c: u32 = 0; c < padded; c++) {
      store<i32>(membranes + c * 4, <i32>load<u16>(kept + c * 2) + layer.membraneMin);
    }
  }
}

/** Ends the position: keeps its membranes at `kept`. */
export function keep(layer: Layer, kept: usize): void {
  const padded = paddedChannels(layer.channels);
  if (paired) return;
  if (!areShort(layer)) memory.copy(kept, membranes, padded * 4);
  else {
    for (let c: u32 = 0; c < padded; c++) {
      store<u16>(kept + c * 2, load<i32>(membranes + c * 4) - layer.membraneMin);
    }
  }
}
