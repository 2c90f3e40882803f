export { extractFeatures, fitOnPack } from './extract.js';
export { encodeFeatureSet, type FeatureSet, featureDigest } from './feature-file.js';
export { fitFeatureParameters } from './fit.js';
export { CLIP_FRAMES, FrontEnd } from './front-end.js';
export type { ExtractionOptions } from './pack-threads.js';
export * from './parameters.js';
export { MEL_BANDS, referenceFeatures, referenceLogMel, referenceMfcc } from './reference.js';
