import { availableParallelism } from 'node:os';
import type { Split } from '../core/dataset/index.js';
import type { Checkpoint } from '../core/network/index.js';
import { type Stage, staged } from '../core/stage.js';
import type { Evidence } from '../core/statistics/index.js';
import {
  datasetDigest,
  datasetName,
  evidenceOf,
  openDataset,
  packSamples,
  type SamplePack,
  taskExamples,
  trainedTask,
} from '../dataset/index.js';
import { extractFeatures } from '../features/index.js';
import { EvaluationError } from '../system/index.js';
import { sameData } from './same-data.js';

export interface SplitOptions {
  /** Folder of recordings. */
  readonly data: string;
  readonly split: Split;
  /** The most clips, spread over the split; default: all. */
  readonly clips?: number;
  /** Whether a dataset may lack words of the task. */
  readonly partial?: boolean;
  readonly resample?: boolean;
  /** Default: all cores. */
  readonly threads?: number;
  readonly stage?: Stage;
}

/** The clips of a network's task in one split. */
export interface SplitClips {
  /** Name and content digest of the recordings. */
  readonly dataset: string;
  readonly pack: SamplePack;
  /** Computes what the network reads: int8, [clip][frame][coefficient]. */
  readonly features: () => Promise<Int8Array>;
  readonly evidence: Evidence;
}

/**
 * Reads the clips of a split for a network, calls `work` with them, and closes them. Throws `EvaluationError` if there
 * are none or if the network has other labels than its task, and what reading recordings throws.
 */
export async function withSplit<T>(
  { provenance, labels, features: parameters }: Pick<Checkpoint, 'provenance' | 'labels' | 'features'>,
  { data, split, clips: most, partial, resample, threads = availableParallelism(), stage }: SplitOptions,
  work: (clips: SplitClips) => Promise<T>,
): Promise<T> {
  const dataset = openDataset(data);
  const task = trainedTask(provenance.task, labels);
  if (!sameData(task.labels, labels)) {
    throw new EvaluationError(
      `the network has the labels ${labels.join(' ')}, but task ${task.name} has ${task.labels.join(' ')}`,
    );
  }
  const examples = spread(taskExamples(dataset, task, split, provenance.seed, { partial }), most);
  if (examples.length === 0) throw new EvaluationError(`${data}: no ${split} clips for ${task.name}`);
  const pack = await staged(stage, `reading ${split} clips`, examples.length, (onProgress) =>
    packSamples(dataset, examples, { resample, onProgress }),
  );
  try {
    const features = () =>
      staged(stage, `${split} features`, examples.length, (onProgress) =>
        extractFeatures(pack, parameters, { threads, onProgress }),
      );
    const name = `${datasetName(dataset)} ${datasetDigest(dataset)}`;
    return await work({ dataset: name, pack, features, evidence: evidenceOf(task, examples) });
  } finally {
    pack.close();
  }
}

/** Returns `count` of the items at even distances, so that an ordered list keeps all its classes. */
export function spread<T>(items: readonly T[], count = items.length): readonly T[] {
  if (count >= items.length) return items;
  return Array.from({ length: count }, (_, k) => items[Math.floor((k * items.length) / count)]);
}
