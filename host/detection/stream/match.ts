import { millisecondsOf, samplesOfMs } from '../../core/audio/index.js';
import type { Spoken } from './plan.js';

/** A word counts as heard from its beginning until this long after its end. */
export const TOLERANCE_MS = 750;

/** A label that was detected when `sample` samples of the stream had come. */
export interface Heard {
  readonly label: number;
  readonly sample: number;
}

/** What became of the words and the detections of one stream. */
export interface Matches {
  /** [spoken]: the detection that hit it, null for a miss and for words that are no keywords. */
  readonly hits: readonly (Heard | null)[];
  readonly falseAccepts: readonly Heard[];
}

/**
 * Holds the detections of a stream against the words in it. A detection hits the first keyword of its label that was
 * not hit before, if it comes from the beginning of the word to 750 ms after its end. Every other detection is a false
 * accept: of another word or of noise, too early, too late, or a second time. A keyword taken for another is therefore
 * a miss and a false accept.
 *
 * @param spoken in the order of their times
 * @param heard in the order of their times
 */
export function matchDetections(spoken: readonly Spoken[], heard: readonly Heard[]): Matches {
  const hits: (Heard | null)[] = spoken.map(() => null);
  const falseAccepts: Heard[] = [];
  let first = 0;
  for (const detection of heard) {
    const isOver = ({ wordTo }: Spoken): boolean => detection.sample > wordTo + samplesOfMs(TOLERANCE_MS);
    while (first < spoken.length && isOver(spoken[first])) first++;
    let word = first;
    const matches = (k: number): boolean =>
      spoken[k].label === detection.label && hits[k] === null && !isOver(spoken[k]);
    while (word < spoken.length && spoken[word].wordFrom <= detection.sample && !matches(word)) word++;
    if (word < spoken.length && spoken[word].wordFrom <= detection.sample) hits[word] = detection;
    else falseAccepts.push(detection);
  }
  return { hits, falseAccepts };
}

/** Milliseconds from the end of each word that was hit to its detection; negative where it came before the end. */
export function latenciesMs(spoken: readonly Spoken[], hits: Matches['hits']): number[] {
  return hits.flatMap((hit, k) => (hit === null ? [] : [millisecondsOf(hit.sample - spoken[k].wordTo)]));
}
