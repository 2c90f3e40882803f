export { checkAbi, type KernelExports } from './abi.js';
export { checkFrontEnd } from './check-front-end.js';
export { ABI_VERSION, LOAD_ERROR, QUERY } from './generated.js';
export { type Inference, Kernel, type Trace } from './kernel.js';
export { loadErrorText } from './load-error.js';
export { type MembraneStep, membraneOf, type NeuronPlace } from './membrane.js';
export { probabilities } from './probabilities.js';
export { unpackSpikes } from './unpack-spikes.js';
