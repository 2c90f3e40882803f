import type { NetworkSpec } from '../core/network/index.js';
import type { AugmentationSettings, OptimizerSettings, ScheduleSettings } from '../core/training/index.js';

/** A network that a training begins with instead of random weights. */
export interface Beginning {
  /** Path of its checkpoint, the home folder written as `~`. */
  readonly file: string;
  /** Of the checkpoint, hexadecimal: the weights that come of it depend on every bit. */
  readonly sha256: string;
}

/**
 * Everything that decides the weights, plain data: the same configuration over the same recordings gives the same
 * checkpoints, byte for byte, on any number of threads.
 */
export interface TrainingConfig {
  /** The folder of recordings as it was given, the home folder written as `~`. */
  readonly data: string;
  /** Whether recordings at other sample rates are resampled instead of refused. */
  readonly resample: boolean;
  /** `gsc-17`, … or a list of words: see `resolveTask`. */
  readonly task: string;
  readonly network: NetworkSpec;
  /** The network to begin with, of the same shape and labels; without one, the weights are random. */
  readonly from?: Beginning;
  readonly seed: number;
  readonly epochs: number;
  /** Clips per step; what remains of an epoch's shuffled clips after the last whole batch is left out. */
  readonly batchSize: number;
  readonly optimizer: OptimizerSettings;
  readonly schedule: ScheduleSettings;
  /** Share of the target probability that is spread over all classes, [0, 1). */
  readonly labelSmoothing: number;
  /** Added to the loss for every spike per neuron, unweighted mean over the layers. */
  readonly spikePenalty: number;
  readonly augmentation: AugmentationSettings;
}
