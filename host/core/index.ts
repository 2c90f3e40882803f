// The public interface: `spikeword/core`, for programs in browsers and everywhere else.
export { type Detection, StreamDetector } from './detection/index.js';
export { DetectionError, ModelError, NetworkError, SpikewordError } from './error.js';
export { type Inference, Kernel, probabilities } from './kernel/index.js';
export type { OperatingPoint } from './quantization/index.js';
