export {
  boundsFault,
  channelBounds,
  channelIntegers,
  INT16,
  INT32,
  proveBounds,
  proveClassifier,
  type Range,
} from './bounds.js';
export {
  decisionTimesteps,
  describeEarly,
  earlyDecisionFault,
  keptMembranesFault,
} from './early-decision.js';
export { type FoldedLayer, type FoldedNetwork, foldNetwork } from './folding.js';
export {
  describePoint,
  factorOf,
  keywordIndices,
  type OperatingCurvePoint,
  type OperatingPoint,
  operatingPointFault,
  PROBABILITY_ONE,
  thresholdAt,
  thresholdOf,
  thresholdText,
} from './operating-point.js';
export { FEWEST_WEIGHT_BITS, quantizeNetwork, withValidation } from './quantize.js';
export {
  type EarlyDecision,
  type LayerBounds,
  type Provenance,
  type QuantizedLayer,
  type QuantizedNetwork,
  type QuantizedShortcut,
  thresholdRange,
} from './quantized-network.js';
export { isRoundedFrom, worstRoundingErrors } from './rounding-error.js';
export { WEIGHT_BITS } from './scaling.js';
