/** Clears a canvas and gives it the resolution of the screen. Returns its context and size in CSS pixels. */
export function surface(canvas: HTMLCanvasElement): {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
} {
  const ratio = window.devicePixelRatio;
  const { clientWidth, clientHeight } = canvas;
  const [width, height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d')!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, clientWidth, clientHeight);
  return { context, width: clientWidth, height: clientHeight };
}

/** Lets a function fill [row][column] pixels and puts them into a canvas of exactly that size, which CSS stretches. */
export function paintPixels(
  canvas: HTMLCanvasElement,
  columns: number,
  rows: number,
  paint: (pixels: Uint8ClampedArray) => void,
): void {
  if (canvas.width !== columns || canvas.height !== rows) Object.assign(canvas, { width: columns, height: rows });
  const image = new ImageData(columns, rows);
  paint(image.data);
  canvas.getContext('2d')!.putImageData(image, 0, 0);
}
