import { CLIP_FRAMES, CLIP_SAMPLES, HOP_SAMPLES, SAMPLE_RATE_HZ } from '../host/core/audio/index.js';
import { Meyda } from '../host/features/meyda.js';

const FRAME_SAMPLES = 1024;

// The settings of Meyda that are closest to the front end: frames of 1024 samples, a Hann window, 40 bands, 10
// coefficients. Meyda's window is as long as the frame, and its bands reach 8 kHz.
Object.assign(Meyda, {
  bufferSize: FRAME_SAMPLES,
  sampleRate: SAMPLE_RATE_HZ,
  windowingFunction: 'hanning',
  melBands: 40,
  numberOfMFCCCoefficients: 10,
});

/** Returns a clip as 49 frames of 1024 samples scaled to ±1, padded by 320 zeros on both sides. */
export function meydaFrames(samples: Int16Array): Float32Array[] {
  const padded = new Float32Array(CLIP_SAMPLES + 2 * HOP_SAMPLES);
  for (let n = 0; n < CLIP_SAMPLES; n++) padded[HOP_SAMPLES + n] = samples[n] / 32_768;
  return Array.from({ length: CLIP_FRAMES }, (_, k) => padded.slice(k * HOP_SAMPLES, k * HOP_SAMPLES + FRAME_SAMPLES));
}

/** Returns Meyda's MFCC of one frame: 10 coefficients. */
export function meydaMfcc(frame: Float32Array): number[] {
  return Meyda.extract('mfcc', frame);
}
