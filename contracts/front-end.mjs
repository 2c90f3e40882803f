// Sound and features: the clock that everything counts by, and what the front end computes.

const SAMPLE_RATE_HZ = 16_000;
const HOP_SAMPLES = 320;
const WINDOW_SAMPLES = 640;
const SAMPLES_BEFORE = 128;
const CLIP_SAMPLES = 16_000;
const FIRST_FRAME_SAMPLES = WINDOW_SAMPLES - SAMPLES_BEFORE;

/** The clock: samples, frames and milliseconds. */
export const clock = [
  { name: 'SAMPLE_RATE_HZ', value: SAMPLE_RATE_HZ, doc: 'Sample rate of all sound after it is read, Hz.' },
  { name: 'SAMPLES_PER_MS', value: SAMPLE_RATE_HZ / 1000, doc: 'Samples per millisecond.' },
  { name: 'CLIP_SAMPLES', value: CLIP_SAMPLES, doc: 'Samples in a clip: one second.' },
  { name: 'WINDOW_SAMPLES', value: WINDOW_SAMPLES, doc: 'Samples in the window of a frame.' },
  { name: 'HOP_SAMPLES', value: HOP_SAMPLES, doc: 'Samples from one frame to the next.' },
  { name: 'FRAME_MS', value: (HOP_SAMPLES * 1000) / SAMPLE_RATE_HZ, doc: 'Milliseconds from one frame to the next.' },
  {
    name: 'SAMPLES_BEFORE',
    value: SAMPLES_BEFORE,
    doc: 'Zeros in frame 0 before the first sample: frame k covers samples 320k − 128 … 320k + 511.',
  },
  {
    name: 'FIRST_FRAME_SAMPLES',
    value: FIRST_FRAME_SAMPLES,
    doc: 'Samples that complete frame 0; every further hop completes one more frame.',
  },
  {
    name: 'CLIP_FRAMES',
    value: Math.floor((CLIP_SAMPLES - FIRST_FRAME_SAMPLES) / HOP_SAMPLES) + 1,
    doc: 'Frames in a clip; a network description may drop the last one.',
  },
];

/** The front end: MFCCs, and how they become int8 features. */
export const frontEnd = [
  { name: 'FFT_SIZE', value: 1024, doc: 'Points of the Fourier transform; the window is in the middle.' },
  { name: 'MEL_BANDS', value: 40, doc: 'Triangular HTK mel bands, not normalised by area.' },
  { name: 'LOWEST_HZ', value: 20, doc: 'Lower edge of the first mel band.' },
  { name: 'HIGHEST_HZ', value: 4000, doc: 'Upper edge of the last mel band.' },
  { name: 'COEFFICIENTS', value: 10, doc: 'Cepstral coefficients per frame.' },
  { name: 'MFCC_FRACTION_BITS', value: 12, doc: 'Fraction bits of the raw MFCCs of the fixed-point front end.' },
  {
    name: 'MULTIPLIER_FRACTION_BITS',
    value: 16,
    doc: 'Fraction bits of the multipliers that turn raw MFCCs into int8 features.',
  },
];
