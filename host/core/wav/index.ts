export { wavChannels } from './decode.js';
export { encodeWav } from './encode.js';
export { CONVERT, checkWav, type WavLayout } from './riff.js';
export { type SampleFormat, SampleStream } from './sample-stream.js';
