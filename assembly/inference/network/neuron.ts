import { Layer } from '../generated';
import { paddedChannels, spikeWords } from './format';
import { biases, currents, firstMargins, membranes } from './memory-map';

// The neurons of one position: at each timestep V ← V + I, a spike where V reaches the threshold θ, which is then
// subtracted. Spikes are bits, [timestep][word of 32 channels].
//
// Few neurons spike, so that what a timestep costs without a spike decides. Where membranes fit 16 bits (the builder
// has proven how far they go), two channels share a word, low + 65536·high modulo 2^32 like their currents, and what is
// kept is not V but the margin m = θ − 1 − V, which is below zero exactly on a spike:
//
//   m ← m − I      no spike in either lane ⇔ m & 0x80008000 is 0      (a negative low lane sets bit 15; without one,
//                                                                      the upper half is the high lane itself)
//   m ← m + θ      where there was one
//
// Thresholds that change between timesteps move the margin by θ(t) − θ(t−1): that is taken off the bias. The
// convolution subtracts the currents (convolution.ts) and calls `spikeGroup` for eight channels of which one spikes.

/** The bits of two margins that tell a spike. */
export const SIGNS: u32 = 0x80008000;
const INT16_MIN: i32 = -32768;
const INT16_MAX: i32 = 32767;

let channels: u32 = 0;
let words: u32 = 0;
/** Thresholds of the first timestep. */
export let thresholds: usize = 0;
/** Bytes from the thresholds of one timestep to those of the next; 0 where they are the same. */
export let thresholdStep: u32 = 0;
/** Bytes from the biases of one timestep to those of the next; 0 where they are the same. */
export let biasStep: u32 = 0;
/** Whether the margins of the layer fit 16 bits. */
export let paired: bool = false;

/** Takes up a layer. */
export function takeNeurons(model: usize, layer: Layer): void {
  channels = layer.channels;
  words = spikeWords(channels);
  thresholds = model + layer.thresholdOffset;
  thresholdStep = layer.thresholdRows == 1 ? 0 : paddedChannels(channels) * 4;
}

/** The same for a layer with packed currents: lays out first margins and biases. */
export function takePairs(model: usize, layer: Layer): void {
  takeNeurons(model, layer);
  const padded = paddedChannels(channels);
  let least: i32 = i32.MAX_VALUE;
  let greatest: i32 = 0;
  for (let t: u32 = 0; t < layer.thresholdRows; t++) {
    const row = thresholds + t * thresholdStep;
    for (let c: u32 = 0; c < channels; c++) {
      const threshold = load<i32>(row + c * 4);
      least = min(least, threshold);
      greatest = max(greatest, threshold);
      // both lanes of a pair are positive here, and the pair no more than the two
      if (t == 0) store<u16>(firstMargins + c * 2, threshold - 1);
    }
  }
  // channels that only fill up a row stay where they are
  for (let c = channels; c < padded; c++) store<u16>(firstMargins + c * 2, INT16_MAX);
  paired =
    <i64>greatest - 1 - <i64>layer.membraneMin <= <i64>INT16_MAX &&
    <i64>least - 1 - <i64>layer.membraneMax >= <i64>INT16_MIN;

  memory.copy(biases, model + layer.biasOffset, padded * 2);
  biasStep = paired && thresholdStep != 0 ? padded * 2 : 0;
  if (biasStep != 0) changeBiases(layer.thresholdRows);
}

/** Takes off the bias of each timestep by how much the thresholds rise towards it. */
function changeBiases(rows: u32): void {
  for (let t: u32 = 1; t < rows; t++) {
    for (let at: u32 = 0; at < biasStep; at += 4) {
      const threshold = thresholds + t * thresholdStep + at * 2;
      const low = load<u32>(threshold) - load<u32>(threshold - thresholdStep);
      const high = load<u32>(threshold, 4) - load<u32>(threshold - thresholdStep, 4);
      store<u32>(biases + t * biasStep + at, load<u32>(biases + at) - low - (high << 16));
    }
  }
}

/** The spikes that `PairSpikes.take` has found since this was cleared, as bits at the places of their channels. */
export let groupBits: u32 = 0;

export function clearGroup(): void {
  groupBits = 0;
}

/** Inlined by decree: static methods, because biome does not parse decorators of functions. */
export class PairSpikes {
  /**
   * Takes the spikes of channels `c` and c + 1 of a group of eight out of their margins, which it returns; `row` is
   * where the thresholds of the group stand.
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

/** Writes the spikes of the eight channels from `channel` on as the byte at `target`; returns how many there are. */
export function storeGroup(channel: u32, target: usize): u32 {
  let bits = groupBits;
  // channels that only fill up a row never spike in a model that the builder made
  if (channels - channel < 8) bits &= (1 << (channels - channel)) - 1;
  store<u8>(target, bits);
  let count: u32 = 0;
  for (; bits != 0; bits &= bits - 1) count++;
  return count;
}

/** One timestep of neurons with int32 currents, [channel]; writes their spikes and returns how many there are. */
export function fire(row: usize, target: usize): u32 {
  let count: u32 = 0;
  for (let c: u32 = 0; c < channels; c++) {
    let v = load<i32>(membranes + c * 4) + load<i32>(currents + c * 4);
    const threshold = load<i32>(row + c * 4);
    if (v >= threshold) {
      v -= threshold;
      setSpike(c, target);
      count++;
    }
    store<i32>(membranes + c * 4, v);
  }
  return count;
}

/** All timesteps of neurons whose int32 currents, [channel], stay the same. */
export function fireConstantly(target: usize, timesteps: u32): u32 {
  const end = target + timesteps * words * 4;
  const changing = thresholdStep != 0;
  let count: u32 = 0;
  for (let c: u32 = 0; c < channels; c++) {
    const current = load<i32>(currents + c * 4);
    // a membrane that sinks spikes never, and one that rises towards a threshold that stays, at the end or never
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
