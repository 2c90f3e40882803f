// Generated from contracts/ by npm run generate; change it there.

/** Points of the Fourier transform; the window is in the middle. */
export const FFT_SIZE = 1024;
/** Triangular HTK mel bands, not normalised by area. */
export const MEL_BANDS = 40;
/** Lower edge of the first mel band. */
export const LOWEST_HZ = 20;
/** Upper edge of the last mel band. */
export const HIGHEST_HZ = 4000;
/** Cepstral coefficients per frame. */
export const COEFFICIENTS = 10;
/** Fraction bits of the raw MFCCs of the fixed-point front end. */
export const MFCC_FRACTION_BITS = 12;
/** Fraction bits of the multipliers that turn raw MFCCs into int8 features. */
export const MULTIPLIER_FRACTION_BITS = 16;
