import { FIRST_FRAME_SAMPLES, HOP_SAMPLES, SAMPLE_RATE_HZ, SAMPLES_PER_MS } from './generated.js';

/** Samples of a stream that complete this many frames: the earliest time at which these frames are known. */
export function samplesOfFrames(frames: number): number {
  return FIRST_FRAME_SAMPLES + (frames - 1) * HOP_SAMPLES;
}

/** The duration of samples in milliseconds. */
export function millisecondsOf(samples: number): number {
  return samples / SAMPLES_PER_MS;
}

/** The number of samples in a time in milliseconds. */
export function samplesOfMs(milliseconds: number): number {
  return milliseconds * SAMPLES_PER_MS;
}

/** The number of samples in a time in seconds, rounded. */
export function samplesOfSeconds(seconds: number): number {
  return Math.round(seconds * SAMPLE_RATE_HZ);
}
