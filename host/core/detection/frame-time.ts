/** Samples that complete the first frame of a stream, and those that complete one more. */
const FIRST_FRAME_SAMPLES = 512;
const HOP_SAMPLES = 320;

/** How many samples of a stream complete so many frames: when what these frames say was known. */
export function samplesOfFrames(frames: number): number {
  return FIRST_FRAME_SAMPLES + (frames - 1) * HOP_SAMPLES;
}
