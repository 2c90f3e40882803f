import type { Split } from '../core/dataset/index.js';

export interface ClipFile {
  /** 'yes/abc_nohash_0.wav' or 'yes/abc/0.wav': relative to the folder of the dataset, separated by '/'. */
  readonly path: string;
  /** The name of its folder; `_unknown_` in a folder of other words. */
  readonly word: string;
  /** Where `speakerKnown` is false, a name that no other clip has. */
  readonly speaker: string;
  /** Whether the name or the folder of the clip says who speaks. */
  readonly speakerKnown: boolean;
  readonly split: Split;
}

/** A file in the folder of a word that is not a clip. */
export interface StrayFile {
  readonly path: string;
  readonly reason: string;
}

/** A line of a list that names no clip of the folder. */
export interface UnmatchedLine {
  /** 'validation_list.txt' or 'testing_list.txt'. */
  readonly list: string;
  readonly line: string;
}

/**
 * A folder laid out as the official archive: WORD/SPEAKER_nohash_N.wav, _background_noise_/*.wav, and split lists.
 * WORD/SPEAKER/FILE.wav is understood too, and the folders `_unknown_`, of other words, and `_silence_`.
 */
export interface Dataset {
  readonly root: string;
  /** Sorted by path. */
  readonly clips: readonly ClipFile[];
  /** The clips in `_silence_`, sorted by path. */
  readonly silence: readonly ClipFile[];
  /** Paths relative to the folder, sorted. */
  readonly backgroundNoise: readonly string[];
  /** What decided the splits. */
  readonly splitBy: 'lists' | 'speaker hash';
  /** Files that are left out, sorted by path. */
  readonly strays: readonly StrayFile[];
  /** Lines of the lists that name no clip. */
  readonly unmatched: readonly UnmatchedLine[];
}

/** Returns the clips of words and of silence. */
export function allClips({ clips, silence }: Dataset): ClipFile[] {
  return [...clips, ...silence];
}
