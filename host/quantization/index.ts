export {
  boundsFault,
  type ChannelBounds,
  type ChannelIntegers,
  channelBounds,
  channelIntegers,
  INT16,
  INT32,
  proveBounds,
  proveClassifier,
  type Range,
} from './bounds.js';
export { QuantizationError } from './error.js';
export type {
  LayerBounds,
  Provenance,
  QuantizedLayer,
  QuantizedNetwork,
  QuantizedShortcut,
} from './quantized-network.js';
