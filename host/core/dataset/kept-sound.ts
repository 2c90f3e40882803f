/** Why a sound was kept: a word was detected, or its score came near its threshold. */
export const KEPT_KINDS = ['detection', 'near-miss'] as const;
/** What a person says about a kept sound: the word is right, it is another word, or it is none of the model's words. */
export const VERDICTS = ['right', 'wrong word', 'not a word'] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface Review {
  readonly verdict: Verdict;
  /** The word that was said; null if it is none of the model's words. */
  readonly said: string | null;
}

/** A second of sound that `listen --keep` has kept: one line of the journal. */
export interface KeptSound {
  /** Name of the recording, in the folder of the journal. */
  readonly file: string;
  readonly kind: (typeof KEPT_KINDS)[number];
  /** The word that was detected, or nearly. */
  readonly word: string;
  /** Its average probability and its threshold, 0 to 1. */
  readonly score: number;
  readonly threshold: number;
  /** Where the sound ends in its stream, in milliseconds, and the name of the stream. */
  readonly timeMs: number;
  readonly source: string;
  readonly model: {
    readonly name: string;
    /** SHA-256 of the model file, hexadecimal. */
    readonly sha256: string;
    /** The words that it detects. */
    readonly words: readonly string[];
  };
  /** Absent until the sound is reviewed. */
  readonly review?: Review;
}

/** A plain name: a journal from elsewhere must not lead to files outside its folder. */
const FILE_NAME = /^[^./\\][^/\\]*\.wav$/i;

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
const isShare = (value: unknown): boolean => isNumber(value) && (value as number) >= 0 && (value as number) <= 1;
const isOneOf =
  (values: readonly string[]) =>
  (value: unknown): boolean =>
    values.includes(value as string);

/** What each field has to be, in the words of a message. */
const FIELDS: Readonly<Record<string, readonly [accepts: (value: unknown) => boolean, expected: string]>> = {
  file: [(value) => isText(value) && FILE_NAME.test(value as string), 'the name of a .wav file in the same folder'],
  kind: [isOneOf(KEPT_KINDS), KEPT_KINDS.join(' or ')],
  word: [isText, 'a word'],
  score: [isShare, 'a number from 0 to 1'],
  threshold: [isShare, 'a number from 0 to 1'],
  timeMs: [isNumber, 'milliseconds'],
  source: [isText, 'the name of a stream'],
  model: [isModel, '{ name, sha256, words }'],
  review: [isReview, `{ verdict, said }, where the verdict is ${VERDICTS.join(', ')}`],
};

function isModel(value: unknown): boolean {
  const { name, sha256, words } = (value ?? {}) as Record<string, unknown>;
  return isText(name) && isText(sha256) && Array.isArray(words) && words.every(isText);
}

function isReview(value: unknown): boolean {
  if (value === undefined) return true;
  const { verdict, said } = (value ?? {}) as Record<string, unknown>;
  return isOneOf(VERDICTS)(verdict) && (verdict === 'not a word' ? said === null : isText(said));
}

/** Reads a line of a journal. Returns the sound, or what is wrong with the line. */
export function parseKeptSound(line: string): KeptSound | { readonly fault: string } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { fault: 'is not JSON' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { fault: 'is not an object' };
  for (const [name, [accepts, expected]] of Object.entries(FIELDS)) {
    const found = (value as Record<string, unknown>)[name];
    if (!accepts(found)) return { fault: `${name} is ${JSON.stringify(found) ?? 'missing'}, expected ${expected}` };
  }
  return value as KeptSound;
}
