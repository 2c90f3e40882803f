// The public interface: `spikeword`, for programs in Node. The part that also runs in a browser is in `spikeword/core`.
export { openMicrophone, pcmSamples, readRecording } from './audio/index.js';
export { RecordingError, TrainingError, UsageError } from './core/error.js';
export { evaluateStreams, tuneModel } from './detection/index.js';
export { type EvaluationReport, evaluateModel, quantizeRun, renderReport } from './evaluation/index.js';
export { openKernel, readModel, writeModel } from './model/index.js';
export { CaptureError, DatasetError, EvaluationError, RunError, WriteError } from './system/error.js';
export {
  configureTraining,
  resumeTraining,
  type TrainingConfig,
  trainNetwork,
  trainWakeWords,
  type WakeWordResult,
  type WakeWordTraining,
} from './training/index.js';
