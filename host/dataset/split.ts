import { createHash } from 'node:crypto';

export type Split = 'training' | 'validation' | 'testing';

export const SPLITS: readonly Split[] = ['training', 'validation', 'testing'];

/** The divisor of the published rule: at most 2^27 − 1 clips of one word. */
const MAX_CLIPS_PER_WORD = 2 ** 27 - 1;
const VALIDATION_PERCENTAGE = 10;
const TESTING_PERCENTAGE = 10;

/**
 * Returns the split of a speaker by the dataset's published rule (`which_set` in TensorFlow's speech_commands example;
 * Warden, arXiv:1804.03209, section 7.1): SHA-1 of the speaker id, modulo 2^27, as a percentage. All clips of a speaker
 * are in the same split, and stay there when other clips are added.
 */
export function splitBySpeaker(speaker: string): Split {
  const digest = createHash('sha1').update(speaker).digest();
  const remainder = digest.readUInt32BE(16) % (MAX_CLIPS_PER_WORD + 1);
  const percentage = remainder * (100 / MAX_CLIPS_PER_WORD);
  if (percentage < VALIDATION_PERCENTAGE) return 'validation';
  return percentage < VALIDATION_PERCENTAGE + TESTING_PERCENTAGE ? 'testing' : 'training';
}
