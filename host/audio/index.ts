export * from './capture/index.js';
export { SAMPLE_RATE_HZ } from './decode.js';
export { WavError } from './error.js';
export { checkWav, type WavLayout } from './riff.js';
export { decodeWav, readWav, type WavOptions } from './wav.js';
export { encodeWav } from './write-wav.js';
