export type Split = 'training' | 'validation' | 'testing';

export const SPLITS: readonly Split[] = ['training', 'validation', 'testing'];

/** The folders that are not named after a word: noise, silence, and other words. */
export const BACKGROUND_NOISE = '_background_noise_';
export const SILENCE = '_silence_';
export const UNKNOWN = '_unknown_';

/** The divisor of the published rule: at most 2^27 − 1 clips of one word. */
const MAX_CLIPS_PER_WORD = 2 ** 27 - 1;
const VALIDATION_PERCENTAGE = 10;
const TESTING_PERCENTAGE = 10;

/**
 * Returns the split of a speaker by the dataset's published rule (`which_set` in TensorFlow's speech_commands example;
 * Warden, arXiv:1804.03209, section 7.1): SHA-1 of the speaker id, modulo 2^27, as a percentage.
 *
 * @param digest the SHA-1 of the speaker id, 20 bytes
 */
export function splitOfDigest(digest: Uint8Array): Split {
  const last = new DataView(digest.buffer, digest.byteOffset).getUint32(16);
  const percentage = (last % (MAX_CLIPS_PER_WORD + 1)) * (100 / MAX_CLIPS_PER_WORD);
  if (percentage < VALIDATION_PERCENTAGE) return 'validation';
  return percentage < VALIDATION_PERCENTAGE + TESTING_PERCENTAGE ? 'testing' : 'training';
}

/** Returns what is wrong with a word as the name of a folder of clips, or null. */
export function wordFault(word: string): string | null {
  return /^[\p{L}\p{N}][^/\\,]*$/u.test(word) ? null : 'expected letters and digits; it names a folder';
}

/** Returns the path of the clip of a word in the folder of a dataset: WORD/SPEAKER_nohash_N.wav. */
export function clipPath(word: string, speaker: string, number: number): string {
  return `${word}/${speaker}_nohash_${number}.wav`;
}

/** The order of the files of a dataset. */
export const byPath = (a: { readonly path: string }, b: { readonly path: string }): number =>
  a.path < b.path ? -1 : 1;

/** A file of a dataset; noise has no split. */
export interface ListedFile {
  readonly path: string;
  readonly bytes: number;
  readonly split?: Split;
}

/**
 * Returns the text whose SHA-256 is the digest of a dataset: the path and size of every file and the split of every
 * clip.
 *
 * @param files clips, noise and clips of silence, each in the order of their paths
 */
export function datasetText(files: readonly ListedFile[]): string {
  return files.map(({ path, bytes, split }) => `${path} ${bytes}${split === undefined ? '' : ` ${split}`}\n`).join('');
}
