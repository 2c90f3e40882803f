import { IDENTITY, Layer, PROJECTION, paddedChannels, spikeWords } from './format';
import { biases, currents, events, firstMargins, margins, membranes } from './memory-map';
import { biasStep, fire, signs, spikeGroup, takePairs, thresholdStep, thresholds } from './neuron';

// Event-driven convolution of one output position, all timesteps, and its neurons.
//
// Each spike of the receptive field selects one row of weights: those of its tap and channel, for all output channels.
// First the addresses of these rows are listed, then the rows are added, eight channels at a time, and their sums taken
// off the margins of the neurons (neuron.ts).
//
// A byte of a row holds a weight + 128, so that lanes come out of a word without sign extension. A pair of lanes is the
// integer low + 65536·high modulo 2^32, and sums of pairs are sums of such integers:
//
//   word w         b3 | b2 | b1 | b0     channels in the order 0 2 1 3, from the lowest byte
//   w & 00ff00ff        b2        b0     channels 0 and 1; the sum over rows is E
//   w >> 8              b3   b2   b1     channels 2 and 3, and b2 between them; the sum over rows is S
//
// S − 256·Σb2 is the pair of channels 2 and 3, where Σb2 is the upper half of E as long as Σb0 does not carry into it:
// up to 256 rows. That is three instructions for four channels. No carry or borrow between the lanes, and no overflow
// on the way, changes a result as long as the final current (bias included, 128 for each row taken off) lies in int16,
// which the builder has proven.
//
// A board checks the bounds of every load and store; its compiler drops the check of a store when one further up has
// just been made.

const EVEN: u32 = 0x00ff00ff;
/** 128 in both lanes. */
const OFFSET: u32 = 0x00800080;
/** Bytes of the addresses of as many rows as can be summed at once. */
const MOST_EVENT_BYTES: usize = 256 * 4;

/** Of the layer that is being computed, so far. */
export let operations: u32 = 0;
export let spikes: u32 = 0;

// That layer.
let channels: u32 = 0;
let rowBytes: u32 = 0;
let timesteps: u32 = 0;
let outputWords: u32 = 0;
let source: usize = 0;
let words: u32 = 0;
let cellBytes: u32 = 0;
let inputFrames: i32 = 0;
let inputBands: i32 = 0;
let kernelTime: i32 = 0;
let kernelFrequency: i32 = 0;
let strideTime: i32 = 0;
let strideFrequency: i32 = 0;
let weights: usize = 0;
let tapBytes: u32 = 0;
let shortcut: u32 = 0;
let shortcutWeights: usize = 0;
let entering: usize = 0;
let enteringWords: u32 = 0;
let enteringCellBytes: u32 = 0;
let enteringBands: u32 = 0;
let shortcutStrideTime: u32 = 0;
let shortcutStrideFrequency: u32 = 0;

/**
 * Takes up a layer. `sourceTrain` and `enteringTrain` are the spike trains of the layer before and of the block's input,
 * which is the output of `enteringLayer`.
 */
export function takeLayer(
  model: usize,
  layer: Layer,
  sourceTrain: usize,
  enteringTrain: usize,
  enteringLayer: Layer,
  steps: u32,
): void {
  takePairs(model, layer);
  channels = layer.channels;
  rowBytes = paddedChannels(channels);
  timesteps = steps;
  outputWords = spikeWords(channels);
  operations = 0;
  spikes = 0;
  source = sourceTrain;
  words = spikeWords(layer.inputChannels);
  cellBytes = steps * words * 4;
  inputFrames = layer.inputFrames;
  inputBands = layer.inputBands;
  kernelTime = layer.kernelTime;
  kernelFrequency = layer.kernelFrequency;
  strideTime = layer.strideTime;
  strideFrequency = layer.strideFrequency;
  weights = model + layer.weightOffset;
  tapBytes = <u32>layer.inputChannels * rowBytes;
  shortcut = layer.shortcut;
  shortcutWeights = model + layer.shortcutOffset;
  entering = enteringTrain;
  enteringWords = spikeWords(enteringLayer.channels);
  enteringCellBytes = steps * enteringWords * 4;
  enteringBands = enteringLayer.bands;
  shortcutStrideTime = shortcut == IDENTITY ? 1 : layer.shortcutStrideTime;
  shortcutStrideFrequency = shortcut == IDENTITY ? 1 : layer.shortcutStrideFrequency;
}

/** Lists the rows of the spikes of one input cell; returns the end of the list. */
function listRows(spikes: usize, count: u32, row: usize, bytes: u32, end: usize): usize {
  for (const last = spikes + count * 4; spikes < last; spikes += 4) {
    let word = load<u32>(spikes);
    while (word != 0) {
      store<u32>(end, row + ctz(word) * bytes);
      end += 4;
      word &= word - 1;
    }
    row += bytes << 5;
  }
  return end;
}

/** Takes one row off the margins. */
function subtractRow(row: usize): void {
  for (let column: u32 = 0; column < rowBytes; column += 4) {
    const word = load<u32>(row + column);
    const at = margins + column * 2;
    store<u32>(at, load<u32>(at, 4) + OFFSET - ((word >>> 8) & EVEN), 4);
    store<u32>(at, load<u32>(at) + OFFSET - (word & EVEN));
  }
}

/**
 * Takes the rows that are listed up to `end` and the bias of timestep `t` off the margins; where that leaves one below
 * zero, there are spikes, and bits at `target`. Eight channels at a time, because four sums and the addresses fit the
 * registers of a Cortex-M4; rows by 64 bits, because a board looks for those in the model first.
 */
