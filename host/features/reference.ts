import {
  CLIP_FRAMES,
  CLIP_SAMPLES,
  HOP_SAMPLES,
  SAMPLE_RATE_HZ,
  SAMPLES_BEFORE,
  WINDOW_SAMPLES,
} from '../core/audio/index.js';
import { NetworkError } from '../core/error.js';
import {
  COEFFICIENTS,
  checkFeatureParameters,
  type FeatureParameters,
  FFT_SIZE,
  HIGHEST_HZ,
  LOWEST_HZ,
  MEL_BANDS,
  MFCC_FRACTION_BITS,
  MULTIPLIER_FRACTION_BITS,
} from '../core/features/index.js';
import { Meyda } from './meyda.js';

/** Added to every band before the logarithm, on samples scaled to ±1. */
const ENERGY_FLOOR = 1e-6;

/** The periodic Hann window. */
const hann = Float64Array.from(
  { length: WINDOW_SAMPLES },
  (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / WINDOW_SAMPLES),
);

const melOfHz = (hz: number): number => 2595 * Math.log10(1 + hz / 700);
const hzOfMel = (mel: number): number => 700 * (10 ** (mel / 2595) - 1);

/** The weight of each bin in each mel band, [40][512]: HTK triangles, not normalised by area. */
const melWeights: readonly Float64Array[] = (() => {
  const lowest = melOfHz(LOWEST_HZ);
  const step = (melOfHz(HIGHEST_HZ) - lowest) / (MEL_BANDS + 1);
  const edges = Array.from({ length: MEL_BANDS + 2 }, (_, m) => hzOfMel(lowest + m * step));
  return Array.from({ length: MEL_BANDS }, (_, band) =>
    Float64Array.from({ length: FFT_SIZE / 2 }, (_, bin) => {
      const hz = (bin * SAMPLE_RATE_HZ) / FFT_SIZE;
      const rise = (hz - edges[band]) / (edges[band + 1] - edges[band]);
      const fall = (edges[band + 2] - hz) / (edges[band + 2] - edges[band + 1]);
      return Math.max(0, Math.min(rise, fall));
    }),
  );
})();

/** Orthonormal DCT-II, [10][40]. */
const dct: readonly Float64Array[] = Array.from({ length: COEFFICIENTS }, (_, c) =>
  Float64Array.from(
    { length: MEL_BANDS },
    (_, m) => Math.sqrt((c === 0 ? 1 : 2) / MEL_BANDS) * Math.cos((Math.PI * c * (m + 0.5)) / MEL_BANDS),
  ),
);

/** Computes power spectra with Meyda, then restores its settings, because other code in the process may use it too. */
function powerSpectra(frames: readonly Float64Array[]): Float32Array[] {
  const { bufferSize, sampleRate, windowingFunction } = Meyda;
  Object.assign(Meyda, { bufferSize: FFT_SIZE, sampleRate: SAMPLE_RATE_HZ, windowingFunction: 'rect' });
  try {
    return frames.map((frame) => Meyda.extract('powerSpectrum', frame));
  } finally {
    Object.assign(Meyda, { bufferSize, sampleRate, windowingFunction });
  }
}

/** Returns the windowed frames of a clip, scaled to ±1, each in the middle of 1024 samples. */
function windowedFrames(samples: Int16Array): Float64Array[] {
  return Array.from({ length: CLIP_FRAMES }, (_, k) => {
    const frame = new Float64Array(FFT_SIZE);
    const start = k * HOP_SAMPLES - SAMPLES_BEFORE;
    const offset = (FFT_SIZE - WINDOW_SAMPLES) / 2;
    for (let n = 0; n < WINDOW_SAMPLES; n++) {
      frame[offset + n] = ((samples[start + n] ?? 0) / 32_768) * hann[n];
    }
    return frame;
  });
}

/**
 * Returns ln(mel energy + 1e-6) of a clip of 16 000 samples in float64: [49][40], for spectrograms. Throws
 * `NetworkError` for another length.
 */
export function referenceLogMel(samples: Int16Array): Float64Array {
  if (samples.length !== CLIP_SAMPLES) {
    throw new NetworkError(`a clip of ${samples.length} samples, expected ${CLIP_SAMPLES} (cut or pad it first)`);
  }
  const logMel = new Float64Array(CLIP_FRAMES * MEL_BANDS);
  powerSpectra(windowedFrames(samples)).forEach((power, k) => {
    melWeights.forEach((weights, band) => {
      let energy = 0;
      for (let bin = 0; bin < FFT_SIZE / 2; bin++) energy += weights[bin] * power[bin];
      logMel[k * MEL_BANDS + band] = Math.log(energy + ENERGY_FLOOR);
    });
  });
  return logMel;
}

/** Returns the MFCCs of a clip of 16 000 samples in float64, [49][10]: the reference for the fixed-point front end. */
export function referenceMfcc(samples: Int16Array): Float64Array {
  const logMel = referenceLogMel(samples);
  const mfcc = new Float64Array(CLIP_FRAMES * COEFFICIENTS);
  for (let k = 0; k < CLIP_FRAMES; k++) {
    dct.forEach((row, c) => {
      let sum = 0;
      for (let band = 0; band < MEL_BANDS; band++) sum += row[band] * logMel[k * MEL_BANDS + band];
      mfcc[k * COEFFICIENTS + c] = sum;
    });
  }
  return mfcc;
}

/** Returns `referenceMfcc` quantised with these parameters and rounded once at the end: int8 [frames][10]. */
export function referenceFeatures(samples: Int16Array, parameters: FeatureParameters): Int8Array {
  checkFeatureParameters(parameters);
  const { frames, mean, multiplier } = parameters;
  const mfcc = referenceMfcc(samples);
  return Int8Array.from({ length: frames * COEFFICIENTS }, (_, k) => {
    const c = k % COEFFICIENTS;
    const scaled = ((mfcc[k] * 2 ** MFCC_FRACTION_BITS - mean[c]) * multiplier[c]) / 2 ** MULTIPLIER_FRACTION_BITS;
    return Math.max(-128, Math.min(127, Math.round(scaled)));
  });
}
