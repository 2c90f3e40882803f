import { NetworkError } from '../core/error.js';
import type { Checkpoint } from '../core/network/index.js';
import { type QuantizedNetwork, quantizeNetwork } from '../core/quantization/index.js';
import type { Stage } from '../core/stage.js';
import { isDetected, resolveTask } from '../dataset/index.js';
import { missRateOnStreams, prepareValidationStreams, type ValidationStreams } from '../detection/index.js';
import { expandHome } from '../system/index.js';
import type { TrainingConfig } from './config.js';

/** How good the network of an epoch is on validation. */
export interface EpochQuality {
  /** The fraction of words that it misses in validation streams; null where they are not heard. */
  readonly missRate: number | null;
  /** The fraction of the validation clips that it recognises, and its cross-entropy on them. */
  readonly accuracy: number;
  readonly loss: number;
}

/**
 * Whether an epoch is better than the best one before it: it misses less in streams or, where they are not heard, it is
 * more accurate. Among equals, the one with the least loss is better: a small validation split makes many epochs equal.
 */
export function isBetter(epoch: EpochQuality, best: EpochQuality): boolean {
  const [now, before] =
    epoch.missRate === null || best.missRate === null
      ? [-epoch.accuracy, -best.accuracy]
      : [epoch.missRate, best.missRate];
  return now < before || (now === before && epoch.loss < best.loss);
}

/**
 * Prepares the streams on which epochs are compared; null if they are compared by their accuracy. Throws `DatasetError`
 * and `RecordingError` for recordings that cannot be read.
 */
export async function openValidationStreams(
  { data, task: name, ambient, bestOn, network, resample }: TrainingConfig,
  stage?: Stage,
): Promise<ValidationStreams | null> {
  // A network of relu cannot be quantised, so the kernel cannot run it.
  if (bestOn !== 'streams' || network.neuron === 'relu') return null;
  const task = resolveTask(name);
  const keywords = new Map(
    [...task.labels.entries()].filter(([label]) => isDetected(task, label)).map(([label, word]) => [word, label]),
  );
  return prepareValidationStreams(keywords, {
    data: expandHome(data),
    ambient: ambient?.map(expandHome),
    resample,
    stage,
  });
}

/**
 * Quantises a network and returns what it misses in validation streams. A network that cannot be quantised, as one in
 * the middle of a training may be, misses everything: the training goes on, and a later epoch may be better.
 */
export async function missRateOf(
  checkpoint: Checkpoint,
  streams: ValidationStreams,
  options: { readonly threads: number; readonly stage?: Stage },
): Promise<number> {
  let network: QuantizedNetwork;
  try {
    network = quantizeNetwork(checkpoint);
  } catch (fault) {
    if (fault instanceof NetworkError) return 1;
    throw fault;
  }
  return missRateOnStreams(network, streams, options);
}
