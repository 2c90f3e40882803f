import { FRAME_MS } from '../audio/index.js';
import { DetectionError } from '../error.js';
import { ownHop, planNetwork } from '../network/index.js';
import {
  factorOf,
  keywordIndices,
  type OperatingPoint,
  operatingPointFault,
  type QuantizedNetwork,
  thresholdOf,
} from '../quantization/index.js';

/** What a user may change about an operating point; everything else stays. */
export interface PointChanges {
  /** Milliseconds from one inference to the next, a multiple of 20. */
  readonly hopMs?: number;
  /** Milliseconds over which probabilities are averaged. */
  readonly averageMs?: number;
  /** Least average probability of every word, above 0, at most 1. */
  readonly threshold?: number;
  readonly minimumCount?: number;
  /** Milliseconds after a detection without another. */
  readonly suppressionMs?: number;
  /** False accepts per hour, between the first and the last of the model's curve. */
  readonly falseAccepts?: number;
  /** The words that are detected; all others count as other words. */
  readonly words?: readonly string[];
}

/**
 * The operating point of a model that was not tuned, for which false accepts are better than no detection at all. On
 * ten hours of validation streams at 10 dB a network of 78 k weights that classifies clips missed 18 % of eight words
 * with it, at 18 false accepts per hour. An inference every 40 ms costs less than 1 % of a core. The classic choice,
 * 1000 ms with 1500 ms of suppression, detects late and has more false accepts.
 */
const DEFAULT = { hopMs: 40, averageMs: 500, threshold: 0.7, minimumCount: 3, suppressionMs: 750 } as const;

/** The words that are detected, with their labels. */
export function detectedWords(labels: readonly string[], { thresholds }: OperatingPoint): Map<string, number> {
  return new Map([...labels.entries()].filter(([k]) => thresholds[k] > 0).map(([k, word]) => [word, k]));
}

/** Inferences in a time: at least one. */
const averaged = (ms: number, hop: number): number => Math.max(1, Math.floor(ms / (hop * FRAME_MS)));
const suppressed = (ms: number, hop: number): number => Math.ceil(ms / (hop * FRAME_MS));

type Detecting = Pick<QuantizedNetwork, 'labels' | 'spec' | 'detection' | 'classifier'>;

function defaultPoint({ labels, spec, classifier }: Detecting): OperatingPoint {
  const hop = ownHop(planNetwork(spec)) ?? DEFAULT.hopMs / FRAME_MS;
  const words = new Set(keywordIndices(labels));
  return {
    hop,
    average: averaged(DEFAULT.averageMs, hop),
    minimumCount: DEFAULT.minimumCount,
    suppression: suppressed(DEFAULT.suppressionMs, hop),
    factor: factorOf(classifier.scale),
    thresholds: labels.map((_, k) => (words.has(k) ? thresholdOf(DEFAULT.threshold) : 0)),
    curve: [],
  };
}

/**
 * Returns the thresholds for a rate of false accepts: linear in the logarithm of the rate between two points of the
 * model's curve. Throws `DetectionError` if there is no curve, or for a rate outside it.
 */
export function thresholdsFor(
  { curve }: OperatingPoint,
  falseAccepts: number,
): { missRate: number; thresholds: number[] } {
  if (curve.length === 0) {
    throw new DetectionError('this model has no curve of false accepts; `spikeword tune` makes one');
  }
  const [low, high] = [curve[0].falseAcceptsPerHour, curve[curve.length - 1].falseAcceptsPerHour];
  if (!(falseAccepts >= low && falseAccepts <= high)) {
    throw new DetectionError(`${falseAccepts} false accepts per hour; the model has thresholds for ${low} to ${high}`);
  }
  const after = Math.max(
    1,
    curve.findIndex((point) => point.falseAcceptsPerHour >= falseAccepts),
  );
  const [a, b] = [curve[after - 1], curve[Math.min(after, curve.length - 1)]];
  const width = Math.log(b.falseAcceptsPerHour / a.falseAcceptsPerHour);
  const share = width === 0 ? 0 : Math.log(falseAccepts / a.falseAcceptsPerHour) / width;
  const between = (from: number, to: number): number => from + share * (to - from);
  return {
    missRate: between(a.missRate, b.missRate),
    thresholds: a.thresholds.map((threshold, c) =>
      threshold === 0 || b.thresholds[c] === 0 ? 0 : Math.round(between(threshold, b.thresholds[c])),
    ),
  };
}

/** Switches off all words but these. Throws `DetectionError` for a word that the model does not have, or for none. */
function limitedTo(point: OperatingPoint, labels: readonly string[], words: readonly string[]): OperatingPoint {
  const own = [...detectedWords(labels, point).keys()];
  const unknown = words.find((word) => !own.includes(word));
  if (unknown !== undefined || words.length === 0) {
    const what = unknown === undefined ? 'no word to detect' : `the model does not have the word '${unknown}'`;
    throw new DetectionError(`${what}; it has ${own.join(' ')}`);
  }
  const kept = (thresholds: readonly number[]): number[] =>
    thresholds.map((threshold, k) => (words.includes(labels[k]) ? threshold : 0));
  const curve = point.curve.map((row) => ({ ...row, thresholds: kept(row.thresholds) }));
  return { ...point, thresholds: kept(point.thresholds), curve };
}

/** Changes the times; those that are not given stay as long as they were. */
function withTimes(
  point: OperatingPoint,
  { hopMs, averageMs, suppressionMs, minimumCount }: PointChanges,
): OperatingPoint {
  const hop = hopMs === undefined ? point.hop : hopMs / FRAME_MS;
  const kept = hop === point.hop;
  const before = point.hop * FRAME_MS;
  return {
    ...point,
    hop,
    average: averageMs === undefined && kept ? point.average : averaged(averageMs ?? point.average * before, hop),
    suppression:
      suppressionMs === undefined && kept
        ? point.suppression
        : suppressed(suppressionMs ?? point.suppression * before, hop),
    minimumCount: minimumCount ?? point.minimumCount,
  };
}

/**
 * The operating point of a model, or the default, with `changes` applied to it. Throws `DetectionError` for values that
 * are out of range or that the model does not have.
 */
export function operatingPointOf(network: Detecting, changes: PointChanges = {}): OperatingPoint {
  const isChanged = Object.values(changes).some((value) => value !== undefined);
  if (network.detection !== undefined && !isChanged) return network.detection;
  let point = withTimes(network.detection ?? defaultPoint(network), changes);
  const { falseAccepts, threshold, words } = changes;
  if (falseAccepts !== undefined) point = { ...point, thresholds: thresholdsFor(point, falseAccepts).thresholds };
  if (threshold !== undefined) {
    if (!(threshold > 0 && threshold <= 1)) {
      throw new DetectionError(`a threshold of ${threshold}, expected more than 0 and at most 1`);
    }
    const thresholds = point.thresholds.map((before) => (before === 0 ? 0 : thresholdOf(threshold)));
    point = { ...point, thresholds };
  }
  if (words !== undefined) point = limitedTo(point, network.labels, words);
  const fault = operatingPointFault(point, network.labels.length, ownHop(planNetwork(network.spec)));
  if (fault !== null) throw new DetectionError(fault);
  return point;
}
