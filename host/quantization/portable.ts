// The part of this room that needs nothing but the language, for what also runs in a browser.
export { INT16, proveBounds, proveClassifier } from './bounds.js';
export { QuantizationError } from './error.js';
export {
  describePoint,
  FRAME_MS,
  inferencesPerAverage,
  type OperatingPoint,
  operatingPointFault,
} from './operating-point.js';
export type {
  LayerBounds,
  Provenance,
  QuantizedLayer,
  QuantizedNetwork,
  QuantizedShortcut,
} from './quantized-network.js';