function subtractRows(end: usize, t: u32, target: usize): void {
  const count = <u32>(end - events) >>> 2;
  operations += count * channels;
  let last = end;
  for (; last > events + MOST_EVENT_BYTES; last -= 4) subtractRow(load<usize>(last - 4));
  const correction = (<u32>(last - events) >>> 2) * OFFSET;
  const first: usize = events;
  const firstMargin: usize = margins;
  const toBias = biases + t * biasStep - margins;
  for (let column: u32 = 0; column < rowBytes; column += 8) {
    let e0: u32 = 0;
    let e1: u32 = 0;
    let s0: u32 = 0;
    let s1: u32 = 0;
    for (let event = first; event < last; event += 4) {
      const row = load<u64>(load<usize>(event) + column);
      const w0 = <u32>row;
      const w1 = <u32>(row >>> 32);
      e0 += w0 & EVEN;
      s0 += w0 >>> 8;
      e1 += w1 & EVEN;
      s1 += w1 >>> 8;
    }
    const at = firstMargin + column * 2;
    const bias = at + toBias;
    let lanes = load<u32>(at, 12) - load<u32>(bias, 12) + correction - s1 + ((e1 >>> 16) << 8);
    let any = lanes;
    store<u32>(at, lanes, 12);
    lanes = load<u32>(at, 8) - load<u32>(bias, 8) + correction - e1;
    any |= lanes;
    store<u32>(at, lanes, 8);
    lanes = load<u32>(at, 4) - load<u32>(bias, 4) + correction - s0 + ((e0 >>> 16) << 8);
    any |= lanes;
    store<u32>(at, lanes, 4);
    lanes = load<u32>(at) - load<u32>(bias) + correction - e0;
    any |= lanes;
    store<u32>(at, lanes);
    if ((any & signs) != 0) {
      spikes += spikeGroup(column, thresholds + t * thresholdStep, target + (column >>> 3));
    }
  }
}

/** The identity shortcut: each entering spike takes its channel's weight off its own lane. */
function subtractIdentity(cell: usize): void {
  for (let word: u32 = 0; word < enteringWords; word++) {
    for (let bits = load<u32>(cell + word * 4); bits != 0; bits &= bits - 1) {
      const channel = (word << 5) + ctz(bits);
      const at = margins + ((channel >>> 1) << 2);
      const weight = (<u32>(<i32>load<i16>(shortcutWeights + (channel << 1)))) << ((channel & 1) << 4);
      store<u32>(at, load<u32>(at) - weight);
      operations++;
    }
  }
}

/** One timestep of neurons whose membranes may leave int16; the margins hold their currents, negative. */
function fireWide(t: u32, target: usize): void {
  for (let c: u32 = 0; c < rowBytes; c += 2) {
    const pair = 0 - load<u32>(margins + c * 2);
    const low = <i32>(pair << 16) >> 16;
    store<i32>(currents + c * 4, low);
    store<i32>(currents + c * 4, <i32>(pair - low) >> 16, 4);
  }
  spikes += fire(thresholds + t * thresholdStep, target);
}

/** Computes output position (`frame`, `band`) at every timestep; its spikes go to `target`, where there are none. */
export function computePosition(frame: i32, band: i32, target: usize): void {
  // the part of the receptive field that lies inside the input
  const firstFrame = frame * strideTime - (kernelTime >> 1);
  const firstBand = band * strideFrequency - (kernelFrequency >> 1);
  const tapTime = max(0, -firstFrame);
  const tapFrequency = max(0, -firstBand);
  let outer = min(kernelTime, inputFrames - firstFrame) - tapTime;
  let inner = min(kernelFrequency, inputBands - firstBand) - tapFrequency;
  let cellStep = cellBytes;
  let tapStep = tapBytes;
  const outerCellStep = <u32>inputBands * cellBytes;
  const outerTapStep = <u32>kernelFrequency * tapBytes;
  if (inner == 1) {
    // in one dimension the inner loop runs through time
    inner = outer;
    outer = 1;
    cellStep = outerCellStep;
    tapStep = outerTapStep;
  }
  let cells = source + ((firstFrame + tapTime) * inputBands + firstBand + tapFrequency) * cellBytes;
  const taps = weights + (tapTime * kernelFrequency + tapFrequency) * tapBytes;
  let sampled =
    entering + (frame * shortcutStrideTime * enteringBands + band * shortcutStrideFrequency) * enteringCellBytes;

  const wide = signs == 0;
  if (wide) memory.fill(membranes, 0, rowBytes * 4);
  else memory.copy(margins, firstMargins, rowBytes * 2);
  for (let t: u32 = 0; t < timesteps; t++) {
    let end = events;
    let cell = cells;
    let tap = taps;
    for (let i = 0; i < outer; i++) {
      let at = cell;
      let row = tap;
      for (let j = 0; j < inner; j++) {
        end = listRows(at, words, row, rowBytes, end);
        at += cellStep;
        row += tapStep;
      }
      cell += outerCellStep;
      tap += outerTapStep;
    }
    if (wide) memory.fill(margins, 0, rowBytes * 2);
    switch (shortcut) {
      case PROJECTION:
        subtractRows(listRows(sampled, enteringWords, shortcutWeights, rowBytes, end), t, target);
        break;
      case IDENTITY:
        subtractIdentity(sampled);
        subtractRows(end, t, target);
        break;
      default:
        subtractRows(end, t, target);
    }
    if (wide) fireWide(t, target);

    cells += words * 4;
    sampled += enteringWords * 4;
    target += outputWords * 4;
  }
}
