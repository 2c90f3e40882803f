export { type Learned, type LearningSettings, learnThresholds } from './learn.js';
export { type NeuronTrace, type SpikeCountGradient, spikeCount, spikeCountGradient } from './neuron.js';
export { renderPicture } from './picture.js';
export { infeasibleTimesteps, printedThresholds, thresholdsFromPoints } from './quantization-points.js';
export { measuredPoints, type NeuronQuantizer, signalToQuantizationNoise } from './quantizer.js';
export {
  comparePoints,
  type LearnedResult,
  type PointsResult,
  type QuantizerResult,
  type Solution,
  SQNR_SETTINGS,
  type SqnrReport,
  sqnrExperiment,
} from './sqnr.js';
export { renderSqnrSummary } from './summary.js';
