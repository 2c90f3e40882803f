// Generated from contracts/ by npm run generate; change it there.

/** Sample rate of all sound after it is read, Hz. */
export const SAMPLE_RATE_HZ = 16_000;
/** Samples per millisecond. */
export const SAMPLES_PER_MS = 16;
/** Samples in a clip: one second. */
export const CLIP_SAMPLES = 16_000;
/** Samples in the window of a frame. */
export const WINDOW_SAMPLES = 640;
/** Samples from one frame to the next. */
export const HOP_SAMPLES = 320;
/** Milliseconds from one frame to the next. */
export const FRAME_MS = 20;
/** Zeros in frame 0 before the first sample: frame k covers samples 320k − 128 … 320k + 511. */
export const SAMPLES_BEFORE = 128;
/** Samples that complete frame 0; every further hop completes one more frame. */
export const FIRST_FRAME_SAMPLES = 512;
/** Frames in a clip; a network description may drop the last one. */
export const CLIP_FRAMES = 49;
