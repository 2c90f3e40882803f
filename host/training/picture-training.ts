import { type Stage, staged } from '../core/stage.js';
import type { Task } from '../dataset/index.js';
import { AugmentedPictures, evidenceOfPictures, openPictures, PLAIN_FEATURES } from '../pictures/index.js';
import { expandHome, TrainingConfigError } from '../system/index.js';
import { readBeginning, readTeacher } from './beginning.js';
import type { TrainingConfig } from './config.js';
import { fixedFeatures } from './feature-source.js';
import type { TrainingData } from './training-data.js';

/** Reads the pictures of a configuration. Throws `DatasetError` or `TrainingConfigError`. */
export async function pictureTraining(
  config: TrainingConfig,
  { name, labels }: Task,
  stage: Stage | undefined,
): Promise<TrainingData> {
  const { augmentation, batchSize, seed } = config;
  const folder = await staged(stage, 'reading pictures', 1, async () => openPictures(expandHome(config.data), name));
  const { training, validation } = folder;
  if (training.labels.length < batchSize) {
    throw new TrainingConfigError(
      `training: a batch has ${batchSize} pictures, but there are only ${training.labels.length} for training (use a smaller --batch)`,
    );
  }
  const { crop, flip, mixup } = augmentation.pictures!;
  const evidence = evidenceOfPictures(labels, validation);
  const source =
    crop < 1 || flip > 0
      ? new AugmentedPictures(training.features, { crop, flip, mixup }, seed)
      : fixedFeatures(training.features);
  const beginning = readBeginning(config, labels);
  return {
    dataset: {
      name: folder.name,
      digest: folder.digest,
      trainingClips: training.labels.length,
      validationClips: validation.labels.length,
      validation: evidence,
    },
    labels,
    features: beginning?.features ?? PLAIN_FEATURES,
    beginning: beginning?.parameters ?? null,
    teacher: readTeacher(config, labels),
    training: { source, labels: training.labels, mixup },
    validation: { features: validation.features, labels: validation.labels },
    evidence,
    streams: null,
    close: () => source.close(),
  };
}
