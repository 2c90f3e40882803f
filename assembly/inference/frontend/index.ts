// The fixed-point front end: int16 samples at 16 kHz in, MFCCs (10 per frame of 640 samples, hop 320) out, in integers
// only, without a heap or imports. Static state and tables take about 13 KB.
//
//   frontendReset()                                 a clip or a stream begins
//   frontendPush(samples, count, raw) → frames      any number of samples at a time; writes the frames they complete,
//                                                   i32 [frames][10], 12 fraction bits; at most ⌈count / 320⌉ frames
//   quantiseFrames(raw, frames, mean, multiplier, out)   int8 features [frames][10], with the model's parameters
//
// All pointers are byte addresses in linear memory. A clip of 16 000 samples gives 49 frames whatever the sizes of the
// pieces it comes in; what is pushed after that continues the stream (frame 49 ends at sample 16 192).
export { quantiseFrames } from './quantise';
export { frontendPush, frontendReset } from './stream';

/** The first byte of linear memory that this module does not use: hosts keep their buffers from here on. */
export function frontendFreeMemory(): usize {
  return __heap_base;
}
