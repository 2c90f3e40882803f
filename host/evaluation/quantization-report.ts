import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { encodeModel } from '../core/model/index.js';
import type { Checkpoint } from '../core/network/index.js';
import {
  type LayerBounds,
  type QuantizedNetwork,
  quantizeNetwork,
  thresholdRange,
  withValidation,
  worstRoundingErrors,
} from '../core/quantization/index.js';
import { type Stage, staged } from '../core/stage.js';
import type { Evidence } from '../core/statistics/index.js';
import { resolveTask } from '../dataset/index.js';
import { classifyFeatures, classifyPack, readCheckpoint } from '../model/index.js';
import { evidenceOfPictures, openPictures } from '../pictures/index.js';
import { expandHome } from '../system/index.js';
import { RunFolder } from '../training/index.js';
import { agreementOf, floatPredictions } from './float-predictions.js';
import { withSplit } from './split-clips.js';

/** The results of quantising one layer. */
export interface QuantizedLayerReport {
  readonly name: string;
  readonly channels: number;
  /** Number of weights of the convolution and of a projection. */
  readonly weights: number;
  /** The least and the greatest integer threshold over channels and timesteps. */
  readonly thresholds: readonly [least: number, greatest: number];
  readonly bounds: LayerBounds;
  /** Rounding error of the worst weight, as a fraction of the threshold. */
  readonly worstWeightError: number;
}

/** The results of the float network and of the integer network on the same clips. */
export interface ValidationComparison extends Evidence {
  readonly dataset: string;
  readonly clips: number;
  readonly floatAccuracy: number;
  readonly accuracy: number;
  /** floatAccuracy − accuracy, in percentage points. */
  readonly lossPoints: number;
  /** Fraction of clips for which both give the same class. */
  readonly agreement: number;
}

export interface QuantizationReport {
  readonly checkpoint: string;
  readonly task: string;
  readonly layers: readonly QuantizedLayerReport[];
  /** Null if no recordings were given. */
  readonly validation: ValidationComparison | null;
}

export interface QuantizationOptions {
  /** Folder of recordings for the comparison; default: that of the run, or none for a single checkpoint. */
  readonly data?: string;
  /** Converts recordings at other sample rates instead of refusing them; default: as in the run. */
  readonly resample?: boolean;
  /** Bits of the weights, as in `quantizeNetwork`; default 8. */
  readonly bits?: number;
  /** Threads of the float network and of the feature extraction; default: all cores. */
  readonly threads?: number;
  readonly stage?: Stage;
}

export interface Quantization {
  /** The integer network, with proven bounds and its accuracy on the validation clips. */
  readonly network: QuantizedNetwork;
  readonly report: QuantizationReport;
  /** The folder of the checkpoint, which is the default folder of its model. */
  readonly folder: string;
  /** The recordings that were compared on; null if there were none. */
  readonly data: string | null;
}

/**
 * Quantises a trained network to integers, proves that no intermediate value overflows, and measures the loss of
 * accuracy: the float network (with the running statistics of batch norm) and the integer kernel both recognise the
 * validation clips. `path` is a run folder, from which it takes the best epoch, or a checkpoint (.safetensors). It
 * writes nothing: see `writeModel`. Throws `NetworkError`, `RunError`, or what reading the recordings throws.
 */
export async function quantizeRun(path: string, options: QuantizationOptions = {}): Promise<Quantization> {
  const source = sourceOf(path);
  const checkpoint = readCheckpoint(source.checkpoint);
  const network = quantizeNetwork(checkpoint, { bits: options.bits });
  const { task } = checkpoint.provenance;
  const report = { checkpoint: source.checkpoint, task, layers: layerReports(checkpoint, network) };
  const data = options.data ?? source.data;
  if (data === null) return { network, report: { ...report, validation: null }, folder: source.folder, data };
  const { threads = availableParallelism(), resample = source.resample, stage } = options;
  const validation = await compareOnValidation(checkpoint, network, data, { resample, threads, stage });
  return {
    network: withValidation(network, validation.floatAccuracy, validation.accuracy),
    report: { ...report, validation },
    folder: source.folder,
    data,
  };
}

/** Returns the best checkpoint and the recordings of a run folder. A single checkpoint does not know its recordings. */
function sourceOf(path: string): { checkpoint: string; data: string | null; resample: boolean; folder: string } {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    return { checkpoint: path, data: null, resample: false, folder: dirname(path) };
  }
  const { run, config } = RunFolder.open(path);
  const { resample } = config;
  return { checkpoint: run.file('best'), data: expandHome(config.data), resample, folder: path };
}

function layerReports(checkpoint: Checkpoint, network: QuantizedNetwork): QuantizedLayerReport[] {
  const errors = worstRoundingErrors(checkpoint, network);
  return network.layers.map((layer, index) => ({
    name: layer.name,
    channels: layer.bias.length,
    weights: layer.weights.length + (layer.shortcut?.kind === 'projection' ? layer.shortcut.weights.length : 0),
    thresholds: thresholdRange(layer),
    bounds: layer.bounds,
    worstWeightError: errors[index].ofThreshold,
  }));
}

/** Returns the accuracies of two lists of predictions for the same clips, and how often they agree. */
export function comparePredictions(
  labels: Int32Array,
  float: Int32Array,
  integers: Int32Array,
): Omit<ValidationComparison, 'dataset' | keyof Evidence> {
  const floatAccuracy = agreementOf(float, labels);
  const accuracy = agreementOf(integers, labels);
  return {
    clips: labels.length,
    floatAccuracy,
    accuracy,
    lossPoints: 100 * (floatAccuracy - accuracy),
    agreement: agreementOf(float, integers),
  };
}

/** Recognises the validation clips in `data` with the float network, and from their samples with the kernel. */
async function compareOnValidation(
  checkpoint: Checkpoint,
  network: QuantizedNetwork,
  data: string,
  { resample, threads, stage }: { resample: boolean; threads: number; stage: Stage | undefined },
): Promise<ValidationComparison> {
  const { task } = checkpoint.provenance;
  if (resolveTask(task).pictures) return compareOnPictures(checkpoint, network, data, { threads, stage });
  return withSplit(checkpoint, { data, split: 'validation', resample, threads, stage }, async (split) => {
    const { dataset, pack, evidence } = split;
    const features = await split.features();
    const clips = pack.count;
    const float = await staged(stage, 'float network', clips, () => floatPredictions(checkpoint, features, threads));
    const { classes } = await staged(stage, 'kernel', clips, (onProgress) =>
      classifyPack(encodeModel(network), pack, { threads, onProgress }),
    );
    return { dataset, ...comparePredictions(pack.labels, float, classes), ...evidence };
  });
}

/** The same for pictures, which both read as features. */
async function compareOnPictures(
  checkpoint: Checkpoint,
  network: QuantizedNetwork,
  data: string,
  { threads, stage }: { threads: number; stage: Stage | undefined },
): Promise<ValidationComparison> {
  const { provenance, labels: names } = checkpoint;
  const { name, digest, validation } = await staged(stage, 'reading pictures', 1, async () =>
    openPictures(data, provenance.task),
  );
  const { features, labels } = validation;
  const float = await staged(stage, 'float network', labels.length, () =>
    floatPredictions(checkpoint, features, threads),
  );
  const { classes } = await staged(stage, 'kernel', labels.length, (onProgress) =>
    classifyFeatures(encodeModel(network), features, { threads, onProgress }),
  );
  return {
    dataset: `${name} ${digest}`,
    ...comparePredictions(labels, float, classes),
    ...evidenceOfPictures(names, validation),
  };
}
