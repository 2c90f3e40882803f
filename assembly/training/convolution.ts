import { gatherRows } from './gather';
import { Convolution, Scratch } from './generated';

/**
 * Computes the convolution of one image from the spike lists in `scratch`. For every output position, the lists of the
 * cells in its receptive field name the weight rows to add. Cells of one row are adjacent in the list, so a row of taps
 * is one range of it.
 */
export function convolve(c: Convolution, image: i32, scratch: Scratch): void {
  const rowBytes = c.vectors << 4;
  const cellBytes = c.inputChannels * rowBytes;
  const width = c.inputWidth;
  const planeStarts = (c.inputHeight * width + 1) << 2;
  const ranges = scratch.ranges;
  const valued = c.valued != 0;
  let target = c.output + image * c.planes * c.outputHeight * c.outputWidth * rowBytes;
  for (let plane = 0; plane < c.planes; plane++) {
    const starts = scratch.starts + plane * planeStarts;
    for (let y = 0; y < c.outputHeight; y++) {
      const top = y * c.strideY - c.paddingY;
      for (let x = 0; x < c.outputWidth; x++) {
        const left = x * c.strideX - c.paddingX;
        const first = max(left, 0) << 2;
        const last = min(left + c.kernelWidth, width) << 2;
        let at = ranges;
        for (let ky = 0; ky < c.kernelHeight; ky++) {
          const row = top + ky;
          if (<u32>row >= <u32>c.inputHeight) continue;
          const cells = starts + ((row * width) << 2);
          store<usize>(at, load<usize>(cells + first));
          store<usize>(at, load<usize>(cells + last), 4);
          store<usize>(at, c.weights + (ky * c.kernelWidth - left) * cellBytes, 8);
          at += 12;
        }
        gatherRows(valued, c.vectors, ranges, <i32>(at - ranges) / 12, c.amplitude, target);
        target += rowBytes;
      }
    }
  }
}
