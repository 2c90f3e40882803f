import {
  CLIP_FRAMES,
  CLIP_SAMPLES,
  FIRST_FRAME_SAMPLES,
  HOP_SAMPLES,
  SAMPLE_RATE_HZ,
  SAMPLES_PER_MS,
} from './generated.js';

/** Samples of a stream that complete this many frames: the earliest time at which these frames are known. */
export function samplesOfFrames(frames: number): number {
  return FIRST_FRAME_SAMPLES + (frames - 1) * HOP_SAMPLES;
}

/**
 * Samples of the window that a network with this many frames is trained and judged on: a clip for 49 frames or fewer,
 * and otherwise what completes the frames.
 */
export function windowSamples(frames: number): number {
  return frames <= CLIP_FRAMES ? CLIP_SAMPLES : samplesOfFrames(frames);
}

/**
 * A clip in the middle of a window of `length` samples, in digital silence. Returns the clip itself if it has that
 * length.
 */
export function inWindow(clip: Int16Array, length: number): Int16Array {
  if (clip.length === length) return clip;
  const window = new Int16Array(length);
  window.set(clip.subarray(0, length), Math.max(0, (length - clip.length) >> 1));
  return window;
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
