export { ABI_VERSION, checkAbi, type KernelExports, QUERY } from './abi.js';
export { KernelError } from './error.js';
export { type Inference, Kernel, type Trace } from './kernel.js';
export { loadErrorText } from './load-error.js';
