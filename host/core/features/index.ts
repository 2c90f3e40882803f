export { FeatureSums, fitFeatureParameters, type SavedSums } from './fit.js';
export { FrontEnd } from './front-end.js';
export * from './generated.js';
export { FFT_SIZE, HIGHEST_HZ, LOWEST_HZ, MEL_BANDS } from './generated.js';
export { LogMel } from './log-mel.js';
export { checkFeatureParameters, FEATURE_SCALE, type FeatureParameters } from './parameters.js';
