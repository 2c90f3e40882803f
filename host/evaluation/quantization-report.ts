import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { datasetDigest, datasetName, openDataset, packSamples, resolveTask, taskExamples } from '../dataset/index.js';
import { extractFeatures } from '../features/index.js';
import { Kernel } from '../kernel/index.js';
import { encodeModel } from '../model/index.js';
import { type Checkpoint, planNetwork, readCheckpoint } from '../network/index.js';
import {
  type LayerBounds,
  type QuantizedNetwork,
  quantizeNetwork,
  withValidation,
  worstRoundingErrors,
} from '../quantization/index.js';
import { expandHome, RunFolder, TrainingEngine } from '../training/index.js';

/** What became of one layer. */
export interface QuantizedLayerReport {
  readonly name: string;
  readonly channels: number;
  /** Of the convolution and its shortcut. */
  readonly weights: number;
  /** Extremes of the integer thresholds over channels and timesteps. */
  readonly thresholds: readonly [least: number, greatest: number];
  readonly bounds: LayerBounds;
  /** Rounding error of the worst weight, as a fraction of the threshold. */
  readonly worstWeightError: number;
}

/** The same clips, recognised in float and in integers. */
export interface ValidationComparison {
  readonly dataset: string;
  readonly clips: number;
  readonly floatAccuracy: number;
  readonly accuracy: number;
  /** floatAccuracy − accuracy, in percentage points. */
  readonly lossPoints: number;
  /** Fraction of clips on which both name the same class. */
  readonly agreement: number;
}

export interface QuantizationReport {
  readonly checkpoint: string;
  readonly task: string;
  readonly layers: readonly QuantizedLayerReport[];
  /** Null where no recordings were given. */
  readonly validation: ValidationComparison | null;
}

/** A checkpoint and where its recordings were when it was trained. */
export interface QuantizationSource {
  /** Path of the checkpoint. */
  readonly checkpoint: string;
  /** Folder of the recordings of its run; null for a checkpoint by itself. */
  readonly data: string | null;
  readonly resample: boolean;
  /** Where its quantised network goes by default. */
  readonly quantized: string;
}

/** A run folder stands for its best checkpoint; anything else is a checkpoint. Throws `RunError`. */
export function quantizationSource(path: string): QuantizationSource {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    return { checkpoint: path, data: null, resample: false, quantized: join(dirname(path), 'quantized.json') };
  }
  const { run, config } = RunFolder.open(path);
  return {
    checkpoint: run.file('best'),
    data: expandHome(config.data),
    resample: config.resample,
    quantized: join(path, 'quantized.json'),
  };
}

export interface QuantizationOptions {
  /** Threads of the float network and of the feature extraction. */
  readonly threads: number;
  /** Announces a part of the work; the result is told how far it is. */
  stage?(label: string, total: number): { update(done: number): void; stop(): void };
}

/**
 * Quantises a checkpoint and measures what that costs: the validation clips in `source.data` are recognised by the
 * float network (running statistics of batch norm) and by the integer kernel, on the same features.
 * Throws `QuantizationError`, `CheckpointError`, or what reading the recordings throws.
 */
export async function quantizeAndCompare(
  source: QuantizationSource,
  options: QuantizationOptions,
): Promise<{ network: QuantizedNetwork; report: QuantizationReport }> {
  const checkpoint = readCheckpoint(source.checkpoint);
  const network = quantizeNetwork(checkpoint);
  const { task } = checkpoint.provenance;
  const layers = layerReports(checkpoint, network);
  if (source.data === null) {
    return { network, report: { checkpoint: source.checkpoint, task, layers, validation: null } };
  }
  const clips = await validationClips(checkpoint, source.data, source.resample, options);
  const float = await floatPredictions(checkpoint, clips.features, options.threads);
  const integers = kernelPredictions(network, clips.features, options);
  const comparison = comparePredictions(clips.labels, float, integers);
  return {
    network: withValidation(network, comparison.floatAccuracy, comparison.accuracy),
    report: {
      checkpoint: source.checkpoint,
      task,
      layers,
      validation: { dataset: clips.dataset, ...comparison },
    },
  };
}

export function layerReports(checkpoint: Checkpoint, network: QuantizedNetwork): QuantizedLayerReport[] {
  const errors = worstRoundingErrors(checkpoint, network);
  return network.layers.map(({ name, weights, shortcut, bias, thresholds, bounds }, index) => ({
    name,
    channels: bias.length,
    weights: weights.length + (shortcut?.weights.length ?? 0),
    thresholds: [thresholds.reduce((a, b) => Math.min(a, b)), thresholds.reduce((a, b) => Math.max(a, b))],
    bounds,
    worstWeightError: errors[index].ofThreshold,
  }));
}

/** Accuracies of two lists of predictions for the same clips, and how often they agree. */
export function comparePredictions(
  labels: Int32Array,
  float: Int32Array,
  integers: Int32Array,
): Omit<ValidationComparison, 'dataset'> {
  const clips = labels.length;
  const share = (a: Int32Array, b: Int32Array): number => a.filter((value, clip) => value === b[clip]).length / clips;
  const floatAccuracy = share(float, labels);
  const accuracy = share(integers, labels);
  const lossPoints = 100 * (floatAccuracy - accuracy);
  return { clips, floatAccuracy, accuracy, lossPoints, agreement: share(float, integers) };
}

async function validationClips(checkpoint: Checkpoint, data: string, resample: boolean, options: QuantizationOptions) {
  const { provenance, features: parameters } = checkpoint;
  const dataset = openDataset(data);
  const examples = taskExamples(dataset, resolveTask(provenance.task), 'validation', provenance.seed);
  const reading = options.stage?.('reading validation clips', examples.length);
  const pack = await packSamples(dataset, examples, { resample, onProgress: (done) => reading?.update(done) });
  reading?.stop();
  const extracting = options.stage?.('validation features', examples.length);
  const features = await extractFeatures(pack, parameters, {
    threads: options.threads,
    onProgress: (done) => extracting?.update(done),
  });
  extracting?.stop();
  const { labels } = pack;
  pack.close();
  return { dataset: `${datasetName(dataset)} ${datasetDigest(dataset)}`, features, labels };
}

async function floatPredictions({ spec, parameters }: Checkpoint, features: Int8Array, threads: number) {
  const engine = await TrainingEngine.create({
    plan: planNetwork(spec),
    batchSize: 64,
    threads,
    // an engine that only infers takes no step; any optimiser will do
    optimizer: { kind: 'sgd', weightDecay: 0, momentum: 0, beta1: 0, beta2: 0, epsilon: 1e-8, gradientClip: 0 },
  });
  try {
    engine.setParameters(parameters);
    return engine.infer(features).predictions;
  } finally {
    await engine.close();
  }
}

function kernelPredictions(network: QuantizedNetwork, features: Int8Array, options: QuantizationOptions): Int32Array {
  const { frames, coefficients } = network.spec.input;
  const kernel = Kernel.create(encodeModel(network));
  const size = frames * coefficients;
  const clips = features.length / size;
  const progress = options.stage?.('validation in integers', clips);
  const predictions = Int32Array.from({ length: clips }, (_, clip) => {
    progress?.update(clip);
    return kernel.infer(features.subarray(clip * size, (clip + 1) * size)).class;
  });
  progress?.stop();
  return predictions;
}
