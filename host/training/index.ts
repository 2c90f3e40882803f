export type { BeforeAfter } from './before-after.js';
export { newLabelsOf } from './beginning.js';
export type { TrainingConfig } from './config.js';
export { configureTraining, type TrainingOverrides } from './configure.js';
export type { EpochLog } from './epoch-log.js';
export { openTrainingEngine } from './open-engine.js';
export { defaultText, type TrainingOption, trainingOptions } from './options.js';
export { runPage } from './report/index.js';
export { RunFolder, readConfig } from './run-folder.js';
export {
  checkTorchOptions,
  findPython,
  joinTraining,
  TorchEngine,
  type TorchOptions,
  type TorchReport,
} from './torch/index.js';
export { resumeTraining, type TrainingResult, trainNetwork, trainRun } from './train.js';
export { fitBatch } from './training-data.js';
export { trainWakeWords, type WakeWordResult, type WakeWordTraining } from './wakeword/index.js';
