import { rgb, theme } from './theme.js';

/** ln of mel energies that are drawn as nothing and as the most: the noise of a room, and a loud voice nearby. */
const [LEAST, MOST] = [-9.5, 3.5];
const SHADES = 256;

let shades: Uint8ClampedArray | null = null;
let shadesFor: object | null = null;

/** The colours from quiet to loud, [shade][rgb]. */
function palette(): Uint8ClampedArray {
  const colours = theme();
  if (shades !== null && shadesFor === colours) return shades;
  shadesFor = colours;
  const stops = colours.heat.map(rgb);
  shades = new Uint8ClampedArray(SHADES * 3);
  for (let k = 0; k < SHADES; k++) {
    const at = (k / (SHADES - 1)) * (stops.length - 1);
    const [from, share] = [Math.min(stops.length - 2, Math.floor(at)), at - Math.min(stops.length - 2, Math.floor(at))];
    for (let c = 0; c < 3; c++) shades[3 * k + c] = stops[from][c] + share * (stops[from + 1][c] - stops[from][c]);
  }
  return shades;
}

/**
 * Writes a frame of a spectrogram into pixels, [row][column][rgba], low bands at the bottom.
 *
 * @param mel ln of mel energies, [band]
 */
export function paintMel(pixels: Uint8ClampedArray, columns: number, column: number, mel: Float32Array): void {
  const colours = palette();
  mel.forEach((energy, band) => {
    const share = Math.max(0, Math.min(1, (energy - LEAST) / (MOST - LEAST)));
    const shade = 3 * Math.round(share * (SHADES - 1));
    const at = 4 * ((mel.length - 1 - band) * columns + column);
    for (let c = 0; c < 3; c++) pixels[at + c] = colours[shade + c];
    pixels[at + 3] = 255;
  });
}
