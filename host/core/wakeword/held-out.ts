/** What is known of a recording in the folder of a dataset. */
export interface Spoken {
  /** The word that is said, or `_unknown_`. */
  readonly word: string;
  readonly speaker: string;
  /** Whether `speaker` is a person, and not made up for one recording. */
  readonly speakerKnown: boolean;
}

/** With fewer recordings of a word than this, all are trained on. */
const LEAST_CLIPS = 10;
/** With at least so many speakers, whole speakers are held out: then the check says something about others. */
const LEAST_SPEAKERS = 5;
/** One in so many. */
const ONE_IN = 5;

/** Returns which recordings of one word are not trained on, but show what is missed; none if there are few. */
export function heldOutOf<T extends Pick<Spoken, 'speaker' | 'speakerKnown'>>(clips: readonly T[]): ReadonlySet<T> {
  if (clips.length < LEAST_CLIPS) return new Set();
  const speakers = [...new Set(clips.map(({ speaker }) => speaker))];
  if (clips.some(({ speakerKnown }) => !speakerKnown) || speakers.length < LEAST_SPEAKERS) {
    return new Set(clips.filter((_, k) => k % ONE_IN === ONE_IN - 1));
  }
  const held = new Set(speakers.filter((_, k) => k % ONE_IN === ONE_IN - 1));
  return new Set(clips.filter(({ speaker }) => held.has(speaker)));
}
