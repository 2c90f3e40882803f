import type { ConvolutionPlan } from '../../host/core/network/index.js';

/**
 * Convolution in the sense of neural networks (correlation), zeros outside the input. 1-D is bands = 1.
 * `input` is [image][channel][frame][band], `weight` [out][in][time][frequency]; returns [image][out][frame][band].
 */
export function convolve(
  plan: ConvolutionPlan,
  input: Float64Array,
  weight: Float64Array,
  images: number,
): Float64Array {
  const { input: from, output: to } = plan;
  const output = new Float64Array(images * to.channels * to.frames * to.bands);
  forEachProduct(plan, images, (inputAt, weightAt, outputAt) => {
    output[outputAt] += input[inputAt] * weight[weightAt];
  });
  expectLength(input, images * from.channels * from.frames * from.bands);
  return output;
}

/** Gradients of Σ upstream · convolve(input, weight); `upstream` has the layout of the output. */
export function convolveBackward(
  plan: ConvolutionPlan,
  input: Float64Array,
  weight: Float64Array,
  upstream: Float64Array,
  images: number,
): { input: Float64Array; weight: Float64Array } {
  const gradient = { input: new Float64Array(input.length), weight: new Float64Array(weight.length) };
  forEachProduct(plan, images, (inputAt, weightAt, outputAt) => {
    gradient.input[inputAt] += upstream[outputAt] * weight[weightAt];
    gradient.weight[weightAt] += upstream[outputAt] * input[inputAt];
  });
  return gradient;
}

/** Visits every (input, weight, output) triple of indices that a convolution multiplies; padding is left out. */
function forEachProduct(
  plan: ConvolutionPlan,
  images: number,
  visit: (inputAt: number, weightAt: number, outputAt: number) => void,
): void {
  const { input, output, kernel, stride, padding } = plan;
  for (let image = 0; image < images; image++) {
    for (let out = 0; out < output.channels; out++) {
      for (let frame = 0; frame < output.frames; frame++) {
        for (let band = 0; band < output.bands; band++) {
          const outputAt = ((image * output.channels + out) * output.frames + frame) * output.bands + band;
          for (let channel = 0; channel < input.channels; channel++) {
            for (let kt = 0; kt < kernel[0]; kt++) {
              const fromFrame = frame * stride[0] + kt - padding[0];
              if (fromFrame < 0 || fromFrame >= input.frames) continue;
              for (let kf = 0; kf < kernel[1]; kf++) {
                const fromBand = band * stride[1] + kf - padding[1];
                if (fromBand < 0 || fromBand >= input.bands) continue;
                const inputAt =
                  ((image * input.channels + channel) * input.frames + fromFrame) * input.bands + fromBand;
                const weightAt = ((out * input.channels + channel) * kernel[0] + kt) * kernel[1] + kf;
                visit(inputAt, weightAt, outputAt);
              }
            }
          }
        }
      }
    }
  }
}

function expectLength(data: Float64Array, length: number): void {
  if (data.length !== length) throw new RangeError(`${data.length} values, expected ${length}`);
}
