import meyda from 'meyda';

/** What is used of Meyda, as its CommonJS build exports it (its typings describe another build). */
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
 * Meyda is one object for the whole process: its settings are fields that every caller shares, and it keeps its filter
 * banks when a setting other than `bufferSize` changes. Set all that matter before every use.
 */
export const Meyda = meyda as unknown as Meyda;
