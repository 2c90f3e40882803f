// Generated from contracts/ by npm run generate; change it there.

/** Samples a second of everything that has been read. */
export const SAMPLE_RATE_HZ = 16_000;
/** Samples a millisecond. */
export const SAMPLES_PER_MS = 16;
/** Samples of a clip: one second. */
export const CLIP_SAMPLES = 16_000;
/** Samples under the window of a frame. */
export const WINDOW_SAMPLES = 640;
/** Samples from one frame to the next. */
export const HOP_SAMPLES = 320;
/** Milliseconds from one frame to the next. */
export const FRAME_MS = 20;
/** Zeros before the first sample that frame 0 covers: frame k covers samples 320k − 128 … 320k + 511. */
export const SAMPLES_BEFORE = 128;
/** Samples that complete frame 0; every hop completes one more. */
export const FIRST_FRAME_SAMPLES = 512;
/** Frames of a clip, before a network description drops the last one. */
export const CLIP_FRAMES = 49;
