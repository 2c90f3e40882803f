import { FIRST_FRAME_SAMPLES, HOP_SAMPLES, SAMPLE_RATE_HZ, SAMPLES_PER_MS } from './generated.js';

/** How many samples of a stream complete so many frames: when what these frames say was known. */
export function samplesOfFrames(frames: number): number {
  return FIRST_FRAME_SAMPLES + (frames - 1) * HOP_SAMPLES;
}

/** Milliseconds that so many samples last. */
export function millisecondsOf(samples: number): number {
  return samples / SAMPLES_PER_MS;
}

/** Samples of so many milliseconds. */
export function samplesOfMs(milliseconds: number): number {
  return milliseconds * SAMPLES_PER_MS;
}

/** Samples of so many seconds, rounded. */
export function samplesOfSeconds(seconds: number): number {
  return Math.round(seconds * SAMPLE_RATE_HZ);
}
