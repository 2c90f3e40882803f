import { paintPixels } from './surface.js';
import { rgb, theme } from './theme.js';

/** Features have a standard deviation of 32; three standard deviations are drawn at full opacity. */
const FULL = 96;

/**
 * Paints int8 features, one column per frame, coefficient 0 at the top. Values above their mean have one colour, values
 * below it the other; the further from the mean, the stronger the colour.
 *
 * @param featureAt returns the value of a coefficient in a column
 * @param present returns whether a column has a frame
 */
export function paintFeatures(
  canvas: HTMLCanvasElement,
  columns: number,
  coefficients: number,
  featureAt: (column: number, coefficient: number) => number,
  present: (column: number) => boolean = () => true,
): void {
  const [above, below] = [rgb(theme().accent), rgb(theme().warm)];
  paintPixels(canvas, columns, coefficients, (pixels) => {
    for (let column = 0; column < columns; column++) {
      if (!present(column)) continue;
      for (let c = 0; c < coefficients; c++) {
        const value = featureAt(column, c);
        const at = 4 * (c * columns + column);
        pixels.set(value >= 0 ? above : below, at);
        pixels[at + 3] = Math.min(255, (Math.abs(value) * 255) / FULL);
      }
    }
  });
}
