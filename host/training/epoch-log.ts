/** What the log says of an epoch. */
export interface EpochLog {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Mean loss over the epoch's steps, label smoothing and spike penalty included. */
  readonly loss: number;
  /** Fraction of the augmented training clips recognised, over the epoch's steps. */
  readonly trainingAccuracy: number;
  /** Mean cross-entropy on validation. */
  readonly validationLoss: number;
  readonly validationAccuracy: number;
  /** Whether this is the best epoch on validation so far. */
  readonly best: boolean;
  /** At the epoch's last step. */
  readonly learningRate: number;
  /** On validation: unweighted mean over layers, neuron-weighted mean, and each layer; null for `relu`. */
  readonly spikesPerNeuron: {
    readonly mean: number;
    readonly weighted: number;
    readonly layers: Readonly<Record<string, number>>;
  } | null;
  /** [1] or [T] per layer; none for `relu`. */
  readonly thresholds: Readonly<Record<string, readonly number[]>>;
  /** Training clips per second, over the epoch's steps. */
  readonly clipsPerSecond: number;
  readonly seconds: number;
  readonly secondsLeft: number;
}
