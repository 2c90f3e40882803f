export { Decision } from './decision.js';
export { type Detection, Detector } from './detector.js';
export { MovingAverage } from './moving-average.js';
export { DEFAULT_OPERATING_POINT, keywordIndices, networkHopMs, operatingPointOf } from './operating-point.js';
export { StreamDetector, type StreamInference } from './stream-detector.js';
