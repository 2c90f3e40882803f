export * from './capture/index.js';
export { WavError } from './error.js';
export { checkWav, type WavLayout } from './riff.js';
export { decodeWav, readWav, SAMPLE_RATE_HZ, type WavOptions } from './wav.js';
export { encodeWav } from './write-wav.js';
