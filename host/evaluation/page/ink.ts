import { encodeGreyPng } from './png.js';

export interface InkLayer {
  /** A class of the style sheet, which gives the colour. */
  readonly kind: 'spectrum' | 'positive' | 'negative' | 'spike';
  /** The strength of the colour, 0…255, [row][column]. */
  readonly levels: Uint8Array;
}

/**
 * Draws grids of levels as one SVG picture. Each grid is a grey image that masks a colour of the style sheet, so the
 * picture follows the reader's theme, and a raster of thousands of spikes takes a few kilobytes. `id` must be unique
 * on the page.
 */
export function inkPicture(
  id: string,
  title: string,
  [columns, rows]: readonly [columns: number, rows: number],
  height: number,
  layers: readonly InkLayer[],
): string {
  const painted = layers.map(({ kind, levels }) => {
    const image = Buffer.from(encodeGreyPng(columns, rows, levels)).toString('base64');
    const mask = `${id}-${kind}`;
    return (
      `<mask id="${mask}" style="mask-type:luminance"><image width="${columns}" height="${rows}" ` +
      `preserveAspectRatio="none" href="data:image/png;base64,${image}"/></mask>` +
      `<rect class="${kind}" width="${columns}" height="${rows}" mask="url(#${mask})"/>`
    );
  });
  return (
    `<svg class="ink" role="img" aria-label="${title}" viewBox="0 0 ${columns} ${rows}" ` +
    `preserveAspectRatio="none" style="height:${height}px">${painted.join('')}</svg>`
  );
}
