import type { TensorShape } from '../../../core/network/index.js';
import { paintPixels } from '../drawing/surface.js';
import { rgb, theme } from '../drawing/theme.js';

/**
 * Paints every spike of a layer. Time runs to the right, frame by frame, and within a frame timestep by timestep. One
 * row is one channel (and band).
 *
 * @param spikes 0 or 1, [timestep][channel][frame][band]
 */
export function paintSpikes(
  canvas: HTMLCanvasElement,
  spikes: Uint8Array,
  { channels, frames, bands }: TensorShape,
  timesteps: number,
): void {
  const ink = rgb(theme().ink);
  const columns = frames * timesteps;
  paintPixels(canvas, columns, channels * bands, (pixels) => {
    let from = 0;
    for (let t = 0; t < timesteps; t++) {
      for (let c = 0; c < channels; c++) {
        for (let frame = 0; frame < frames; frame++) {
          for (let band = 0; band < bands; band++) {
            if (spikes[from++] === 0) continue;
            const at = 4 * ((c * bands + band) * columns + frame * timesteps + t);
            pixels.set(ink, at);
            pixels[at + 3] = 255;
          }
        }
      }
    }
  });
}
