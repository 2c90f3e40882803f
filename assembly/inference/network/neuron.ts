import { Layer } from '../generated';
import { paddedChannels, spikeWords } from './format';
import { currents, pairs } from './memory-map';

// The neurons of one position. At each timestep V ← V + I. If V reaches the threshold θ, there is a spike, and θ is
// subtracted. Spikes are bits, [timestep][word of 32 channels].
//
// Few neurons spike, so the cost of a timestep without a spike matters most. If membranes fit in 16 bits (the builder
// has proven their range), two channels share a word, low + 65536·high modulo 2^32 like their currents. The word has
// not V but the margin m = θ − 1 − V, which is below zero exactly when there is a spike:
//
//   m ← m − I      no spike in either lane ⇔ m & 0x80008000 is 0      (a negative low lane sets bit 15; without one,
//                                                                      the upper half is the high lane itself)
//   m ← m + θ      for a lane with a spike
//
// Thresholds that change between timesteps change the margin by θ(t) − θ(t−1), which is subtracted from the bias. The
// convolution subtracts the currents (convolution.ts) and calls `PairSpikes.take` for eight channels if any of them
// spikes.

/** The sign bits of two margins; a set bit is a spike. */
export const SIGNS: u32 = 0x80008000;
const INT16_MIN: i32 = -32768;
const INT16_MAX: i32 = 32767;

let channels: u32 = 0;
let words: u32 = 0;
/** Thresholds of the first timestep. */
export let thresholds: usize = 0;
/** Bytes from the thresholds of one timestep to those of the next; 0 if they are the same. */
export let thresholdStep: u32 = 0;
/** Bytes from the biases of one timestep to those of the next; 0 if they are the same. */
export let biasStep: u32 = 0;
/** Whether the margins of the layer fit in 16 bits. */
export let paired: bool = false;

/** Prepares for a layer. */
export function takeNeurons(model: usize, layer: Layer): void {
  channels = layer.channels;
  words = spikeWords(channels);
  thresholds = model + layer.thresholdOffset;
  thresholdStep = layer.thresholdRows == 1 ? 0 : paddedChannels(channels) * 4;
}

/** Initial margins of the layer that is being computed, as in the memory map. */
export let margins: usize = 0;
/** Its biases, which follow the margins. */
export let biases: usize = 0;

/** Bytes of the margins and biases of a layer. */
export function pairBytes(layer: Layer): u32 {
  return paddedChannels(layer.channels) * 2 * (1 + layer.thresholdRows);
}

/** Prepares for a layer whose margins and biases are at `place`. */
function takePlace(model: usize, layer: Layer, place: usize): void {
  takeNeurons(model, layer);
  const laneBytes = paddedChannels(channels) * 2;
  margins = place;
  biases = place + laneBytes;
  biasStep = thresholdStep != 0 ? laneBytes : 0;
  paired = true;
}

/** Prepares for a layer with packed currents, which has been laid out at `prepared`; if that is 0, it is now. */
export function takePairs(model: usize, layer: Layer, prepared: usize): void {
  if (prepared != 0) takePlace(model, layer, prepared);
  else layOutPairs(model, layer, pairs);
}

/** Begins with the timestep `first` instead of 0. */
export function passTimesteps(first: u32): void {
  thresholds += first * thresholdStep;
  biases += first * biasStep;
}

/** Lays out the margins and biases of a layer at `place`, `pairBytes` long; returns whether margins fit in 16 bits. */
export function layOutPairs(model: usize, layer: Layer, place: usize): bool {
  takePlace(model, layer, place);
  const padded = paddedChannels(channels);
  let least: i32 = i32.MAX_VALUE;
  let greatest: i32 = 0;
  for (let t: u32 = 0; t < layer.thresholdRows; t++) {
    const row = thresholds + t * thresholdStep;
    for (let c: u32 = 0; c < channels; c += 2) {
      // two at once: a board reads 64 bits of the model faster than a word
      const pair = load<u64>(row + c * 4);
      const low = <i32>pair;
      // a channel that only fills up the row has a threshold that no membrane reaches
      const high = c + 1 < channels ? <i32>(pair >>> 32) : low;
      least = min(least, min(low, high));
      greatest = max(greatest, max(low, high));
      if (t == 0) store<u32>(margins + c * 2, ((low - 1) & 0xffff) | ((high - 1) << 16));
    }
  }
  // the margins of padding channels do not change
  for (let c = channels; c < padded; c++) store<u16>(margins + c * 2, INT16_MAX);
  paired =
    <i64>greatest - 1 - <i64>layer.membraneMin <= <i64>INT16_MAX &&
    <i64>least - 1 - <i64>layer.membraneMax >= <i64>INT16_MIN;

  memory.copy(biases, model + layer.biasOffset, padded * 2);
  if (!paired) biasStep = 0;
  if (biasStep != 0) changeBiases(layer.thresholdRows);
  return paired;
}

