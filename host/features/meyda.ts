import meyda from 'meyda';

/** The part of Meyda that is used here, as its CommonJS build exports it (its typings describe another build). */
export interface Meyda {
  bufferSize: number;
  sampleRate: number;
  windowingFunction: string;
  melBands: number;
  numberOfMFCCCoefficients: number;
  extract(feature: 'powerSpectrum', signal: Float64Array): Float32Array;
  extract(feature: 'mfcc', signal: Float32Array): number[];
}

/**
 * Meyda is one object for the whole process. Its settings are fields that all callers share, and it keeps its filter
 * banks if a setting other than `bufferSize` changes. Set every setting that matters before each use.
 */
export const Meyda = meyda as unknown as Meyda;
