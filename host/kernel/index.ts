export { ABI_VERSION, checkAbi, type KernelExports, QUERY } from './abi.js';
export { type BuiltModel, buildFrom, buildModel } from './build.js';
export { describeModel, type LayerDescription, type ModelDescription } from './describe.js';
export { describeText } from './describe-text.js';
export { KernelError } from './error.js';
export { type Inference, Kernel, type Trace } from './kernel.js';
export { loadErrorText } from './load-error.js';
export { classifyPack, type PackInference, type PackInferenceOptions } from './pack-threads.js';
