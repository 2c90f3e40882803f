import type { PointChanges } from '../../core/detection/index.js';
import type { Heard } from './history.js';
import type { LoadedModel } from './model.js';

/** Words that are kept for Prove, where a board answers for each: at 500,000 baud, one takes almost a second. */
export const MOST_HEARD = 4;

/** What the stages of the page share. */
export interface Page {
  /** The model in use; null before the first is loaded. */
  readonly model: LoadedModel | null;
  /** Calls a listener with the model in use, now if there is one and whenever another is chosen. */
  onModel(listener: (model: LoadedModel) => void): void;
  /** Lists a model that was made in this page, and uses it. Shows an error if it is not a model. */
  useModel(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<void>;
  /**
   * Uses the model served with the page whose SHA-256 begins with these digits; false if there is none. Shows an error
   * if it cannot be loaded.
   */
  useServed(digits: string): Promise<boolean>;
  /** The position of the slider from strict to eager, 0 to 100; null if the model has no curve or nobody moved it. */
  eagerness: number | null;
  /** The words that the model in use can detect, and of these the ones that are switched on. */
  readonly allWords: readonly string[];
  words: readonly string[];
  /** What the user changed about when a word counts as heard, as `operatingPointOf` takes it. */
  readonly changes: PointChanges;
  /** The last words that were heard, at most `MOST_HEARD`, the newest first. */
  readonly heard: readonly Heard[];
  /** Calls a listener with all sound that the network hears: int16 at 16 kHz. */
  onSound(listener: (samples: Int16Array) => void): void;
  /** Calls a listener whenever the slider or a word was switched. */
  onChoice(listener: () => void): void;
}
