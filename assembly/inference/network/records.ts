import { LAYER_BYTES, Layer } from '../generated';

// The layer records of the loaded model, read in place.

let records: usize = 0;
export let layers: u32 = 0;
/** Whether convolutions find zeros before the first frame and after the last. */
export let padded: bool = true;

export function bindRecords(address: usize, count: u32, same: bool): void {
  records = address;
  layers = count;
  padded = same;
}

export function layerAt(index: u32): Layer {
  return changetype<Layer>(records + index * LAYER_BYTES);
}

/** Zeros before the first frame of a layer's input. */
export function zerosBefore(layer: Layer): i32 {
  return padded ? layer.kernelTime >> 1 : 0;
}

/**
 * The input frame of a block that the shortcut to its second convolution, layer `index`, begins at. Without padding it
 * is the one under the middle of the receptive field.
 */
export function firstEntering(index: u32): u32 {
  if (padded) return 0;
  const first = layerAt(index - 1);
  return (<u32>first.kernelTime >> 1) + <u32>first.strideTime * (<u32>layerAt(index).kernelTime >> 1);
}
