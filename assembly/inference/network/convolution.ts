import { IDENTITY, Layer, PROJECTION, paddedChannels, spikeWords } from './format';
import { currents, events } from './memory-map';

// Event-driven convolution of one output position at one timestep.
//
// Each spike of the receptive field selects one row of weights: those of its tap and channel, for all output channels.
// First the addresses of these rows are listed, then the rows are added, eight channels at a time.
//
// A byte of a row holds a weight + 128, so that two ANDs split a word into four lanes without sign extension:
//
//   word      w3+128 | w1+128 | w2+128 | w0+128       (channels in the order 0 2 1 3, from the lowest byte)
//   & 00ff00ff        w1+128           w0+128         two int16 lanes, channels 0 and 1
//   >> 8, & 00ff00ff  w3+128           w2+128         two int16 lanes, channels 2 and 3
//
// A pair of lanes is the integer low + 65536·high modulo 2^32, and sums of pairs are sums of such integers: no carry
// or borrow between the lanes, and no overflow on the way, changes the result as long as the final current (bias
// included, 128 for each row taken off) lies in int16, which the builder has proven.

const LANES: u32 = 0x00ff00ff;
/** 128 in both lanes. */
const OFFSET: u32 = 0x00800080;

/** Lists the rows of the spikes of one input cell; returns the end of the list. */
function listRows(spikes: usize, words: u32, row: usize, rowBytes: u32, end: usize): usize {
  for (const last = spikes + words * 4; spikes < last; spikes += 4) {
    let word = load<u32>(spikes);
    while (word != 0) {
      store<u32>(end, row + ctz(word) * rowBytes);
      end += 4;
      word &= word - 1;
    }
    row += rowBytes << 5;
  }
  return end;
}

/**
 * Adds the listed rows, eight channels from `column` on, and the bias. Eight, because four sums and the addresses fit
 * the registers of a Cortex-M4; one load of 64 bits, because a board checks the bounds of every load.
 */
function addRows(end: usize, column: usize, bias: usize, target: usize, correction: u32): void {
  let a0: u32 = 0;
  let a1: u32 = 0;
  let a2: u32 = 0;
  let a3: u32 = 0;
  for (let event = events; event < end; event += 4) {
    const weights = load<u64>(load<usize>(event) + column);
    const low = <u32>weights;
    const high = <u32>(weights >>> 32);
    a0 += low & LANES;
    a1 += (low >>> 8) & LANES;
    a2 += high & LANES;
    a3 += (high >>> 8) & LANES;
  }
  store<u32>(target, a0 + load<u32>(bias) - correction);
  store<u32>(target, a1 + load<u32>(bias, 4) - correction, 4);
  store<u32>(target, a2 + load<u32>(bias, 8) - correction, 8);
  store<u32>(target, a3 + load<u32>(bias, 12) - correction, 12);
}

/** Adds the identity shortcut: each entering spike adds its channel's weight to its own lane. Returns the spikes. */
function addIdentity(spikes: usize, words: u32, weights: usize): u32 {
  let count: u32 = 0;
  for (let word: u32 = 0; word < words; word++) {
    let bits = load<u32>(spikes + word * 4);
    count += popcnt(bits);
    while (bits != 0) {
      const channel = (word << 5) + ctz(bits);
      const lanes = currents + ((channel >>> 1) << 2);
      const weight = (<u32>(<i32>load<i16>(weights + (channel << 1)))) << ((channel & 1) << 4);
      store<u32>(lanes, load<u32>(lanes) + weight);
      bits &= bits - 1;
    }
  }
  return count;
}

/**
 * Leaves the packed currents of output position (`frame`, `band`) at timestep `t` in `currents` and returns the
 * synaptic operations. `source` and `entering` are the spike trains of the layer before and of the block's input,
 * which has `enteringChannels` channels and `enteringBands` bands.
 */
export function convolve(
  model: usize,
  layer: Layer,
  source: usize,
  entering: usize,
  enteringChannels: u32,
  enteringBands: u32,
  timesteps: u32,
  frame: i32,
  band: i32,
  t: u32,
): u32 {
  const channels = <u32>layer.channels;
  const rowBytes = paddedChannels(channels);
  const words = spikeWords(layer.inputChannels);
  const cellBytes = timesteps * words * 4;
  const kernelTime = <i32>layer.kernelTime;
  const kernelFrequency = <i32>layer.kernelFrequency;
  const tapBytes = <u32>layer.inputChannels * rowBytes;
  const bands = <i32>layer.inputBands;
  const frames = <i32>layer.inputFrames;
  const train = source + t * words * 4;
  const firstBand = band * <i32>layer.strideFrequency - (kernelFrequency >> 1);
  let inputFrame = frame * <i32>layer.strideTime - (kernelTime >> 1);
  let taps: usize = model + layer.weightOffset;
  let end = events;
  for (let i = 0; i < kernelTime; i++, inputFrame++) {
    if (<u32>inputFrame < <u32>frames) {
      let tap = taps;
      for (let j = 0; j < kernelFrequency; j++) {
        const inputBand = firstBand + j;
        if (<u32>inputBand < <u32>bands) {
          end = listRows(train + (inputFrame * bands + inputBand) * cellBytes, words, tap, rowBytes, end);
        }
        tap += tapBytes;
      }
    }
    taps += kernelFrequency * tapBytes;
  }

  const shortcut = <u32>layer.shortcut;
  const enteringWords = spikeWords(enteringChannels);
  let cell = entering + t * enteringWords * 4;
  if (shortcut == PROJECTION) {
    const sampled =
      frame * <i32>layer.shortcutStrideTime * <i32>enteringBands + band * <i32>layer.shortcutStrideFrequency;
    cell += sampled * timesteps * enteringWords * 4;
    end = listRows(cell, enteringWords, model + layer.shortcutOffset, rowBytes, end);
  }

  const count = <u32>(end - events) >>> 2;
  const correction = count * OFFSET;
  const bias: usize = model + layer.biasOffset;
  for (let column: u32 = 0; column < rowBytes; column += 8) {
    addRows(end, column, bias + column * 2, currents + column * 2, correction);
  }

  let operations = count * channels;
  if (shortcut == IDENTITY) {
    cell += (frame * <i32>layer.bands + band) * timesteps * enteringWords * 4;
    operations += addIdentity(cell, enteringWords, model + layer.shortcutOffset);
  }
  return operations;
}
