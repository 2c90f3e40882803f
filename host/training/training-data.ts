import { basename, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { UNKNOWN } from '../core/dataset/index.js';
import type { FeatureParameters } from '../core/features/index.js';
import type { Checkpoint, Parameters } from '../core/network/index.js';
import { Random } from '../core/random.js';
import { type Stage, staged } from '../core/stage.js';
import type { Evidence } from '../core/statistics/index.js';
import { augments } from '../core/training/index.js';
import {
  type AmbientFolder,
  type AmbientPackDescriptor,
  ambientDigest,
  ambientName,
  type Dataset,
  datasetDigest,
  datasetName,
  type Example,
  evidenceOf,
  loadBackgroundNoise,
  loadNoiseOfSplit,
  type Mistakes,
  mistakeExamples,
  mistakesDigest,
  openAmbient,
  openDataset,
  openMistakes,
  packAmbient,
  packSamples,
  resolveTask,
  type SamplePack,
  type Task,
  taskExamples,
  taskOn,
} from '../dataset/index.js';
import type { ValidationStreams } from '../detection/index.js';
import { extractFeatures, fitOnPack } from '../features/index.js';
import { expandHome, TrainingConfigError } from '../system/index.js';
import { readBeginning, readTeacher } from './beginning.js';
import { openValidationStreams } from './best-epoch.js';
import type { TrainingConfig } from './config.js';
import {
  AugmentedFeatures,
  type AugmentedFeaturesOptions,
  type FeatureSource,
  fixedFeatures,
} from './feature-source.js';
import { ambientWindows, countWords, type LiveExamples, liveExamples } from './live-examples.js';
import { pictureTraining } from './picture-training.js';

/** The recordings of a run, without their path. */
export interface DatasetDescription {
  readonly name: string;
  /** Digest of the list of clips; the same recordings give the same digest on any machine. */
  readonly digest: string;
  readonly trainingClips: number;
  readonly validationClips: number;
  /** What is behind the figures on validation; runs of earlier versions do not say. */
  readonly validation?: Evidence;
  /** Folders of ambient sound, with digests of the lists of their recordings for training and, if heard, validation. */
  readonly ambient?: readonly { readonly name: string; readonly digest: string; readonly validationDigest?: string }[];
  /** Folders of kept sounds, with digests of those that are reviewed. */
  readonly mistakes?: readonly { readonly name: string; readonly digest: string }[];
}

/** The data that a training reads: clips as features and labels. */
export interface TrainingData {
  readonly dataset: DatasetDescription;
  readonly labels: readonly string[];
  readonly features: FeatureParameters;
  /** The weights to start from; null: random weights. */
  readonly beginning: Parameters | null;
  /** The network to learn from; null: there is none. */
  readonly teacher: Checkpoint | null;
  readonly training: {
    readonly source: FeatureSource;
    readonly labels: Int32Array;
    /** See `trainEpoch`. */
    readonly mixup?: number;
  };
  /**
   * int8 features, [clip][frame][coefficient], the same in every epoch: clips without augmentation or, for a live task,
   * windows of a stream.
   */
  readonly validation: { readonly features: Int8Array; readonly labels: Int32Array };
  /** What is behind the figures on validation. */
  readonly evidence: Evidence;
  /** The streams on which epochs are compared; null: they are compared by their accuracy. */
  readonly streams: ValidationStreams | null;
  /** Ends the threads that make features, and closes the recordings. */
  close(): Promise<void>;
}

/** Batch norm needs a variance, which one clip alone does not have. */
const SMALLEST_BATCH = 2;

/**
 * Returns a configuration whose batch size is at most the number of training clips, for when the user has not chosen
 * one. Lists the recordings; throws `DatasetError` or `UsageError`.
 */
export function fitBatch(config: TrainingConfig): TrainingConfig {
  if (resolveTask(config.task).pictures) return config;
  const dataset = openDataset(expandHome(config.data));
  const clips = trainingExamples(config, dataset, taskOn(dataset, config.task)).length;
  return { ...config, batchSize: Math.max(SMALLEST_BATCH, Math.min(config.batchSize, clips)) };
}

/** Returns the dataset's examples for training: all of them, or the configuration's share of each class. */
function trainingExamples({ seed, share = 1 }: TrainingConfig, dataset: Dataset, task: Task): Example[] {
  const all = taskExamples(dataset, task, 'training', seed);
  if (share === 1) return all;
  return task.labels.flatMap((_, label) => {
    const ofLabel = all.filter((example) => example.label === label);
    return new Random(seed, SHARE_STREAM, label).shuffle(ofLabel).slice(0, Math.ceil(share * ofLabel.length));
  });
}

/** Keeps the draw of clips apart from all others of a seed. */
const SHARE_STREAM = 0x5348;

interface OpenOptions {
  readonly threads: number;
  readonly stage?: Stage;
}

/**
 * Reads the recordings of a configuration and computes the validation features. The feature normalisation is fitted on
 * the training split, or is that of the network to start from or to learn from. Throws `DatasetError`,
 * `RecordingError`, `NetworkError` or `TrainingConfigError`.
 */
export async function openTrainingData(config: TrainingConfig, options: OpenOptions): Promise<TrainingData> {
  const { seed, augmentation, network } = config;
  const named = resolveTask(config.task);
  if (named.labels.length !== network.classes) {
    throw new TrainingConfigError(
      `training: network.classes is ${network.classes}, but task ${named.name} has ${named.labels.length} labels; the numbers must be equal`,
    );
  }
  if (named.pictures) return pictureTraining(config, named, options.stage);
  const dataset = openDataset(expandHome(config.data));
  const task = taskOn(dataset, config.task);
  const beginning = readBeginning(config, task.labels);
  const teacher = readTeacher(config, task.labels);
  if (beginning !== null && teacher !== null && !isDeepStrictEqual(beginning.features, teacher.features)) {
    throw new TrainingConfigError(
      `training: ${config.teacher?.file} hears other features than ${config.from?.file}: their normalisation differs`,
    );
  }
  const { live } = augmentation;
  if (live !== undefined && !task.live) {
    throw new TrainingConfigError(
      `training: augmentation.live is only for live tasks, and ${task.name} is not one; remove augmentation.live from the configuration`,
    );
  }
  const mistakes = config.mistakes?.map((folder) => openMistakes(expandHome(folder), task)) ?? [];
  const validationClips = taskExamples(dataset, task, 'validation', seed);
  const evidence = evidenceOf(task, validationClips);
  const own = trainingExamples(config, dataset, task);
  const words = countWords(task, own);
  const further = mistakeExamples(mistakes, words, config.mistakesWeight ?? 0);
  const windowsOf = (examples: readonly Example[]): LiveExamples =>
    live ? liveExamples(task, examples, live, seed) : { examples, kinds: new Uint8Array() };
  const { examples: training, kinds } = windowsOf([...own, ...further]);
  const { examples: validation, kinds: validationKinds } = windowsOf(validationClips);
  if (training.length < config.batchSize) {
    throw new TrainingConfigError(
      `training: a batch has ${config.batchSize} clips, but there are only ${training.length} training clips (use a smaller --batch)`,
    );
  }

  const packed = async (name: string, examples: readonly Example[]): Promise<SamplePack> =>
    staged(options.stage, `reading ${name} clips`, examples.length, (onProgress) =>
      packSamples(dataset, examples, { onProgress, resample: config.resample }),
    );
  const ambient = await openAmbientSound(config, task, words, options);
  const streams = await openValidationStreams(config, options.stage);
  const pack = await packed('training', training);
  try {
    const validationPack = await packed('validation', validation);
    try {
      const clips = { dataset, labels: task.labels, beginning, teacher, pack, kinds, validationPack, validationKinds };
      return await computeFeatures(config, { ...clips, validation: evidence, mistakes, ambient, streams }, options);
    } finally {
      validationPack.close();
    }
  } catch (error) {
    pack.close();
    throw error;
  }
}

/** Decoded ambient sound, and its windows in every epoch. */
interface AmbientSound {
  readonly folders: readonly AmbientFolder[];
  readonly pack: AmbientPackDescriptor;
  readonly kinds: Uint8Array;
  readonly labels: Int32Array;
}

/** Reads the ambient sound of a configuration; null if it has none. `words` is the number of examples of words. */
async function openAmbientSound(
  { ambient, augmentation: { live }, resample }: TrainingConfig,
  task: Task,
  words: number,
  { stage }: OpenOptions,
): Promise<AmbientSound | null> {
  if (ambient === undefined || live === undefined) return null;
  const folders = ambient.map((folder) => openAmbient(expandHome(folder)));
  const recordings = folders.reduce((sum, { files }) => sum + files.length, 0);
  const pack = await staged(stage, 'reading ambient sound', recordings, (onProgress) =>
    packAmbient(folders, { resample, onProgress }),
  );
  pack.close();
  return { folders, pack: pack.descriptor(), ...ambientWindows(task, words, live, pack) };
}

/** The decoded clips for training and validation. */
interface Clips {
  readonly dataset: Dataset;
  readonly labels: readonly string[];
  /** The network to start from; null: random weights. */
  readonly beginning: Checkpoint | null;
  readonly teacher: Checkpoint | null;
  readonly pack: SamplePack;
  readonly kinds: Uint8Array;
  readonly validationPack: SamplePack;
  readonly validationKinds: Uint8Array;
  readonly mistakes: readonly Mistakes[];
  readonly validation: Evidence;
  readonly ambient: AmbientSound | null;
  readonly streams: ValidationStreams | null;
}

/** Computes the features of a run. The training clips stay open until the data are closed. */
async function computeFeatures(config: TrainingConfig, clips: Clips, options: OpenOptions): Promise<TrainingData> {
  const { seed, resample, augmentation, network } = config;
  const { dataset, labels, beginning, teacher, pack, kinds, validationPack, validationKinds, validation } = clips;
  const { mistakes, ambient, streams } = clips;
  const { threads, stage } = options;
  const { live } = augmentation;
  const features =
    (beginning ?? teacher)?.features ??
    (await staged(stage, 'fitting features', pack.count, (onProgress) =>
      fitOnPack(pack, network.input.frames, { threads, onProgress }),
    ));
  const validationFeatures = await staged(stage, 'validation features', validationPack.count, async (onProgress) =>
    live
      ? windowsOnce({
          pack: validationPack,
          parameters: features,
          settings: augmentation,
          seed,
          noises: await loadNoiseOfSplit(dataset, 'validation', { resample }),
          kinds: validationKinds,
          unknown: labels.indexOf(UNKNOWN),
          threads,
        })
      : extractFeatures(validationPack, features, { threads, onProgress }),
  );
  const noisesOf = (): Promise<Int16Array[]> =>
    live ? loadNoiseOfSplit(dataset, 'training', { resample }) : loadBackgroundNoise(dataset, { resample });
  const source = augments(augmentation)
    ? await AugmentedFeatures.start({
        pack,
        parameters: features,
        settings: augmentation,
        seed,
        noises: live || augmentation.noise > 0 ? await noisesOf() : [],
        kinds: Uint8Array.from([...kinds, ...(ambient?.kinds ?? [])]),
        unknown: labels.indexOf(UNKNOWN),
        ambient: ambient?.pack,
        threads,
      })
    : fixedFeatures(
        await staged(stage, 'training features', pack.count, (onProgress) =>
          extractFeatures(pack, features, { threads, onProgress }),
        ),
      );
  const trainingLabels = Int32Array.from([...pack.labels, ...(ambient?.labels ?? [])]);
  return {
    dataset: {
      name: datasetName(dataset),
      digest: datasetDigest(dataset),
      trainingClips: trainingLabels.length,
      validationClips: validationPack.count,
      validation,
      ...(ambient !== null && {
        ambient: ambient.folders.map((folder) => describeAmbient(folder, streams)),
      }),
      ...(mistakes.length > 0 && {
        mistakes: mistakes.map((one) => ({ name: basename(resolve(one.folder)), digest: mistakesDigest(one) })),
      }),
    },
    labels,
    features,
    beginning: beginning?.parameters ?? null,
    teacher,
    training: { source, labels: trainingLabels },
    validation: { features: validationFeatures, labels: validationPack.labels },
    evidence: validation,
    streams,
    close: async () => {
      await source.close();
      pack.close();
    },
  };
}

function describeAmbient(folder: AmbientFolder, streams: ValidationStreams | null) {
  const heard = streams?.ambient.find((sounds) => sounds.folder.root === folder.root);
  return {
    name: ambientName(folder),
    digest: ambientDigest(folder),
    ...(heard !== undefined && { validationDigest: ambientDigest(heard.folder) }),
  };
}

/** Computes the windows of one epoch, on which a live network is validated, in noise that is not used for training. */
async function windowsOnce(options: AugmentedFeaturesOptions): Promise<Int8Array> {
  const source = await AugmentedFeatures.start(options);
  try {
    return await source.epoch(0);
  } finally {
    await source.close();
  }
}
