import { Layer, paddedChannels } from './format';
import { currents, features } from './memory-map';

/** Adds the products of one receptive field with eight channels from `column` on; the sum of the inputs comes back. */
function stemGroup(model: usize, layer: Layer, frame: i32, band: i32, column: u32): void {
  const rowBytes = paddedChannels(layer.channels);
  const inputChannels = <u32>layer.inputChannels;
  const kernelFrequency = <i32>layer.kernelFrequency;
  const bands = <i32>layer.inputBands;
  const firstFrame = frame * <i32>layer.strideTime - (<i32>layer.kernelTime >> 1);
  const firstBand = band * <i32>layer.strideFrequency - (kernelFrequency >> 1);
  let row: usize = model + layer.weightOffset + column;
  let a0 = 0;
  let a1 = 0;
  let a2 = 0;
  let a3 = 0;
  let a4 = 0;
  let a5 = 0;
  let a6 = 0;
  let a7 = 0;
  // bytes of a row hold weight + 128: what that adds is 128 for each unit of input
  let inputSum = 0;
  for (let i = 0; i < <i32>layer.kernelTime; i++) {
    const inputFrame = firstFrame + i;
    for (let j = 0; j < kernelFrequency; j++) {
      const inputBand = firstBand + j;
      if (<u32>inputFrame >= <u32>layer.inputFrames || <u32>inputBand >= <u32>bands) {
        row += inputChannels * rowBytes;
        continue;
      }
      let input: usize = features + (inputFrame * bands + inputBand) * inputChannels;
      for (const end = input + inputChannels; input < end; input++) {
        const x = <i32>load<i8>(input);
        const w0 = load<u32>(row);
        const w1 = load<u32>(row, 4);
        inputSum += x;
        a0 += x * (w0 & 255);
        a2 += x * ((w0 >>> 8) & 255);
        a1 += x * ((w0 >>> 16) & 255);
        a3 += x * (w0 >>> 24);
        a4 += x * (w1 & 255);
        a6 += x * ((w1 >>> 8) & 255);
        a5 += x * ((w1 >>> 16) & 255);
        a7 += x * (w1 >>> 24);
        row += rowBytes;
      }
    }
  }
  const correction = inputSum << 7;
  const bias: usize = model + layer.biasOffset + column * 4;
  const target: usize = currents + column * 4;
  store<i32>(target, a0 - correction + load<i32>(bias));
  store<i32>(target, a1 - correction + load<i32>(bias, 4), 4);
  store<i32>(target, a2 - correction + load<i32>(bias, 8), 8);
  store<i32>(target, a3 - correction + load<i32>(bias, 12), 12);
  store<i32>(target, a4 - correction + load<i32>(bias, 16), 16);
  store<i32>(target, a5 - correction + load<i32>(bias, 20), 20);
  store<i32>(target, a6 - correction + load<i32>(bias, 24), 24);
  store<i32>(target, a7 - correction + load<i32>(bias, 28), 28);
}

/** Leaves the int32 currents of one position of the stem in `currents`, bias included: [channel]. */
export function stemCurrents(model: usize, layer: Layer, frame: i32, band: i32): void {
  const rowBytes = paddedChannels(layer.channels);
  for (let column: u32 = 0; column < rowBytes; column += 8) stemGroup(model, layer, frame, band, column);
}

/** Products of the stem with real input cells, of one position. */
export function stemOperations(layer: Layer, frame: i32, band: i32): u32 {
  return (
    covered(frame, layer.strideTime, layer.kernelTime, layer.inputFrames) *
    covered(band, layer.strideFrequency, layer.kernelFrequency, layer.inputBands) *
    layer.inputChannels *
    layer.channels
  );
}

/** Taps that fall into `extent`, the others into the padding. */
function covered(position: i32, stride: i32, kernel: i32, extent: i32): u32 {
  const first = position * stride - (kernel >> 1);
  return min(first + kernel, extent) - max(first, 0);
}
