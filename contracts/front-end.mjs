// Sound and features: the clock that everything counts by, and what the front end computes.

const SAMPLE_RATE_HZ = 16_000;
const HOP_SAMPLES = 320;
const WINDOW_SAMPLES = 640;
const SAMPLES_BEFORE = 128;
const CLIP_SAMPLES = 16_000;
const FIRST_FRAME_SAMPLES = WINDOW_SAMPLES - SAMPLES_BEFORE;

/** The clock: samples, frames and milliseconds. */
export const clock = [
  { name: 'SAMPLE_RATE_HZ', value: SAMPLE_RATE_HZ, doc: 'Samples a second of everything that has been read.' },
  { name: 'SAMPLES_PER_MS', value: SAMPLE_RATE_HZ / 1000, doc: 'Samples a millisecond.' },
  { name: 'CLIP_SAMPLES', value: CLIP_SAMPLES, doc: 'Samples of a clip: one second.' },
  { name: 'WINDOW_SAMPLES', value: WINDOW_SAMPLES, doc: 'Samples under the window of a frame.' },
  { name: 'HOP_SAMPLES', value: HOP_SAMPLES, doc: 'Samples from one frame to the next.' },
  { name: 'FRAME_MS', value: (HOP_SAMPLES * 1000) / SAMPLE_RATE_HZ, doc: 'Milliseconds from one frame to the next.' },
  {
    name: 'SAMPLES_BEFORE',
    value: SAMPLES_BEFORE,
    doc: 'Zeros before the first sample that frame 0 covers: frame k covers samples 320k − 128 … 320k + 511.',
  },
  {
    name: 'FIRST_FRAME_SAMPLES',
    value: FIRST_FRAME_SAMPLES,
    doc: 'Samples that complete frame 0; every hop completes one more.',
  },
  {
    name: 'CLIP_FRAMES',
    value: Math.floor((CLIP_SAMPLES - FIRST_FRAME_SAMPLES) / HOP_SAMPLES) + 1,
    doc: 'Frames of a clip, before a network description drops the last one.',
  },
];

/** The front end: MFCCs, and how they become int8 features. */
export const frontEnd = [
  { name: 'FFT_SIZE', value: 1024, doc: 'Points of the Fourier transform; the window stands in their middle.' },
  { name: 'MEL_BANDS', value: 40, doc: 'Triangular HTK mel bands, not normalised by area.' },
  { name: 'LOWEST_HZ', value: 20, doc: 'Lower edge of the first mel band.' },
  { name: 'HIGHEST_HZ', value: 4000, doc: 'Upper edge of the last mel band.' },
  { name: 'COEFFICIENTS', value: 10, doc: 'Cepstral coefficients of a frame.' },
  { name: 'MFCC_FRACTION_BITS', value: 12, doc: 'Fraction bits of the raw MFCCs of the fixed-point front end.' },
  {
    name: 'MULTIPLIER_FRACTION_BITS',
    value: 16,
    doc: 'Fraction bits of the multipliers that make int8 features of them.',
  },
];
