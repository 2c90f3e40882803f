// The part of this room that needs nothing but the language, for what also runs in a browser.
export { monoSamples, SAMPLE_RATE_HZ, toInt16 } from './decode.js';
export { WavError } from './error.js';
export { checkWav, type WavLayout } from './riff.js';
