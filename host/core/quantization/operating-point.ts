import { FRAME_MS } from '../audio/index.js';
import { MOST_AVERAGED, MOST_HOP, MOST_POINTS } from '../network/index.js';
import { countText } from '../text/index.js';

/** Of a probability or a threshold that is stored as a whole number. */
export const PROBABILITY_ONE = 65_535;
/** Fraction bits of `OperatingPoint.factor`. */
const FACTOR_BITS = 24;

/** Labels of a task that are not words: `_unknown_` and `_silence_`. */
const NO_WORD = /^_.*_$/;

/** Indices of the labels that are words to detect. */
export function keywordIndices(labels: readonly string[]): number[] {
  return [...labels.keys()].filter((k) => !NO_WORD.test(labels[k]));
}

/** Thresholds for a rate of false accepts. */
export interface OperatingCurvePoint {
  /** The rate that the thresholds are chosen for. */
  readonly falseAcceptsPerHour: number;
  /** Fraction of the words that were missed in validation. */
  readonly missRate: number;
  /** [class], as in `OperatingPoint`. */
  readonly thresholds: readonly number[];
}

/**
 * How the scores of a stream become detections, in whole numbers: part of the model file once `spikeword tune` has
 * chosen it. Every program that runs the kernel detects the same words at the same samples with it.
 */
export interface OperatingPoint {
  /** Frames from one inference to the next. */
  readonly hop: number;
  /** Number of inferences whose probabilities are averaged. */
  readonly average: number;
  /** How many of them must have named a word. */
  readonly minimumCount: number;
  /** Number of inferences after a detection without another. */
  readonly suppression: number;
  /** A unit of a score is factor / 2^24 in the exponent of two: the classifier's scale over a temperature. */
  readonly factor: number;
  /** Least average at which a class is detected, [class], in units of 1 / 65535; 0 for a class that never is. */
  readonly thresholds: readonly number[];
  /** Other thresholds, by rising rate of false accepts; may be empty. */
  readonly curve: readonly OperatingCurvePoint[];
}

/** Returns the factor for the float value of one unit of a score, and a temperature that divides it. */
export function factorOf(scale: number, temperature = 1): number {
  return Math.max(1, Math.min(2 ** 32 - 1, Math.round((scale / temperature) * Math.LOG2E * 2 ** FACTOR_BITS)));
}

/** Returns a probability, 0 to 1, as a threshold that is reached by that probability. */
export function thresholdOf(probability: number): number {
  return Math.max(1, Math.round(probability * PROBABILITY_ONE));
}

/** Returns the threshold of a probability that is given as its log odds. */
export function thresholdAt(logOdds: number): number {
  return Math.min(PROBABILITY_ONE, Math.max(1, Math.round(PROBABILITY_ONE / (1 + Math.exp(-logOdds)))));
}

const isWhole = (value: unknown, low: number, high: number): boolean =>
  Number.isInteger(value) && (value as number) >= low && (value as number) <= high;

function thresholdFault(thresholds: unknown, classes: number): string | null {
  if (!Array.isArray(thresholds) || thresholds.length !== classes)
    return `thresholds for ${classes} classes are needed`;
  const wrong = thresholds.find((threshold) => !isWhole(threshold, 0, PROBABILITY_ONE));
  return wrong === undefined ? null : `a threshold of ${wrong}, expected 0 to ${PROBABILITY_ONE}`;
}

/**
 * What is wrong with an operating point that came from outside, or null. `ownHop` is the hop of a network without
 * padding, which its strides decide.
 */
export function operatingPointFault(point: OperatingPoint, classes: number, ownHop: number | null): string | null {
  const { hop, average, minimumCount, suppression, factor, thresholds, curve } = point;
  if (!isWhole(hop, 1, MOST_HOP))
    return `a hop of ${hop * FRAME_MS} ms, expected ${FRAME_MS} to ${MOST_HOP * FRAME_MS}`;
  if (ownHop !== null && hop !== ownHop) {
    return `a hop of ${hop * FRAME_MS} ms, but this network has results every ${ownHop * FRAME_MS} ms`;
  }
  if (!isWhole(average, 1, MOST_AVERAGED)) return `an average of ${average} inferences, expected 1 to ${MOST_AVERAGED}`;
  if (!isWhole(minimumCount, 1, average)) {
    return `a minimum count of ${minimumCount}, expected 1 to ${average}, the inferences that are averaged`;
  }
  if (!isWhole(suppression, 0, PROBABILITY_ONE)) {
    return `a suppression of ${suppression} inferences, expected 0 to ${PROBABILITY_ONE}`;
  }
  if (!isWhole(factor, 1, 2 ** 32 - 1)) return `a factor of ${factor}, expected 1 to ${2 ** 32 - 1}`;
  if (curve.length > MOST_POINTS) return `a curve of ${curve.length} points, expected at most ${MOST_POINTS}`;
  for (const [k, { falseAcceptsPerHour, missRate }] of curve.entries()) {
    const before = k === 0 ? 0 : curve[k - 1].falseAcceptsPerHour;
    if (!(falseAcceptsPerHour > before && falseAcceptsPerHour < Number.POSITIVE_INFINITY)) {
      return `${falseAcceptsPerHour} false accepts per hour in the curve, expected more than ${before}`;
    }
    if (!(missRate >= 0 && missRate <= 1)) return `a miss rate of ${missRate} in the curve, expected 0 to 1`;
  }
  for (const rows of [thresholds, ...curve.map((row) => row.thresholds)]) {
    const fault = thresholdFault(rows, classes);
    if (fault !== null) return fault;
  }
  return null;
}

/** Thresholds of words in words: their range, from 0 to 1. */
export function thresholdText(thresholds: readonly number[]): string {
  const used = thresholds.filter((threshold) => threshold > 0).map((threshold) => threshold / PROBABILITY_ONE);
  if (used.length === 0) return 'no words';
  const [least, most] = [Math.min(...used), Math.max(...used)].map((threshold) => threshold.toFixed(3));
  return least === most ? least : `${least} to ${most}`;
}

/** The operating point in words. */
export function describePoint({ hop, average, minimumCount, suppression, thresholds }: OperatingPoint): string {
  const hopMs = hop * FRAME_MS;
  return `threshold ${thresholdText(thresholds)}, average ${countText(average * hopMs)} ms, count ${minimumCount}, suppression ${countText(suppression * hopMs)} ms, hop ${hopMs} ms`;
}
