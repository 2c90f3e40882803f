import type { LoadedModel } from './model.js';

/** What the stages of the page share. */
export interface Page {
  /** The model in use; null before the first is loaded. */
  readonly model: LoadedModel | null;
  /** Calls a listener with the model in use, now if there is one and whenever another is chosen. */
  onModel(listener: (model: LoadedModel) => void): void;
  /** Lists a model that was made in this page, and uses it. Shows an error if it is not a model. */
  useModel(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<void>;
  /** The position of the slider from strict to eager, 0 to 100; null if the model has no curve or nobody moved it. */
  eagerness: number | null;
  /** Calls a listener whenever the slider or a word was switched. */
  onChoice(listener: () => void): void;
}
