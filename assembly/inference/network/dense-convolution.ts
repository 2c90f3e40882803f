import { IDENTITY, Layer, PROJECTION, paddedChannels, spikeWords } from './format';
import { currents, membranes } from './memory-map';
import { fire, takeNeurons, thresholdStep, thresholds } from './neuron';

// The same currents as convolution.ts, computed densely: every input of the receptive field, spike or not, is
// multiplied with every weight and added in int32. For comparison of speed, and as a second opinion on every spike.

/** Where in a row the byte of a channel lies: in each four, channels stand in the order 0 2 1 3. */
function byteOfChannel(channel: u32): u32 {
  return (channel & ~3) | ((channel & 1) << 1) | ((channel >>> 1) & 1);
}

/** Multiplies the inputs of one cell with their rows; returns how many of them spike. */
function addCell(spikes: usize, inputChannels: u32, rows: usize, channels: u32): u32 {
  const rowBytes = paddedChannels(channels);
  let count: u32 = 0;
  for (let i: u32 = 0; i < inputChannels; i++) {
    const spike = <i32>((load<u32>(spikes + (i >>> 5) * 4) >>> (i & 31)) & 1);
    const row = rows + i * rowBytes;
    for (let c: u32 = 0; c < channels; c++) {
      const weight = <i32>load<u8>(row + byteOfChannel(c)) - 128;
      store<i32>(currents + c * 4, load<i32>(currents + c * 4) + spike * weight);
    }
    count += spike;
  }
  return count;
}

/** Of the layer that is being computed, so far. */
export let operations: u32 = 0;
export let spikes: u32 = 0;

// That layer, as in convolution.ts.
let model: usize = 0;
let layer: Layer = changetype<Layer>(0);
let source: usize = 0;
let entering: usize = 0;
let enteringChannels: u32 = 0;
let enteringBands: u32 = 0;
let timesteps: u32 = 0;

/** As that of convolution.ts. */
export function takeLayer(
  modelAddress: usize,
  taken: Layer,
  sourceTrain: usize,
  enteringTrain: usize,
  enteringLayer: Layer,
  steps: u32,
): void {
  takeNeurons(modelAddress, taken);
  model = modelAddress;
  layer = taken;
  source = sourceTrain;
  entering = enteringTrain;
  enteringChannels = enteringLayer.channels;
  enteringBands = enteringLayer.bands;
  timesteps = steps;
  operations = 0;
  spikes = 0;
}

/** As that of convolution.ts. */
export function computePosition(frame: i32, band: i32, target: usize): void {
  memory.fill(membranes, 0, <u32>layer.channels * 4);
  for (let t: u32 = 0; t < timesteps; t++) {
    convolve(frame, band, t);
    spikes += fire(thresholds + t * thresholdStep, target);
    target += spikeWords(layer.channels) * 4;
  }
}

/** Leaves the currents of one position and timestep in `currents`. */
function convolve(frame: i32, band: i32, t: u32): void {
  const channels = <u32>layer.channels;
  const inputChannels = <u32>layer.inputChannels;
  const words = spikeWords(inputChannels);
  const bias: usize = model + layer.biasOffset;
  for (let c: u32 = 0; c < channels; c++) {
    const pair = load<u32>(bias + (c >>> 1) * 4);
    const low = <i32>(pair << 16) >> 16;
    store<i32>(currents + c * 4, (c & 1) == 0 ? low : <i32>(pair - low) >> 16);
  }

  let count: u32 = 0;
  for (let i = 0; i < <i32>layer.kernelTime; i++) {
    const inputFrame = frame * layer.strideTime + i - (layer.kernelTime >> 1);
    if (inputFrame < 0 || inputFrame >= <i32>layer.inputFrames) continue;
    for (let j = 0; j < <i32>layer.kernelFrequency; j++) {
      const inputBand = band * layer.strideFrequency + j - (layer.kernelFrequency >> 1);
      if (inputBand < 0 || inputBand >= <i32>layer.inputBands) continue;
      const cell = inputFrame * layer.inputBands + inputBand;
      const tap = <u32>(i * layer.kernelFrequency + j);
      const rows = model + layer.weightOffset + tap * inputChannels * paddedChannels(channels);
      count += addCell(source + (cell * timesteps + t) * words * 4, inputChannels, rows, channels);
    }
  }

  const enteringWords = spikeWords(enteringChannels);
  const shortcut: usize = model + layer.shortcutOffset;
  if (<u32>layer.shortcut == PROJECTION) {
    const cell = frame * layer.shortcutStrideTime * enteringBands + band * layer.shortcutStrideFrequency;
    count += addCell(entering + (cell * timesteps + t) * enteringWords * 4, enteringChannels, shortcut, channels);
  }
  operations += count * channels;
  if (<u32>layer.shortcut == IDENTITY) {
    const spikes = entering + ((frame * layer.bands + band) * timesteps + t) * enteringWords * 4;
    for (let c: u32 = 0; c < channels; c++) {
      const spike = <i32>((load<u32>(spikes + (c >>> 5) * 4) >>> (c & 31)) & 1);
      const weight = <i32>load<i16>(shortcut + c * 2);
      store<i32>(currents + c * 4, load<i32>(currents + c * 4) + spike * weight);
      operations += spike;
    }
  }
}
