/** The line of an epoch in the log. */
export interface EpochLog {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Mean loss over the steps of the epoch, with label smoothing and spike penalty. */
  readonly loss: number;
  /** Fraction of the augmented training clips that were recognised, over the steps of the epoch. */
  readonly trainingAccuracy: number;
  /** Mean cross-entropy on validation. */
  readonly validationLoss: number;
  readonly validationAccuracy: number;
  /** The fraction of words missed in validation streams; null where they are not heard. */
  readonly validationMissRate: number | null;
  /** Whether this is the best epoch on validation so far. */
  readonly best: boolean;
  /** At the last step of the epoch. */
  readonly learningRate: number;
  /** On validation: unweighted mean over the layers, mean weighted by neurons, and each layer; null for `relu`. */
  readonly spikesPerNeuron: {
    readonly mean: number;
    readonly weighted: number;
    readonly layers: Readonly<Record<string, number>>;
  } | null;
  /** [1] or [T] per layer; empty for `relu`. */
  readonly thresholds: Readonly<Record<string, readonly number[]>>;
  /** Training clips per second, over the steps of the epoch. */
  readonly clipsPerSecond: number;
  readonly seconds: number;
  readonly secondsLeft: number;
  /**
   * With PyTorch: the share of the training's time in which the device had nothing to do, because features or commands
   * were not there yet.
   */
  readonly idleShare?: number;
}
