export { ABI_VERSION, checkAbi, type KernelExports, QUERY } from './abi.js';
export { checkFrontEnd, type Inference, Kernel, type Trace } from './kernel.js';
export { loadErrorText } from './load-error.js';
export { probabilities } from './probabilities.js';
