export { type Detection, detectionAt } from './detector.js';
export { NEAR_MISS, type NearMiss, NearMisses } from './near-miss.js';
export { detectedWords, operatingPointOf, type PointChanges, thresholdsFor } from './operating-point.js';
export { StreamDetector, type StreamInference } from './stream-detector.js';
