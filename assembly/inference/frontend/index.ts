// The fixed-point front end: turns int16 samples at 16 kHz into MFCCs (10 per frame of 640 samples, hop 320). It uses
// only integers and has no heap and no imports. Static state and tables take about 13 KB.
//
//   frontendReset()                                 starts a clip or a stream
//   frontendPush(samples, count, raw) → frames      takes any number of samples; writes the frames they complete,
//                                                   i32 [frames][10], 12 fraction bits; at most ⌈count / 320⌉ frames
//   quantiseFrames(raw, frames, mean, multiplier, out)   int8 features [frames][10], with the model's parameters
//
// All pointers are byte addresses in linear memory. A clip of 16 000 samples gives 49 frames, however it is split into
// pieces. Samples pushed after that continue the stream (frame 49 ends at sample 16 192).
export { quantiseFrames } from './quantise';
export { frontendPush, frontendReset } from './stream';

/** Returns the first byte of linear memory that this module does not use; hosts place their buffers from here on. */
export function frontendFreeMemory(): usize {
  return __heap_base;
}
