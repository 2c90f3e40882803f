import { Layer } from '../generated';
import { paddedChannels } from './format';
import { currents } from './memory-map';
import { zerosBefore } from './records';

// A copy of the stem's fields in the model, because a board needs many instructions to read a field of the model.
let channels: u32 = 0;
let rowBytes: u32 = 0;
let inputChannels: u32 = 0;
let inputFrames: i32 = 0;
let bands: i32 = 0;
let kernelTime: i32 = 0;
let zeros: i32 = 0;
let kernelFrequency: i32 = 0;
let strideTime: i32 = 0;
let strideFrequency: i32 = 0;
let input: usize = 0;
let weights: usize = 0;
let bias: usize = 0;

// The part of a receptive field that is inside the feature map, as runs. The inputs of a run are adjacent, and so are
// their rows of weights.
let runs: u32 = 0;
let runLength: u32 = 0;
let firstInput: usize = 0;
let firstRow: usize = 0;
/** Bytes from one run to the next. */
let inputStep: u32 = 0;
let rowStep: u32 = 0;
/** The sum of all inputs. */
let inputSum: i32 = 0;

/** Takes up the stem of a model, whose first frame of features is at `features`. */
export function takeStem(model: usize, layer: Layer, features: usize): void {
  input = features;
  channels = layer.channels;
  rowBytes = paddedChannels(channels);
  inputChannels = layer.inputChannels;
  inputFrames = layer.inputFrames;
  bands = layer.inputBands;
  kernelTime = layer.kernelTime;
  zeros = zerosBefore(layer);
  kernelFrequency = layer.kernelFrequency;
  strideTime = layer.strideTime;
  strideFrequency = layer.strideFrequency;
  weights = model + layer.weightOffset;
  bias = model + layer.biasOffset;
}

/** Finds the runs of output position (`frame`, `band`). */
function findRuns(frame: i32, band: i32): void {
  const firstFrame = frame * strideTime - zeros;
  const firstBand = band * strideFrequency - (kernelFrequency >> 1);
  const tapTime = max(0, -firstFrame);
  const tapFrequency = max(0, -firstBand);
  const taps = min(kernelFrequency, bands - firstBand) - tapFrequency;
  runs = min(kernelTime, inputFrames - firstFrame) - tapTime;
  runLength = taps * inputChannels;
  firstInput = input + ((firstFrame + tapTime) * bands + firstBand + tapFrequency) * inputChannels;
  firstRow = weights + (tapTime * kernelFrequency + tapFrequency) * inputChannels * rowBytes;
  inputStep = bands * inputChannels;
  rowStep = kernelFrequency * inputChannels * rowBytes;
  if (kernelFrequency == bands && taps == bands) {
    // in one dimension everything is one run
    runLength *= runs;
    runs = 1;
  }
  inputSum = 0;
  for (let run: u32 = 0; run < runs; run++) {
    const first = firstInput + run * inputStep;
    for (let at = first; at < first + runLength; at++) inputSum += load<i8>(at);
  }
}

/** Writes the currents of the eight channels from `column` on to `currents`. */
function stemGroup(column: u32): void {
  const stride = rowBytes;
  let a0 = 0;
  let a1 = 0;
  let a2 = 0;
  let a3 = 0;
  let a4 = 0;
  let a5 = 0;
  let a6 = 0;
  let a7 = 0;
  for (let run: u32 = 0; run < runs; run++) {
    let row = firstRow + run * rowStep + column;
    let input = firstInput + run * inputStep;
    const end = input + runLength;
    // writing back this byte tells the compiler that all bytes before it are in RAM
    store<u8>(end, load<u8>(end));
    for (; input < end; input++) {
      const x = <i32>load<i8>(input);
      const eight = load<u64>(row);
      const w0 = <u32>eight;
      const w1 = <u32>(eight >>> 32);
      a0 += x * w0;
      a2 += x * (w0 >>> 8);
      a1 += x * (w0 >>> 16);
      a3 += x * (w0 >>> 24);
      a4 += x * w1;
      a6 += x * (w1 >>> 8);
      a5 += x * (w1 >>> 16);
      a7 += x * (w1 >>> 24);
      row += stride;
    }
  }
  // x · (w >> 8k) includes the products of all bytes from the k-th on: subtract those above it
  a0 -= a2 << 8;
  a2 -= a1 << 8;
  a1 -= a3 << 8;
  a4 -= a6 << 8;
  a6 -= a5 << 8;
  a5 -= a7 << 8;
  // a byte of a row is a weight + 128, which adds 128 for each unit of input
  const correction = inputSum << 7;
  const target: usize = currents + column * 4;
  const own = bias + column * 4;
  store<i32>(target, a7 - correction + load<i32>(own, 28), 28);
  store<i32>(target, a6 - correction + load<i32>(own, 24), 24);
  store<i32>(target, a5 - correction + load<i32>(own, 20), 20);
  store<i32>(target, a4 - correction + load<i32>(own, 16), 16);
  store<i32>(target, a3 - correction + load<i32>(own, 12), 12);
  store<i32>(target, a2 - correction + load<i32>(own, 8), 8);
  store<i32>(target, a1 - correction + load<i32>(own, 4), 4);
  store<i32>(target, a0 - correction + load<i32>(own));
}

/** Writes the int32 currents of one position of the stem to `currents`, [channel], including the bias. */
export function stemCurrents(frame: i32, band: i32): void {
  findRuns(frame, band);
  for (let column: u32 = 0; column < rowBytes; column += 8) stemGroup(column);
}

/** Returns the number of products with real input cells at the position whose currents were computed last. */
export function stemOperations(): u32 {
  return runs * runLength * channels;
}
