// The part of this room that needs nothing but the language: the same code detects words in Node and in a browser.
// A page compiles dist/wasm/kernel.wasm to a WebAssembly.Module, calls PortableKernel.bind(modelBytes, module) of
// host/kernel/portable.ts, and pushes samples at 16 kHz into a StreamDetector. The portable.ts of the rooms network,
// quantization, features, model and kernel hold what else it may use.

export { type Detection, Detector } from './detector.js';
export { DetectionError } from './error.js';
export { samplesOfFrames } from './frame-time.js';
export { checkOperatingPoint, DEFAULT_OPERATING_POINT, keywordIndices, operatingPointOf } from './operating-point.js';
export { StreamDetector, type StreamDetectorOptions, type StreamInference } from './stream-detector.js';
