export { FeatureSums, fitFeatureParameters, type SavedSums } from './fit.js';
export { CLIP_FRAMES, FrontEnd } from './front-end.js';
export {
  COEFFICIENTS,
  checkFeatureParameters,
  FEATURE_SCALE,
  type FeatureParameters,
  MFCC_FRACTION_BITS,
  MULTIPLIER_FRACTION_BITS,
} from './parameters.js';
