export { extractFeatures, fitOnPack } from './extract.js';
export { encodeFeatureSet, featureDigest } from './feature-file.js';
export { openFrontEnd } from './open-front-end.js';
export { referenceFeatures, referenceLogMel, referenceMfcc } from './reference.js';
