import { IDENTITY, Layer, PROJECTION } from '../generated';
import { paddedChannels, spikeWords } from './format';
import { eventLists, events } from './memory-map';
import { zerosBefore } from './records';

// Lists the rows of weights that the spikes in the receptive field of one output position select. A row is that of a
// tap and an input channel, and covers all output channels. `events` has their addresses, timestep by timestep.

/** Rows listed so far for the layer that is being computed. */
export let rowsListed: u32 = 0;
export let shortcut: u32 = 0;
export let enteringWords: u32 = 0;

// The rest of that layer.
let rowBytes: u32 = 0;
/** How many are computed now. */
let timesteps: u32 = 0;
let source: usize = 0;
let words: u32 = 0;
let cellBytes: u32 = 0;
let inputFrames: i32 = 0;
let inputBands: i32 = 0;
let kernelTime: i32 = 0;
let zeros: i32 = 0;
let kernelFrequency: i32 = 0;
let strideTime: i32 = 0;
let strideFrequency: i32 = 0;
let weights: usize = 0;
let tapBytes: u32 = 0;
let shortcutWeights: usize = 0;
let entering: usize = 0;
let enteringCellBytes: u32 = 0;
let enteringBands: u32 = 0;
let shortcutStrideTime: u32 = 0;
let shortcutStrideFrequency: u32 = 0;

/**
 * Prepares for a layer. `sourceTrain` and `enteringTrain` are the spike trains of the layer before and of the block's
 * input, which is the output of `enteringLayer`; they have `steps` timesteps, of which those from `first` to before
 * `end` are read.
 */
export function takeField(
  model: usize,
  layer: Layer,
  sourceTrain: usize,
  enteringTrain: usize,
  enteringLayer: Layer,
  steps: u32,
  first: u32,
  end: u32,
): void {
  rowBytes = paddedChannels(layer.channels);
  timesteps = end - first;
  rowsListed = 0;
  words = spikeWords(layer.inputChannels);
  source = sourceTrain + first * words * 4;
  cellBytes = steps * words * 4;
  inputFrames = layer.inputFrames;
  inputBands = layer.inputBands;
  kernelTime = layer.kernelTime;
  zeros = zerosBefore(layer);
  kernelFrequency = layer.kernelFrequency;
  strideTime = layer.strideTime;
  strideFrequency = layer.strideFrequency;
  weights = model + layer.weightOffset;
  tapBytes = <u32>layer.inputChannels * rowBytes;
  shortcut = layer.shortcut;
  shortcutWeights = model + layer.shortcutOffset;
  enteringWords = spikeWords(enteringLayer.channels);
  entering = enteringTrain + first * enteringWords * 4;
  enteringCellBytes = steps * enteringWords * 4;
  enteringBands = enteringLayer.bands;
  shortcutStrideTime = shortcut == IDENTITY ? 1 : layer.shortcutStrideTime;
  shortcutStrideFrequency = shortcut == IDENTITY ? 1 : layer.shortcutStrideFrequency;
}

/**
 * Lists the rows of the spikes of `count` input cells, at least one, of `bytes` bytes each. Cells are `cellStep` bytes
 * apart, and the rows of their taps `tapStep` bytes. Returns the end of the list.
 */
function listRows(
  cell: usize,
  count: u32,
  cellStep: u32,
  bytes: u32,
  tap: usize,
  tapStep: u32,
  stride: u32,
  end: usize,
): usize {
  do {
    const last = cell + bytes;
    let row = tap;
    let at = cell;
    do {
      let word = load<u32>(at);
      while (word != 0) {
        store<u32>(end, row + ctz(word) * stride);
        end += 4;
        word &= word - 1;
      }
      row += stride << 5;
      at += 4;
    } while (at < last);
    cell += cellStep;
    tap += tapStep;
    count--;
  } while (count != 0);
  return end;
}

/** Lists the rows of every timestep of output position (`frame`, `band`); returns the bytes of the longest list. */
export function listPosition(frame: i32, band: i32): u32 {
  // the part of the receptive field that lies inside the input
  const firstFrame = frame * strideTime - zeros;
  const firstBand = band * strideFrequency - (kernelFrequency >> 1);
  const tapTime = max(0, -firstFrame);
  const tapFrequency = max(0, -firstBand);
  let cells = source + ((firstFrame + tapTime) * inputBands + firstBand + tapFrequency) * cellBytes;
  const taps = weights + (tapTime * kernelFrequency + tapFrequency) * tapBytes;
  let outer = min(kernelTime, inputFrames - firstFrame) - tapTime;
  let inner = min(kernelFrequency, inputBands - firstBand) - tapFrequency;
  let cellStep = cellBytes;
  let tapStep = tapBytes;
  const outerCellStep = <u32>inputBands * cellBytes;
  const outerTapStep = <u32>kernelFrequency * tapBytes;
  if (inner == 1) {
    // in one dimension the inner loop runs over time
    inner = outer;
    outer = 1;
    cellStep = outerCellStep;
    tapStep = outerTapStep;
  }
  let sampled = enteringCell(frame, band);
  let longest: u32 = 0;
  let end: usize = events;
  const lists = eventLists + timesteps * 8;
  for (let list = eventLists; list < lists; list += 8) {
    const first = end;
    store<u32>(list, first);
    let cell = cells;
    let tap = taps;
    for (let i = 0; i < outer; i++) {
      end = listRows(cell, inner, cellStep, words * 4, tap, tapStep, rowBytes, end);
      cell += outerCellStep;
      tap += outerTapStep;
    }
    if (shortcut == PROJECTION) end = listRows(sampled, 1, 0, enteringWords * 4, shortcutWeights, 0, rowBytes, end);
    store<u32>(list, end, 4);
    longest = max(longest, <u32>(end - first));
    end += 4;
    cells += words * 4;
    sampled += enteringWords * 4;
  }
  // without the words between the lists
  rowsListed += (<u32>(end - events) >>> 2) - timesteps;
  return longest;
}

/** Returns the cell from which the shortcut to (`frame`, `band`) reads. */
export function enteringCell(frame: u32, band: u32): usize {
  return entering + (frame * shortcutStrideTime * enteringBands + band * shortcutStrideFrequency) * enteringCellBytes;
}
