import { Layer, paddedChannels, spikeWords } from './format';
import { biases, currents, firstMargins, groupMargins, membranes } from './memory-map';

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
  paired = marginsFit(layer);
  const rowBytes = paddedChannels(channels) * 2;
  const changing = paired && thresholdStep != 0;
  biasStep = changing ? rowBytes : 0;
  const bias: usize = model + layer.biasOffset;
  for (let at: u32 = 0; at < rowBytes; at += 4) {
    store<u32>(biases + at, load<u32>(bias + at));
    store<u32>(firstMargins + at, lane(at / 2, 0) + (lane(at / 2 + 1, 0) << 16));
  }
  for (let t: u32 = 1; changing && t < layer.thresholdRows; t++) {
    for (let at: u32 = 0; at < rowBytes; at += 4) {
      const low = lane(at / 2, t) - lane(at / 2, t - 1);
      const high = lane(at / 2 + 1, t) - lane(at / 2 + 1, t - 1);
      store<u32>(biases + t * rowBytes + at, load<u32>(bias + at) - low - (high << 16));
    }
  }
}

/** The margin at rest: θ − 1, and in channels that only fill up a row what never spikes. */
function lane(channel: u32, t: u32): u32 {
  return channel < channels ? load<u32>(thresholds + t * thresholdStep + channel * 4) - 1 : INT16_MAX;
}

/** Whether every margin of the layer fits int16. */
function marginsFit(layer: Layer): bool {
  let least: i32 = i32.MAX_VALUE;
  let greatest: i32 = 0;
  for (let row: u32 = 0; row < layer.thresholdRows; row++) {
    for (let channel: u32 = 0; channel < channels; channel++) {
      const threshold = load<i32>(thresholds + row * thresholdStep + channel * 4);
      least = min(least, threshold);
      greatest = max(greatest, threshold);
    }
  }
  return (
    <i64>greatest - 1 - <i64>layer.membraneMin <= <i64>INT16_MAX &&
    <i64>least - 1 - <i64>layer.membraneMax >= <i64>INT16_MIN
  );
}

/** Inlined by decree: static methods, because biome does not parse decorators of functions. */
class Pair {
  /** Channels `c` and c + 1 of a group of eight: their spikes as bits at their place. */
  @inline
  static spikes(margin: usize, row: usize, c: u32): u32 {
    let lanes = load<u32>(margin + c * 2);
    if ((lanes & SIGNS) == 0) return 0;
    let bits: u32 = 0;
    const low = <i32>(lanes << 16) >> 16;
    if (<i32>(lanes - low) < 0) {
      lanes += load<u32>(row + c * 4, 4) << 16;
      bits = 2 << c;
    }
    if (low < 0) {
      lanes += load<u32>(row + c * 4);
      bits |= 1 << c;
    }
    store<u32>(margin + c * 2, lanes);
    return bits;
  }
}

/**
 * Spikes of the eight channels from `channel` on, whose margins stand in `groupMargins`, one of them below zero. Writes
 * the spikes as the byte at `target` and returns how many there are; `row` is that of the timestep's thresholds.
 */
export function spikeGroup(channel: u32, row: usize, target: usize): u32 {
  const margin = groupMargins;
  row += channel * 4;
  let bits =
    Pair.spikes(margin, row, 6) |
    Pair.spikes(margin, row, 4) |
    Pair.spikes(margin, row, 2) |
    Pair.spikes(margin, row, 0);
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
  let count: u32 = 0;
  for (let c: u32 = 0; c < channels; c++) {
    const current = load<i32>(currents + c * 4);
    // a membrane that sinks spikes never, and one that rises towards a threshold that stays, at the end or never
    if (current <= 0) continue;
    let threshold = thresholds + c * 4;
    let theta = load<i32>(threshold);
    if (thresholdStep == 0 && <u64>current * timesteps < <u64>theta) continue;
    let v = 0;
    for (let spikes = target; spikes < end; spikes += words * 4) {
      v += current;
      if (v >= theta) {
        v -= theta;
        setSpike(c, spikes);
        count++;
      }
      if (thresholdStep != 0) {
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
