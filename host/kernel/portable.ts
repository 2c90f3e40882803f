// The part of this room that needs nothing but the language, for what also runs in a browser: whoever uses it brings
// the bytes of dist/wasm/kernel.wasm as a compiled module.
export { ABI_VERSION, checkAbi, type KernelExports, QUERY } from './abi.js';
export { KernelError } from './error.js';
export { type CompiledModule, type Inference, PortableKernel, type Trace } from './kernel.js';
export { loadErrorText } from './load-error.js';
export { probabilities } from './probabilities.js';
