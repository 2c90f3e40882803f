export {
  type EngineOptions,
  type GradientResult,
  type InferenceResult,
  type OptimizerSettings,
  type OptimizerState,
  type StepResult,
  type StepSettings,
  TrainingEngine,
} from './engine.js';
export { EngineError } from './error.js';
export { KERNEL_LABELS, type KernelLabel, type KernelTiming } from './kernel-timing.js';
export { ParameterError } from './parameter-store.js';
export { MINIMUM_THRESHOLD } from './program.js';
