import type { ConvolutionPlan, NetworkPlan } from '../network/index.js';

/** A convolution over an image of height × width. */
export interface Geometry {
  readonly inputHeight: number;
  readonly inputWidth: number;
  readonly outputHeight: number;
  readonly outputWidth: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly paddingY: number;
  readonly paddingX: number;
}

/**
 * Time is the height and frequency the width of a 2-D network. A 1-D network is laid on its side: with time as the
 * width the taps of a kernel follow each other in memory. With one band both have the same layout.
 */
export function geometryOf(plan: NetworkPlan, c: ConvolutionPlan): Geometry {
  const line = plan.spec.dimensions === 1;
  const height = line ? 1 : 0;
  const width = 1 - height;
  return {
    inputHeight: line ? 1 : c.input.frames,
    inputWidth: line ? c.input.frames : c.input.bands,
    outputHeight: line ? 1 : c.output.frames,
    outputWidth: line ? c.output.frames : c.output.bands,
    kernelHeight: c.kernel[height],
    kernelWidth: c.kernel[width],
    strideY: c.stride[height],
    strideX: c.stride[width],
    paddingY: c.padding[height],
    paddingX: c.padding[width],
  };
}

/**
 * The gradient of a convolution's output with a border of zeros, so that every tap of every input position is inside.
 */
export interface Pad {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** A row of taps for the input positions whose coordinates have the remainders of its class modulo the stride. */
export interface TapRow {
  readonly ky: number;
  /** Descending, so that the output positions ascend without a gap. */
  readonly kx: readonly number[];
  /** From (⌊y / stride⌋, ⌊x / stride⌋) to the output position of the first tap. */
  readonly offsetY: number;
  readonly offsetX: number;
}

export interface TapClass {
  readonly y: number;
  readonly x: number;
  readonly rows: readonly TapRow[];
}

/** The taps along one axis of the input positions ≡ `phase` (mod stride), descending, with the offset of the first. */
function axisTaps(phase: number, kernel: number, stride: number, padding: number): { taps: number[]; offset: number } {
  const taps: number[] = [];
  for (let k = kernel - 1; k >= 0; k--) if ((phase + padding - k + kernel * stride) % stride === 0) taps.push(k);
  return { taps, offset: taps.length === 0 ? 0 : (phase + padding - taps[0]) / stride };
}

/** The stride classes of input positions that any tap reaches. Together their rows hold every tap once. */
export function tapClasses(g: Geometry): TapClass[] {
  const classes: TapClass[] = [];
  for (let y = 0; y < Math.min(g.strideY, g.inputHeight); y++) {
    for (let x = 0; x < Math.min(g.strideX, g.inputWidth); x++) {
      const vertical = axisTaps(y, g.kernelHeight, g.strideY, g.paddingY);
      const horizontal = axisTaps(x, g.kernelWidth, g.strideX, g.paddingX);
      if (horizontal.taps.length === 0) continue;
      const rows = vertical.taps.map((ky, n) => ({
        ky,
        kx: horizontal.taps,
        offsetY: vertical.offset + n,
        offsetX: horizontal.offset,
      }));
      if (rows.length > 0) classes.push({ y, x, rows });
    }
  }
  return classes;
}

/** The smallest border that holds every tap of every input position. */
export function padOf(g: Geometry): Pad {
  let top = 0;
  let left = 0;
  let bottom = g.outputHeight;
  let right = g.outputWidth;
  for (const { y, x, rows } of tapClasses(g)) {
    for (const row of rows) {
      top = Math.max(top, -row.offsetY);
      left = Math.max(left, -row.offsetX);
      bottom = Math.max(bottom, Math.ceil((g.inputHeight - y) / g.strideY) + row.offsetY);
      right = Math.max(right, Math.ceil((g.inputWidth - x) / g.strideX) + row.offsetX + row.kx.length - 1);
    }
  }
  return { top, left, height: top + bottom, width: left + right };
}

/** Input positions that the same taps reach. */
export interface InputGroup {
  readonly runs: readonly TapRun[];
  readonly positions: readonly { readonly y: number; readonly x: number }[];
}

/** Taps of one row, `strideX` apart in descending order, which an input position reaches through adjacent outputs. */
export interface TapRun {
  /** From (⌊y / stride⌋, ⌊x / stride⌋) in the pad to the output of the first tap, in positions. */
  readonly delta: number;
  /** The number of the first tap. */
  readonly tap: number;
  readonly length: number;
}

/** The place of each tap in an order in which the taps of every run follow each other. */
export function tapPlaces(g: Geometry): number[] {
  const places = new Array<number>(g.kernelHeight * g.kernelWidth);
  let place = 0;
  for (let ky = 0; ky < g.kernelHeight; ky++) {
    for (let phase = 0; phase < g.strideX; phase++) {
      for (let kx = g.kernelWidth - 1 - phase; kx >= 0; kx -= g.strideX) places[ky * g.kernelWidth + kx] = place++;
    }
  }
  return places;
}

/** The tap runs of an input position. */
function tapRuns(g: Geometry, pad: Pad, y: number, x: number): TapRun[] {
  const horizontal: number[] = [];
  for (let kx = g.kernelWidth - 1; kx >= 0; kx--) {
    const ox = (x + g.paddingX - kx) / g.strideX;
    if (Number.isInteger(ox) && ox >= 0 && ox < g.outputWidth) horizontal.push(kx);
  }
  if (horizontal.length === 0) return [];
  const ox = (x + g.paddingX - horizontal[0]) / g.strideX;
  const runs: TapRun[] = [];
  for (let ky = g.kernelHeight - 1; ky >= 0; ky--) {
    const oy = (y + g.paddingY - ky) / g.strideY;
    if (!Number.isInteger(oy) || oy < 0 || oy >= g.outputHeight) continue;
    runs.push({
      delta: (oy - Math.floor(y / g.strideY)) * pad.width + ox - Math.floor(x / g.strideX),
      tap: ky * g.kernelWidth + horizontal[0],
      length: horizontal.length,
    });
  }
  return runs;
}

/**
 * Groups the input positions by the taps that reach an output position from them, so that nothing is multiplied with
 * padding.
 */
export function inputGroups(g: Geometry, pad: Pad): InputGroup[] {
  const groups = new Map<string, { runs: TapRun[]; positions: { y: number; x: number }[] }>();
  for (let y = 0; y < g.inputHeight; y++) {
    for (let x = 0; x < g.inputWidth; x++) {
      const runs = tapRuns(g, pad, y, x);
      const key = JSON.stringify(runs);
      const group = groups.get(key) ?? { runs, positions: [] };
      group.positions.push({ y, x });
      groups.set(key, group);
    }
  }
  return [...groups.values()];
}
