import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { SAMPLE_RATE_HZ } from '../../core/audio/index.js';
import type { Split } from '../../core/dataset/index.js';
import { detectedWords, operatingPointOf, type PointChanges } from '../../core/detection/index.js';
import type { OperatingPoint, QuantizedNetwork } from '../../core/quantization/index.js';
import { staged } from '../../core/stage.js';
import { type Voices, voicesOf } from '../../core/statistics/index.js';
import { datasetDigest, datasetName } from '../../dataset/index.js';
import { openKernel, readModel } from '../../model/index.js';
import { intervalsOf, type OutcomeIntervals } from './intervals.js';
import { listenToStreams, type StreamAnswers } from './listen-threads.js';
import { type PreparedStreams, prepareStreams, type StreamSource, soundsOf } from './prepare.js';
import { Replay } from './replay.js';
import { type StreamOutcome, StreamScorer, type Sweep } from './score.js';
import type { StreamSounds } from './sounds.js';

export interface StreamEvaluationOptions extends StreamSource {
  /** Path of a model.spkw or model.wasm. */
  readonly model: string;
  /** Changes of the model's operating point. */
  readonly point?: PointChanges;
  /** Default: all cores. */
  readonly threads?: number;
}

/** One point of the curve of misses against false accepts. */
export interface CurvePoint {
  /** [class], as in an operating point. */
  readonly thresholds: readonly number[];
  readonly missRate: number;
  readonly falseAcceptsPerHour: number;
}

/** Figures on dense streams, with what is behind them. */
export interface StreamFigures extends Omit<StreamOutcome, 'perLabel'>, OutcomeIntervals {
  /** Number of spoken words that are not keywords of the model. */
  readonly otherWords: number;
  /** The clips of the keywords and of the other words that were played, each counted once. */
  readonly keywordVoices: Voices;
  readonly otherVoices: Voices;
  /** Keywords that were never spoken, because the split has no clips of them. */
  readonly missingWords: readonly string[];
}

/** The results of a model on long streams. */
export interface StreamReport extends StreamFigures {
  readonly model: string;
  readonly dataset: string;
  readonly split: Split;
  readonly seed: number;
  readonly snrDb: readonly number[];
  /** The operating point used for the detections, and where it comes from. */
  readonly point: OperatingPoint;
  readonly pointFrom: 'model' | 'default' | 'command line';
  readonly perWord: readonly {
    readonly word: string;
    readonly said: number;
    readonly hits: number;
    readonly falseAccepts: number;
  }[];
  /** Results with the thresholds of `point` moved together, and everything else as it is. */
  readonly curve: readonly CurvePoint[];
  /** Seconds of computing for all streams. */
  readonly seconds: number;
}

/** Runs the front end and the network of a model over planned streams, with an inference every `hop` frames. */
export async function answersTo(
  streams: StreamSounds,
  model: Uint8Array,
  hop: number,
  options: Pick<StreamEvaluationOptions, 'threads' | 'stage'>,
): Promise<StreamAnswers[]> {
  const total = streams.plans.reduce((sum, { samples }) => sum + samples, 0);
  const threads = options.threads ?? availableParallelism();
  return staged(options.stage, 'listening, seconds', Math.round(total / SAMPLE_RATE_HZ), (onProgress) =>
    listenToStreams({ model, streams, hop }, { threads, onProgress }),
  );
}

/** Returns the counts of every keyword with its name. */
export function perWordOf(labels: readonly string[], { perLabel }: StreamOutcome): StreamReport['perWord'] {
  return labels.flatMap((word, label) =>
    perLabel[label].said === 0 && perLabel[label].falseAccepts === 0 ? [] : [{ word, ...perLabel[label] }],
  );
}

function curveOf({ thresholds, outcomes }: Sweep): CurvePoint[] {
  return outcomes.map(({ missRate, falseAcceptsPerHour }, k) => {
    return { thresholds: thresholds[k], missRate, falseAcceptsPerHour };
  });
}

/** Returns the clips and speakers of the words that are keywords, or of those that are not. */
function voicesBehind({ plans, clips }: PreparedStreams, areKeywords: boolean): Voices {
  const spoken = plans.flatMap((plan) => plan.spoken).filter(({ label }) => label >= 0 === areKeywords);
  return voicesOf(spoken.map(({ clip }) => clips[clip]));
}

/** Returns the figures of an outcome on all streams, for these keywords with their labels. */
export function figuresOf(
  { perLabel, ...totals }: StreamOutcome,
  prepared: PreparedStreams,
  keywords: ReadonlyMap<string, number>,
): StreamFigures {
  const spoken = prepared.plans.flatMap((plan) => plan.spoken);
  return {
    ...totals,
    ...intervalsOf(totals),
    otherWords: spoken.filter(({ label }) => label < 0).length,
    keywordVoices: voicesBehind(prepared, true),
    otherVoices: voicesBehind(prepared, false),
    missingWords: [...keywords].filter(([, label]) => perLabel[label].said === 0).map(([word]) => word),
  };
}

/** Returns where the operating point of a report comes from. */
export function pointFrom(network: QuantizedNetwork, changes: PointChanges = {}): StreamReport['pointFrom'] {
  if (Object.values(changes).some((value) => value !== undefined)) return 'command line';
  return network.detection === undefined ? 'default' : 'model';
}

/**
 * Makes streams from the recordings of a split, runs a model over them, and counts hits, misses and false accepts.
 * Throws `ModelError`, `DatasetError`, `RecordingError`, or `DetectionError` for an operating point out of range.
 */
export async function evaluateStreams(options: StreamEvaluationOptions): Promise<StreamReport> {
  const { content, network } = readModel(options.model);
  const point = operatingPointOf(network, options.point);
  const keywords = detectedWords(network.labels, point);
  const prepared = await prepareStreams(keywords, options);
  try {
    const began = performance.now();
    const answers = await answersTo(soundsOf(prepared), content, point.hop, options);
    const seconds = (performance.now() - began) / 1000;
    const replay = new Replay(openKernel(content), answers);
    replay.use(point);
    const scorer = new StreamScorer(replay, prepared.plans);
    const outcome = scorer.outcome(point.thresholds);
    return {
      model: basename(options.model),
      dataset: `${datasetName(prepared.dataset)} ${datasetDigest(prepared.dataset)}`,
      split: options.split,
      seed: options.seed,
      snrDb: options.snrDb,
      ...figuresOf(outcome, prepared, keywords),
      point,
      pointFrom: pointFrom(network, options.point),
      perWord: perWordOf(network.labels, outcome),
      curve: curveOf(scorer.sweep(point.thresholds)),
      seconds,
    };
  } finally {
    prepared.pack.close();
  }
}
