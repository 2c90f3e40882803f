import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type OperatingPoint, type QuantizedNetwork, quantizeNetwork } from '../core/quantization/index.js';
import type { Stage } from '../core/stage.js';
import { comparisonPoint, figuresOnStreams, type StreamFigures, type ValidationStreams } from '../detection/index.js';
import { readCheckpoint, readModel } from '../model/index.js';
import { expandHome } from '../system/index.js';
import { openValidationStreams } from './best-epoch.js';
import type { TrainingConfig } from './config.js';

/** What a network did in validation streams before it learnt from mistakes, and what it does after that. */
export interface BeforeAfter {
  /** Path of the model whose thresholds are used for both; null: a threshold of 0.5 for every word. */
  readonly thresholdsOf: string | null;
  readonly before: StreamFigures;
  readonly after: StreamFigures;
}

interface Options {
  readonly threads: number;
  readonly stage?: Stage;
}

/**
 * Lets the network that a training with mistakes starts from listen to the validation streams. Returns a function that
 * does the same with the trained network, given its checkpoint; null if there is nothing to compare: no mistakes, no
 * network to start from, or one with other labels or without spikes, or no streams. The thresholds are those of the
 * model beside the checkpoint to start from, if it was tuned. Throws what reading these files and recordings throws.
 */
export async function compareBeforeAfter(
  config: TrainingConfig,
  labels: readonly string[],
  streams: ValidationStreams | null,
  options: Options,
): Promise<((checkpoint: string) => Promise<BeforeAfter>) | null> {
  if (config.mistakes === undefined || config.from === undefined) return null;
  const path = expandHome(config.from.file);
  const checkpoint = readCheckpoint(path);
  if (checkpoint.labels.join() !== labels.join() || checkpoint.spec.neuron === 'relu') return null;
  const heard = streams ?? (await openValidationStreams({ ...config, bestOn: 'streams' }, options.stage));
  if (heard === null) return null;
  const tuned = tunedModelBeside(path, labels);
  const figuresOf = (network: QuantizedNetwork): Promise<StreamFigures> =>
    figuresOnStreams(network, heard, tuned === null ? comparisonPoint(network) : pointFor(network, tuned), options);
  const before = await figuresOf(quantizeNetwork(checkpoint));
  return async (trained) => {
    const after = await figuresOf(quantizeNetwork(readCheckpoint(trained)));
    return { thresholdsOf: tuned?.path ?? null, before, after };
  };
}

interface TunedModel {
  readonly path: string;
  /** The value of one unit of its scores, which its operating point depends on. */
  readonly scale: number;
  readonly point: OperatingPoint;
}

/**
 * Returns the model beside a checkpoint, if it is of these words and tuned: `model.spkw`, as `quantize` calls it in a
 * run, or one with the checkpoint's name, as bundled models and wake words have.
 */
function tunedModelBeside(checkpoint: string, labels: readonly string[]): TunedModel | null {
  const path = [join(dirname(checkpoint), 'model.spkw'), checkpoint.replace(/\.safetensors$/, '.spkw')].find(
    existsSync,
  );
  if (path === undefined) return null;
  const { network } = readModel(path);
  if (network.detection === undefined || network.labels.join() !== labels.join()) return null;
  return { path, scale: network.classifier.scale, point: network.detection };
}

/** Returns the operating point of a model for another network, whose scores have another unit. */
function pointFor({ classifier }: QuantizedNetwork, { scale, point }: TunedModel): OperatingPoint {
  return { ...point, factor: Math.max(1, Math.round((point.factor * classifier.scale) / scale)) };
}
