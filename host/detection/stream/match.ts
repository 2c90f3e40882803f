import { millisecondsOf, samplesOfMs } from '../../core/audio/index.js';
import type { Spoken } from './plan.js';

/** A detection counts for a word from the word's beginning until this long after its end. */
export const TOLERANCE_MS = 750;

/** A label that was detected after `sample` samples of the stream. */
export interface Heard {
  readonly label: number;
  readonly sample: number;
}

/** The hits and false accepts of one stream. */
export interface Matches {
  /** [spoken]: the detection that hit the word; null for a miss, and for words that are not keywords. */
  readonly hits: readonly (Heard | null)[];
  readonly falseAccepts: readonly Heard[];
}

/**
 * Compares the detections of a stream with its words. A detection hits the first keyword of its label that was not hit
 * before, if it comes between the beginning of the word and 750 ms after its end. Every other detection is a false
 * accept: of another word, of noise, too early, too late, or repeated. So a keyword that is taken for another one is
 * both a miss and a false accept.
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

/** Returns the milliseconds from the end of each hit word to its detection; negative if it came before the end. */
export function latenciesMs(spoken: readonly Spoken[], hits: Matches['hits']): number[] {
  return hits.flatMap((hit, k) => (hit === null ? [] : [millisecondsOf(hit.sample - spoken[k].wordTo)]));
}