/** Subtracts from the bias of each timestep the rise of the thresholds from the timestep before. */
function changeBiases(rows: u32): void {
  for (let t: u32 = 1; t < rows; t++) {
    for (let at: u32 = 0; at < biasStep; at += 4) {
      const threshold = thresholds + t * thresholdStep + at * 2;
      const now = load<u64>(threshold);
      const before = load<u64>(threshold - thresholdStep);
      const low = <u32>now - <u32>before;
      const high = <u32>(now >>> 32) - <u32>(before >>> 32);
      store<u32>(biases + t * biasStep + at, load<u32>(biases + at) - low - (high << 16));
    }
  }
}

/** The spikes that `PairSpikes.take` has found since this was cleared, one bit per channel. */
export let groupBits: u32 = 0;

export function clearGroup(): void {
  groupBits = 0;
}

/** Static methods, because `@inline` is needed and biome does not parse decorators of functions. */
export class PairSpikes {
  /**
   * Finds the spikes of channels `c` and c + 1 of a group of eight, and returns their margins after the spikes; `row`
   * is the address of the thresholds of the group.
   */
  @inline
  static take(margin: u32, row: usize, c: u32): u32 {
    if ((margin & SIGNS) != 0) {
      const low = <i32>(margin << 16) >> 16;
      if (<i32>(margin - low) < 0) {
        margin += load<u32>(row + c * 4, 4) << 16;
        groupBits |= 2 << c;
      }
      if (low < 0) {
        margin += load<u32>(row + c * 4);
        groupBits |= 1 << c;
      }
    }
    return margin;
  }
}

/** Writes the spikes of the eight channels to the byte at `target`; returns how many there are. */
export function storeGroup(target: usize): u32 {
  store<u8>(target, groupBits);
  let count: u32 = 0;
  for (let bits = groupBits; bits != 0; bits &= bits - 1) count++;
  return count;
}

/**
 * Clears spikes of channels that only fill up the row, in the words of each timestep from `target` on; returns how many
 * there were. In a model from the builder there are none.
 */
export function clearPadding(target: usize, timesteps: u32, stepBytes: u32): u32 {
  const last = channels & 7;
  if (last == 0) return 0;
  let count: u32 = 0;
  target += channels >>> 3;
  for (let t: u32 = 0; t < timesteps; t++, target += stepBytes) {
    const bits = <u32>load<u8>(target);
    if (bits >>> last == 0) continue;
    for (let padding = bits >>> last; padding != 0; padding &= padding - 1) count++;
    store<u8>(target, bits & ((1 << last) - 1));
  }
  return count;
}

/**
 * Computes one timestep of neurons with int32 membranes at `place` and int32 currents, [channel]; writes their spikes
 * and returns their number.
 */
export function fire(place: usize, row: usize, target: usize): u32 {
  let count: u32 = 0;
  for (let c: u32 = 0; c < channels; c++) {
    let v = load<i32>(place + c * 4) + load<i32>(currents + c * 4);
    const threshold = load<i32>(row + c * 4);
    if (v >= threshold) {
      v -= threshold;
      setSpike(c, target);
      count++;
    }
    store<i32>(place + c * 4, v);
  }
  return count;
}

/** Computes all timesteps of neurons with constant int32 currents, [channel]; returns the number of spikes. */
export function fireConstantly(target: usize, timesteps: u32): u32 {
  const end = target + timesteps * words * 4;
  const changing = thresholdStep != 0;
  let count: u32 = 0;
  for (let c: u32 = 0; c < channels; c++) {
    const current = load<i32>(currents + c * 4);
    // a membrane that falls never spikes; with a constant threshold, one that rises spikes by the last timestep or
    // never
    if (current <= 0) continue;
    let threshold = thresholds + c * 4;
    let theta = load<i32>(threshold);
    if (!changing && <u64>current * timesteps < <u64>theta) continue;
    let v = 0;
    for (let spikes = target; spikes < end; spikes += words * 4) {
      v += current;
      if (v >= theta) {
        v -= theta;
        setSpike(c, spikes);
        count++;
      }
      if (changing) {
        threshold += thresholdStep;
        theta = load<i32>(threshold);
      }
    }
  }
  return count;
}

function setSpike(channel: u32, target: usize): void {
  const word = target + ((channel >>> 5) << 2);
  store<u32>(word, load<u32>(word) | (1 << (channel & 31)));
}
