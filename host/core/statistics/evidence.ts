import { fewVoicesWarning, type Voices } from './voices.js';

/** What is behind the figures on some clips. */
export interface Evidence {
  /** The different clips of words, and their speakers; silence that is drawn from noise is not counted. */
  readonly voices: Voices;
  /** Labels that the clips have no example of; the figures say nothing about them. */
  readonly missingWords: readonly string[];
}

/** Returns which words figures say nothing about. */
export function missingWordsText(words: readonly string[]): string {
  return `no clips of ${words.join(' ')}: these figures say nothing about ${words.length === 1 ? 'it' : 'them'}`;
}

/** Returns the warnings that stand beside figures; none if there is enough behind them. */
export function evidenceWarnings({ voices, missingWords }: Evidence): string[] {
  const few = fewVoicesWarning(voices);
  return [...(few === null ? [] : [few]), ...(missingWords.length === 0 ? [] : [missingWordsText(missingWords)])];
}
