export { monoSamples } from './decode.js';
export { encodeWav } from './encode.js';
export { checkWav } from './riff.js';
