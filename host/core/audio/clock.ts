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
 * The samples that a network with this many frames reads of a recording. For 49 frames or fewer that is the recording,
 * of which only the first second counts, and otherwise its first second in the middle of digital silence.
 */
export function clipWindow(recording: Int16Array, frames: number): Int16Array {
  if (frames <= CLIP_FRAMES) return recording;
  const window = new Int16Array(windowSamples(frames));
  window.set(recording.subarray(0, CLIP_SAMPLES), (window.length - CLIP_SAMPLES) >> 1);
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
