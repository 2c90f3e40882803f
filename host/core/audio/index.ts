export { CLIP_SAMPLES } from './clip-samples.js';
export { monoSamples, SAMPLE_RATE_HZ, toInt16 } from './decode.js';
export { encodeWav } from './encode-wav.js';
export { levelDbfs } from './level.js';
export { checkWav } from './riff.js';
export { roundedSample } from './rounded-sample.js';
export { wordExtent } from './word-extent.js';
