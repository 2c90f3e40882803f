import type { FeatureParameters } from '../core/features/index.js';
import type { Parameters } from '../core/network/index.js';
import { type Stage, staged } from '../core/stage.js';
import { augments } from '../core/training/index.js';
import {
  datasetDigest,
  datasetName,
  loadBackgroundNoise,
  loadNoiseOfSplit,
  openDataset,
  packSamples,
  type Split,
  taskExamples,
  taskOn,
} from '../dataset/index.js';
import { extractFeatures, fitOnPack } from '../features/index.js';
import { expandHome, TrainingConfigError } from '../system/index.js';
import { readBeginning } from './beginning.js';
import type { TrainingConfig } from './config.js';
import {
  AugmentedFeatures,
  type AugmentedFeaturesOptions,
  type FeatureSource,
  fixedFeatures,
} from './feature-source.js';
import { type LiveExamples, liveExamples } from './live-examples.js';

/** The recordings of a run, without their path. */
export interface DatasetDescription {
  readonly name: string;
  /** Of the clip list; the same recordings give the same digest anywhere. */
  readonly digest: string;
  readonly trainingClips: number;
  readonly validationClips: number;
}

/** What a training reads: clips as features and labels. */
export interface TrainingData {
  readonly dataset: DatasetDescription;
  readonly labels: readonly string[];
  readonly features: FeatureParameters;
  /** The weights to begin with; null: random ones. */
  readonly beginning: Parameters | null;
  readonly training: { readonly source: FeatureSource; readonly labels: Int32Array };
  /** Not augmented, but for a live task windows of a stream, the same in every epoch; int8, [clip][frame][coefficient]. */
  readonly validation: { readonly features: Int8Array; readonly labels: Int32Array };
}

/** A batch of fewer clips has no variance to normalise by. */
const SMALLEST_BATCH = 2;

/**
 * A configuration whose batch size nobody chose, with a batch of all training clips where there are fewer than that.
 * Lists the recordings; throws `DatasetError` or `UsageError`.
 */
export function fitBatch(config: TrainingConfig): TrainingConfig {
  const dataset = openDataset(expandHome(config.data));
  const clips = taskExamples(dataset, taskOn(dataset, config.task), 'training', config.seed).length;
  return { ...config, batchSize: Math.max(SMALLEST_BATCH, Math.min(config.batchSize, clips)) };
}

/**
 * Reads the recordings of a configuration, fits the feature normalisation on the training split, or takes that of the
 * network it begins with, and computes the validation features. Throws `DatasetError`, `WavError`,
 * `NetworkError` or `TrainingConfigError`.
 */
export async function openTrainingData(
  config: TrainingConfig,
  options: { readonly threads: number; readonly stage?: Stage },
): Promise<TrainingData> {
  const { seed, resample, augmentation, network } = config;
  const { threads, stage } = options;
  const dataset = openDataset(expandHome(config.data));
  const task = taskOn(dataset, config.task);
  if (task.labels.length !== network.classes) {
    throw new TrainingConfigError(
      `training: network.classes is ${network.classes}, task ${task.name} has ${task.labels.length} labels`,
    );
  }
  const beginning = readBeginning(config, task.labels);
  const { live } = augmentation;
  if (live !== undefined && !task.live) {
    throw new TrainingConfigError(`training: augmentation.live is for live tasks, ${task.name} is none`);
  }
  const examplesOf = (split: Split): LiveExamples => {
    const examples = taskExamples(dataset, task, split, seed);
    return live ? liveExamples(task, examples, live, seed) : { examples, kinds: new Uint8Array() };
  };
  const { examples: training, kinds } = examplesOf('training');
  const { examples: validation, kinds: validationKinds } = examplesOf('validation');
  if (training.length < config.batchSize) {
    throw new TrainingConfigError(
      `training: a batch of ${config.batchSize} clips, but only ${training.length} training clips (use --batch)`,
    );
  }

  const pack = await staged(stage, 'reading training clips', training.length, (onProgress) =>
    packSamples(dataset, training, { onProgress, resample }),
  );
  const validationPack = await staged(stage, 'reading validation clips', validation.length, (onProgress) =>
    packSamples(dataset, validation, { onProgress, resample }),
  );
  const features =
    beginning?.features ??
    (await staged(stage, 'fitting features', training.length, (onProgress) =>
      fitOnPack(pack, network.input.frames, { threads, onProgress }),
    ));
  const validationFeatures = await staged(stage, 'validation features', validation.length, async (onProgress) =>
    live
      ? windowsOnce({
          pack: validationPack,
          parameters: features,
          settings: augmentation,
          seed,
          noises: await loadNoiseOfSplit(dataset, 'validation', { resample }),
          kinds: validationKinds,
          threads,
        })
      : extractFeatures(validationPack, features, { threads, onProgress }),
  );
  validationPack.close();
  const noisesOf = (): Promise<Int16Array[]> =>
    live ? loadNoiseOfSplit(dataset, 'training', { resample }) : loadBackgroundNoise(dataset, { resample });
  const source = augments(augmentation)
    ? new AugmentedFeatures({
        pack,
        parameters: features,
        settings: augmentation,
        seed,
        noises: live || augmentation.noise > 0 ? await noisesOf() : [],
        kinds,
        threads,
      })
    : fixedFeatures(
        await staged(stage, 'training features', training.length, (onProgress) =>
          extractFeatures(pack, features, { threads, onProgress }),
        ),
      );
  return {
    dataset: {
      name: datasetName(dataset),
      digest: datasetDigest(dataset),
      trainingClips: training.length,
      validationClips: validation.length,
    },
    labels: task.labels,
    features,
    beginning: beginning?.parameters ?? null,
    training: { source, labels: pack.labels },
    validation: { features: validationFeatures, labels: validationPack.labels },
  };
}

/** The windows of one epoch: what a network that listens is validated on, in noise that no training has heard. */
async function windowsOnce(options: AugmentedFeaturesOptions): Promise<Int8Array> {
  const source = new AugmentedFeatures(options);
  try {
    return await source.epoch(0);
  } finally {
    await source.close();
  }
}
