import type { NetworkSpec } from '../core/network/index.js';
import type {
  AugmentationSettings,
  Distillation,
  OptimizerSettings,
  ScheduleSettings,
} from '../core/training/index.js';
import type { PictureSettings } from '../pictures/index.js';

/** A network that a training starts from instead of random weights, or that it learns from. */
export interface Beginning {
  /** Path of its checkpoint, the home folder written as `~`. */
  readonly file: string;
  /** SHA-256 of the checkpoint, hexadecimal: the trained weights depend on every bit of it. */
  readonly sha256: string;
}

/**
 * Everything that decides the weights, as plain data. The same configuration and the same recordings give the same
 * checkpoints, byte for byte, on any number of threads.
 */
export interface TrainingConfig {
  /** The folder of recordings (or pictures) as it was given, the home folder written as `~`. */
  readonly data: string;
  /** Folders of ambient sound, as `data`, for a task that listens; see `openAmbient`. */
  readonly ambient?: readonly string[];
  /** Folders of kept and reviewed sounds, as `data`; see `openMistakes`. */
  readonly mistakes?: readonly string[];
  /**
   * Examples of the false accepts in these folders, and as many of the words in them, each as a share of the number of
   * examples of the task's words. Absent in runs of older versions, which have no such folders.
   */
  readonly mistakesWeight?: number;
  /** Whether recordings at other sample rates are resampled instead of refused. */
  readonly resample: boolean;
  /** `gsc-17`, … or a list of words: see `resolveTask`. */
  readonly task: string;
  /**
   * Share of the training clips of each class that is used, above 0 and at most 1, for experiments that compare
   * networks in little time. Absent: all are used.
   */
  readonly share?: number;
  readonly network: NetworkSpec;
  /** The network to start from, with the same layers; labels that it lacks are new. Without it, weights are random. */
  readonly from?: Beginning;
  /** The network to learn from, with the same labels and features, of any layers and neurons. */
  readonly teacher?: Beginning & Distillation;
  /**
   * For a task that listens: what the best epoch is best on, validation streams or windows of validation clips. Absent
   * for other tasks, and in runs of versions that knew windows alone.
   */
  readonly bestOn?: 'streams' | 'windows';
  readonly seed: number;
  readonly epochs: number;
  /** Clips per step. The clips of an epoch that do not fill a whole batch are left out. */
  readonly batchSize: number;
  readonly optimizer: OptimizerSettings;
  readonly schedule: ScheduleSettings;
  /** Share of the target probability that is spread over all classes, [0, 1). */
  readonly labelSmoothing: number;
  /** Added to the loss for every spike per neuron, as an unweighted mean over the layers. */
  readonly spikePenalty: number;
  readonly augmentation: AugmentationSettings & { readonly pictures?: PictureSettings };
}
