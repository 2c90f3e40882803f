export {
  type AugmentationSettings,
  augmentSamples,
  augments,
  type LiveSettings,
  maskFeatures,
} from './augmentation.js';
export { checkConfig, type TrainingConfig, TrainingConfigError } from './config.js';
export { defaultConfig, presetRecipe, SGD_LEARNING_RATE, type TrainingChoice } from './defaults.js';
export * from './engine/index.js';
export type { Environment } from './environment.js';
export type { EpochLog } from './epoch-log.js';
export { abbreviateHome, expandHome } from './home-folder.js';
export { initialParameters } from './initialization.js';
export { configureTraining, type TrainingOverrides } from './overrides.js';
export { RunFolder, readConfig } from './run-folder.js';
export { RunError } from './run-lock.js';
export { learningRateAt, type ScheduleSettings } from './schedule.js';
export { type TrainingOptions, type TrainingResult, trainNetwork } from './train.js';
export { TrainingError } from './train-epoch.js';
export { type DatasetDescription, fitBatch, type TrainingData } from './training-data.js';
