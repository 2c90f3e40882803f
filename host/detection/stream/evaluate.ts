import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { detectedWords, operatingPointOf, type PointChanges } from '../../core/detection/index.js';
import type { OperatingPoint } from '../../core/quantization/index.js';
import { datasetDigest, datasetName, type Split } from '../../dataset/index.js';
import { openKernel, readModel } from '../../model/index.js';
import { listenToStreams, type StreamAnswers } from './listen-threads.js';
import { type PreparedStreams, prepareStreams, type StreamSource } from './prepare.js';
import { type CurvePoint, type StreamOutcome, StreamScorer } from './score.js';

export interface StreamEvaluationOptions extends StreamSource {
  /** Path of a model.spkw or model.wasm. */
  readonly model: string;
  /** Changes of the model's operating point. */
  readonly point?: PointChanges;
  /** Default: all cores. */
  readonly threads?: number;
}

/** The results of a model on long streams. */
export interface StreamReport extends Omit<StreamOutcome, 'perLabel'> {
  readonly model: string;
  readonly dataset: string;
  readonly split: Split;
  readonly seed: number;
  readonly snrDb: readonly number[];
  /** Number of spoken words that are not keywords of the model. */
  readonly otherWords: number;
  /** The operating point used for the detections, and where it comes from. */
  readonly point: OperatingPoint;
  readonly pointFrom: 'model' | 'default' | 'command line';
  readonly perWord: readonly {
    readonly word: string;
    readonly said: number;
    readonly hits: number;
    readonly falseAccepts: number;
  }[];
  /** Results for each threshold, with everything else as in `point`. */
  readonly curve: readonly CurvePoint[];
  /** Seconds of computing for all streams. */
  readonly seconds: number;
}

/** Runs the front end and the network of a model over prepared streams, with an inference every `hop` frames. */
export async function answersTo(
  prepared: PreparedStreams,
  model: Uint8Array,
  hop: number,
  options: Pick<StreamEvaluationOptions, 'threads' | 'stage' | 'hours'>,
): Promise<StreamAnswers[]> {
  const { pack, noises, plans } = prepared;
  const bar = options.stage?.('listening, seconds', Math.round(options.hours * 3600));
  try {
    const task = { model, pack: pack.descriptor(), noises, plans, hop };
    const threads = options.threads ?? availableParallelism();
    return await listenToStreams(task, { threads, onProgress: (seconds) => bar?.update(seconds) });
  } finally {
    bar?.stop();
  }
}

/** Returns the counts of every keyword with its name. */
export function perWordOf(labels: readonly string[], { perLabel }: StreamOutcome): StreamReport['perWord'] {
  return labels.flatMap((word, label) =>
    perLabel[label].said === 0 && perLabel[label].falseAccepts === 0 ? [] : [{ word, ...perLabel[label] }],
  );
}

/**
 * Makes streams from the recordings of a split, runs a model over them, and counts hits, misses and false accepts.
 * Throws `ModelError`, `DatasetError`, `WavError`, or `DetectionError` for an operating point out of range.
 */
export async function evaluateStreams(options: StreamEvaluationOptions): Promise<StreamReport> {
  const { content, network } = readModel(options.model);
  const point = operatingPointOf(network, options.point);
  const prepared = await prepareStreams(detectedWords(network.labels, point), options);
  try {
    const began = performance.now();
    const answers = await answersTo(prepared, content, point.hop, options);
    const seconds = (performance.now() - began) / 1000;
    const scorer = new StreamScorer(openKernel(content), prepared.plans, answers);
    scorer.use(point);
    const outcome = scorer.outcome(point.thresholds);
    const { perLabel: _, ...totals } = outcome;
    const overridden = Object.values(options.point ?? {}).some((value) => value !== undefined);
    const spoken = prepared.plans.flatMap((plan) => plan.spoken);
    return {
      model: basename(options.model),
      dataset: `${datasetName(prepared.dataset)} ${datasetDigest(prepared.dataset)}`,
      split: options.split,
      seed: options.seed,
      snrDb: options.snrDb,
      ...totals,
      otherWords: spoken.filter(({ label }) => label < 0).length,
      point,
      pointFrom: overridden ? 'command line' : network.detection === undefined ? 'default' : 'model',
      perWord: perWordOf(network.labels, outcome),
      curve: scorer.curve(point.thresholds),
      seconds,
    };
  } finally {
    prepared.pack.close();
  }
}
