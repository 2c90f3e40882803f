import { Layer, paddedChannels } from './format';
import { currents, features } from './memory-map';

// The part of a receptive field that lies inside the feature map, as runs: inputs that lie side by side, like their
// rows of weights.
let runs: u32 = 0;
let runLength: u32 = 0;
let firstInput: usize = 0;
let firstRow: usize = 0;
/** Bytes from one run to the next. */
let inputStep: u32 = 0;
let rowStep: u32 = 0;
/** The sum of all inputs. */
let inputSum: i32 = 0;

/** Finds the runs of output position (`frame`, `band`). */
function findRuns(model: usize, layer: Layer, rowBytes: u32, frame: i32, band: i32): void {
  const inputChannels = <u32>layer.inputChannels;
  const kernelFrequency = <i32>layer.kernelFrequency;
  const bands = <i32>layer.inputBands;
  const firstFrame = frame * <i32>layer.strideTime - (<i32>layer.kernelTime >> 1);
  const firstBand = band * <i32>layer.strideFrequency - (kernelFrequency >> 1);
  const tapTime = max(0, -firstFrame);
  const tapFrequency = max(0, -firstBand);
  runs = min<i32>(layer.kernelTime, <i32>layer.inputFrames - firstFrame) - tapTime;
  const taps = min(kernelFrequency, bands - firstBand) - tapFrequency;
  runLength = taps * inputChannels;
  firstInput = features + ((firstFrame + tapTime) * bands + firstBand + tapFrequency) * inputChannels;
  firstRow = model + layer.weightOffset + (tapTime * kernelFrequency + tapFrequency) * inputChannels * rowBytes;
  inputStep = bands * inputChannels;
  rowStep = kernelFrequency * inputChannels * rowBytes;
  if (kernelFrequency == bands && taps == bands) {
    // in one dimension all of it is one run
    runLength *= runs;
    runs = 1;
  }
  inputSum = 0;
  for (let run: u32 = 0; run < runs; run++) {
    const first = firstInput + run * inputStep;
    for (let input = first; input < first + runLength; input++) inputSum += load<i8>(input);
  }
}

/** Leaves the currents of eight channels from `column` on, bias at `bias`. */
function stemGroup(rowBytes: u32, column: u32, bias: usize): void {
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
    // to write what stands there is to know that all before it is RAM
    store<u8>(end, load<u8>(end));
    for (; input < end; input++) {
      const x = <i32>load<i8>(input);
      const weights = load<u64>(row);
      const w0 = <u32>weights;
      const w1 = <u32>(weights >>> 32);
      a0 += x * w0;
      a2 += x * (w0 >>> 8);
      a1 += x * (w0 >>> 16);
      a3 += x * (w0 >>> 24);
      a4 += x * w1;
      a6 += x * (w1 >>> 8);
      a5 += x * (w1 >>> 16);
      a7 += x * (w1 >>> 24);
      row += rowBytes;
    }
  }
  // x · (w >> 8k) holds the products of all bytes from the k-th on: take off those above it
  a0 -= a2 << 8;
  a2 -= a1 << 8;
  a1 -= a3 << 8;
  a4 -= a6 << 8;
  a6 -= a5 << 8;
  a5 -= a7 << 8;
  // bytes of a row hold weight + 128: what that adds is 128 for each unit of input
  const correction = inputSum << 7;
  const target: usize = currents + column * 4;
  bias += column * 4;
  store<i32>(target, a7 - correction + load<i32>(bias, 28), 28);
  store<i32>(target, a6 - correction + load<i32>(bias, 24), 24);
  store<i32>(target, a5 - correction + load<i32>(bias, 20), 20);
  store<i32>(target, a4 - correction + load<i32>(bias, 16), 16);
  store<i32>(target, a3 - correction + load<i32>(bias, 12), 12);
  store<i32>(target, a2 - correction + load<i32>(bias, 8), 8);
  store<i32>(target, a1 - correction + load<i32>(bias, 4), 4);
  store<i32>(target, a0 - correction + load<i32>(bias));
}

/** Leaves the int32 currents of one position of the stem in `currents`, bias included: [channel]. */
export function stemCurrents(model: usize, layer: Layer, frame: i32, band: i32): void {
  const rowBytes = paddedChannels(layer.channels);
  findRuns(model, layer, rowBytes, frame, band);
  const bias = model + layer.biasOffset;
  for (let column: u32 = 0; column < rowBytes; column += 8) stemGroup(rowBytes, column, bias);
}

/** Products of the stem with real input cells, of the position whose currents were computed last. */
export function stemOperations(layer: Layer): u32 {
  return runs * runLength * layer.channels;
}
