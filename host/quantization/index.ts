export {
  boundsFault,
  type ChannelBounds,
  type ChannelIntegers,
  channelBounds,
  channelIntegers,
  INT32,
  type Range,
} from './bounds.js';
export { readQuantizedNetwork, writeQuantizedNetwork } from './file.js';
export { type FoldedLayer, type FoldedNetwork, foldNetwork } from './folding.js';
export * from './portable.js';
export { quantizeNetwork, withValidation } from './quantize.js';
export { thresholdRange } from './quantized-network.js';
export { isRoundedFrom, type RoundingError, worstRoundingErrors } from './rounding-error.js';
