import type { LayerPlan, NetworkPlan } from '../network/index.js';
import { SHAPE_FIELDS, SHORTCUT_CODES } from './generated.js';

export type LayerShape = Readonly<Record<(typeof SHAPE_FIELDS)[number][0], number>>;

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
  for (const [name, at, bytes] of SHAPE_FIELDS) {
    if (bytes === 2) view.setUint16(offset + at, shape[name], true);
    else view.setUint8(offset + at, shape[name]);
  }
}

export function readShape(view: DataView, offset: number): LayerShape {
  const entries = SHAPE_FIELDS.map(([name, at, bytes]) => [
    name,
    bytes === 2 ? view.getUint16(offset + at, true) : view.getUint8(offset + at),
  ]);
  return Object.fromEntries(entries) as LayerShape;
}
