export { readCheckpoint, writeCheckpoint } from './checkpoint-file.js';
export { classifyPack, type PackInference } from './classify-pack.js';
export { describeModel } from './describe.js';
export { describeText } from './describe-text.js';
export { modelPath } from './model-path.js';
export { openKernel } from './open-kernel.js';
export { type ModelFile, openModel, readModel } from './read.js';
export { type WrittenModel, writeModel } from './write-model.js';
