import type { LayerPlan, NetworkPlan } from '../network/index.js';
import { SHORTCUT_CODES } from './layout.js';

/** The numbers that describe the shape of one layer in a model file: name, offset in the record and width in bytes. */
const FIELDS = [
  ['stage', 0, 2],
  ['block', 2, 2],
  ['input channels', 4, 2],
  ['input frames', 6, 2],
  ['input bands', 8, 2],
  ['channels', 10, 2],
  ['frames', 12, 2],
  ['bands', 14, 2],
  ['kernel in time', 16, 1],
  ['kernel in frequency', 17, 1],
  ['stride in time', 18, 1],
  ['stride in frequency', 19, 1],
  ['shortcut', 20, 1],
  ['convolution', 21, 1],
  ['shortcut stride in time', 22, 1],
  ['shortcut stride in frequency', 23, 1],
] as const;

export type LayerShape = Readonly<Record<(typeof FIELDS)[number][0], number>>;

/** Where the rest of a record stands: threshold rows, offsets from the start of the file, bounds. */
export const RECORD = {
  thresholdRows: 24,
  bias: 28,
  thresholds: 32,
  weights: 36,
  shortcut: 40,
  currentMin: 44,
  currentMax: 48,
  membraneMin: 52,
  membraneMax: 56,
} as const;
export const RECORD_BYTES = 60;

/** `stage2.block1.conv2` → [2, 1, 2]; the stem is [0, 0, 0]. */
function numbersOf(layer: LayerPlan): number[] {
  return layer.source < 0 ? [0, 0, 0] : (layer.name.match(/\d+/g) ?? []).map(Number);
}

/** The record of layer `index` of a plan. */
export function plannedShape(plan: NetworkPlan, index: number): LayerShape {
  const layer = plan.layers[index];
  const { input, output, kernel, stride } = layer.convolution;
  const [stage, block, convolution] = numbersOf(layer);
  const projection = layer.shortcut?.kind === 'projection' ? layer.shortcut.convolution.stride : [0, 0];
  return {
    stage,
    block,
    convolution,
    'input channels': input.channels,
    'input frames': input.frames,
    'input bands': input.bands,
    channels: output.channels,
    frames: output.frames,
    bands: output.bands,
    'kernel in time': kernel[0],
    'kernel in frequency': kernel[1],
    'stride in time': stride[0],
    'stride in frequency': stride[1],
    shortcut: SHORTCUT_CODES.indexOf(layer.shortcut?.kind ?? 'none'),
    'shortcut stride in time': projection[0],
    'shortcut stride in frequency': projection[1],
  };
}

export function writeShape(view: DataView, offset: number, shape: LayerShape): void {
  for (const [name, at, bytes] of FIELDS) {
    if (bytes === 2) view.setUint16(offset + at, shape[name], true);
    else view.setUint8(offset + at, shape[name]);
  }
}

export function readShape(view: DataView, offset: number): LayerShape {
  const entries = FIELDS.map(([name, at, bytes]) => [
    name,
    bytes === 2 ? view.getUint16(offset + at, true) : view.getUint8(offset + at),
  ]);
  return Object.fromEntries(entries) as LayerShape;
}
