export type { TrainingConfig } from './config.js';
export { presetRecipe, SGD_LEARNING_RATE } from './defaults.js';
export type { EpochLog } from './epoch-log.js';
export { openTrainingEngine } from './open-engine.js';
export { configureTraining } from './overrides.js';
export { RunFolder, readConfig } from './run-folder.js';
export { type TrainingResult, trainNetwork } from './train.js';
export { fitBatch } from './training-data.js';
