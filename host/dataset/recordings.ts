import type { Split } from './split.js';

export interface ClipFile {
  /** 'yes/abc_nohash_0.wav': relative to the folder of the dataset, separated by '/'. */
  readonly path: string;
  readonly word: string;
  readonly speaker: string;
  readonly split: Split;
}

/** A folder laid out as the official archive: WORD/SPEAKER_nohash_N.wav, _background_noise_/*.wav, and split lists. */
export interface Dataset {
  readonly root: string;
  /** Sorted by path. */
  readonly clips: readonly ClipFile[];
  /** Paths relative to the folder, sorted. */
  readonly backgroundNoise: readonly string[];
  /** What decided the splits. */
  readonly splitBy: 'lists' | 'speaker hash';
}
