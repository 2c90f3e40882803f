export { BATCH_NORM_EPSILON, type BatchNorm, batchNorm, batchNormBackward, normalize } from './batch-norm.js';
export { classify, classifyBackward, crossEntropy } from './classifier.js';
export { convolve, convolveBackward } from './convolution.js';
export { type Neurons, neurons, neuronsBackward } from './neuron.js';
export {
  forward,
  type ReferenceForward,
  type ReferenceParameters,
  type ReferenceSettings,
  type ReferenceStep,
  type Statistics,
  trainingStep,
} from './training-step.js';
