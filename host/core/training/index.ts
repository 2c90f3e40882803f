export {
  type AugmentationSettings,
  augmentSamples,
  augments,
  changesSpeed,
  drawSpeed,
  type LiveSettings,
  maskFeatures,
  NO_AUGMENTATION,
  PLAIN_WINDOWS,
  playAt,
  shiftSamples,
} from './augmentation.js';
export { limitBand } from './band-limit.js';
export { Convolver, type Spectrum } from './convolver.js';
export { type EngineOptions, TrainingEngine } from './engine.js';
export type {
  Distillation,
  Engine,
  InferenceResult,
  OptimizerSettings,
  OptimizerState,
  StepResult,
  StepSettings,
  Steps,
  Teacher,
} from './engine-interface.js';
export { KERNEL_LABELS, type KernelTiming } from './kernel-timing.js';
export { type AmbientSource, LIVE_KINDS, type LiveSource, liveWindow } from './live-window.js';
export { CONTROL, kernelsOf, PhaseRunner } from './phases.js';
export { MINIMUM_THRESHOLD, PROGRAM_NAMES, type Programs } from './program.js';
export { roomResponses } from './room.js';
export { learningRateAt, type ScheduleSettings } from './schedule.js';
export { addStretch } from './stretch.js';
export { reportFailure, runThread, type StartThreads, type ThreadTask } from './team.js';
export { type EpochOptions, type EpochResult, type EpochSettings, shuffledClips, trainEpoch } from './train-epoch.js';
