import { IDENTITY, Layer, PROJECTION } from '../generated';
import { paddedChannels, spikeWords } from './format';
import { currents, membranes } from './memory-map';
import { fire, takeNeurons, thresholdStep, thresholds } from './neuron';
import { zerosBefore } from './records';

// The same currents as convolution.ts, computed densely: every input of the receptive field, spike or not, is
// multiplied by every weight and added in int32. To compare speed, and to check every spike a second time.

/** Spikes so far of the layer that is being computed. */
export let spikes: u32 = 0;
let allOperations: u32 = 0;

// The rest of that layer, as in convolution.ts.
let model: usize = 0;
let layer: Layer = changetype<Layer>(0);
let source: usize = 0;
let entering: usize = 0;
let enteringChannels: u32 = 0;
let enteringBands: u32 = 0;
let timesteps: u32 = 0;
let firstTimestep: u32 = 0;
let endTimestep: u32 = 0;

/** As in convolution.ts. */
export function takeLayer(
  modelAddress: usize,
  taken: Layer,
  sourceTrain: usize,
  enteringTrain: usize,
  enteringLayer: Layer,
  steps: u32,
  first: u32,
  end: u32,
): void {
  takeNeurons(modelAddress, taken);
  model = modelAddress;
  layer = taken;
  source = sourceTrain;
  entering = enteringTrain;
  enteringChannels = enteringLayer.channels;
  enteringBands = enteringLayer.bands;
  timesteps = steps;
  firstTimestep = first;
  endTimestep = end;
  allOperations = 0;
  spikes = 0;
}

/** As in convolution.ts. */
export function operations(): u32 {
  return allOperations;
}

/** As in convolution.ts. */
export function computePosition(frame: i32, band: i32, target: usize, kept: usize): void {
  const place = kept != 0 ? kept : membranes;
  if (firstTimestep == 0) memory.fill(place, 0, <u32>layer.channels * 4);
  for (let t = firstTimestep; t < endTimestep; t++) {
    convolve(frame, band, t);
    spikes += fire(place, thresholds + t * thresholdStep, target);
    target += spikeWords(layer.channels) * 4;
  }
}

// Sums of eight channels over the cells so far. As in stem.ts, a sum includes bytes k to 3 of a word.
let a0 = 0;
let a1 = 0;
let a2 = 0;
let a3 = 0;
let a4 = 0;
let a5 = 0;
let a6 = 0;
let a7 = 0;
let spikeSum: u32 = 0;

/** Multiplies the inputs of one cell by eight channels of their rows. */
function addCell(cell: usize, inputChannels: u32, row: usize, rowBytes: u32): void {
  let b0 = a0;
  let b1 = a1;
  let b2 = a2;
  let b3 = a3;
  let b4 = a4;
  let b5 = a5;
  let b6 = a6;
  let b7 = a7;
  for (let i: u32 = 0; i < inputChannels; i++) {
    const spike = (load<u32>(cell + (i >>> 5) * 4) >>> (i & 31)) & 1;
    const weights = load<u64>(row);
    const w0 = <u32>weights;
    const w1 = <u32>(weights >>> 32);
    spikeSum += spike;
    b0 += spike * w0;
    b2 += spike * (w0 >>> 8);
    b1 += spike * (w0 >>> 16);
    b3 += spike * (w0 >>> 24);
    b4 += spike * w1;
    b6 += spike * (w1 >>> 8);
    b5 += spike * (w1 >>> 16);
    b7 += spike * (w1 >>> 24);
    row += rowBytes;
  }
  a0 = b0;
  a1 = b1;
  a2 = b2;
  a3 = b3;
  a4 = b4;
  a5 = b5;
  a6 = b6;
  a7 = b7;
}

/** Writes eight currents of one position and timestep to `currents`; returns the number of input spikes. */
function addGroup(frame: i32, band: i32, t: u32, column: u32): u32 {
  const inputChannels = <u32>layer.inputChannels;
  const rowBytes = paddedChannels(layer.channels);
  const words = spikeWords(inputChannels);
  a0 = a1 = a2 = a3 = a4 = a5 = a6 = a7 = 0;
  spikeSum = 0;
  const zeros = zerosBefore(layer);
  for (let i = 0; i < <i32>layer.kernelTime; i++) {
    const inputFrame = frame * layer.strideTime + i - zeros;
    if (inputFrame < 0 || inputFrame >= <i32>layer.inputFrames) continue;
    for (let j = 0; j < <i32>layer.kernelFrequency; j++) {
      const inputBand = band * layer.strideFrequency + j - (layer.kernelFrequency >> 1);
      if (inputBand < 0 || inputBand >= <i32>layer.inputBands) continue;
      const cell = inputFrame * layer.inputBands + inputBand;
      const tap = <u32>(i * layer.kernelFrequency + j);
      const rows = model + layer.weightOffset + tap * inputChannels * rowBytes + column;
      addCell(source + (cell * timesteps + t) * words * 4, inputChannels, rows, rowBytes);
    }
  }
  if (<u32>layer.shortcut == PROJECTION) {
    const cell = frame * layer.shortcutStrideTime * enteringBands + band * layer.shortcutStrideFrequency;
    const enteringWords = spikeWords(enteringChannels);
    const rows = model + layer.shortcutOffset + column;
    addCell(entering + (cell * timesteps + t) * enteringWords * 4, enteringChannels, rows, rowBytes);
  }
  a0 -= a2 << 8;
  a2 -= a1 << 8;
  a1 -= a3 << 8;
  a4 -= a6 << 8;
  a6 -= a5 << 8;
  a5 -= a7 << 8;
  const target: usize = currents + column * 4;
  store<i32>(target, a0);
  store<i32>(target, a1, 4);
  store<i32>(target, a2, 8);
  store<i32>(target, a3, 12);
  store<i32>(target, a4, 16);
  store<i32>(target, a5, 20);
  store<i32>(target, a6, 24);
  store<i32>(target, a7, 28);
  return spikeSum;
}

/** Writes the currents of one position and timestep to `currents`. */
function convolve(frame: i32, band: i32, t: u32): void {
  const channels = <u32>layer.channels;
  let count: u32 = 0;
  for (let column: u32 = 0; column < channels; column += 8) count = addGroup(frame, band, t, column);
  allOperations += count * channels;

  // a byte of a row is a weight + 128; the bias is in pairs
  const bias: usize = model + layer.biasOffset;
  for (let c: u32 = 0; c < channels; c++) {
    const pair = load<u32>(bias + (c >>> 1) * 4);
    const low = <i32>(pair << 16) >> 16;
    const own = (c & 1) == 0 ? low : <i32>(pair - low) >> 16;
    store<i32>(currents + c * 4, load<i32>(currents + c * 4) + own - <i32>(count << 7));
  }
  if (<u32>layer.shortcut == IDENTITY) {
    const enteringWords = spikeWords(enteringChannels);
    const cell = entering + ((frame * layer.bands + band) * timesteps + t) * enteringWords * 4;
    for (let c: u32 = 0; c < channels; c++) {
      const spike = <i32>((load<u32>(cell + (c >>> 5) * 4) >>> (c & 31)) & 1);
      const weight = <i32>load<i16>(model + layer.shortcutOffset + c * 2);
      store<i32>(currents + c * 4, load<i32>(currents + c * 4) + spike * weight);
      allOperations += spike;
    }
  }
}
