import { FRAME_MS } from '../audio/index.js';

/**
 * How the scores of a model become detections. It is part of the model file once `spikeword tune` has chosen it. All
 * times are stream time, in milliseconds.
 */
export interface OperatingPoint {
  /** From one inference to the next; a multiple of 20, the distance of two frames. */
  readonly hopMs: number;
  /** The probabilities of inferences are averaged over this time. */
  readonly averageMs: number;
  /** A word is detected if its average probability is at least this, 0 to 1, */
  readonly threshold: number;
  /** and at least this many inferences within the average named it as the most probable class. */
  readonly minimumCount: number;
  /** For this long after a detection there is no other. */
  readonly suppressionMs: number;
}

/** A minute: no word lasts that long, and the part of a stream that is kept must have a limit. */
const LONGEST_MS = 60_000;

/** What is wrong with an operating point that came from outside, or null. */
export function operatingPointFault(point: unknown): string | null {
  if (typeof point !== 'object' || point === null) return 'not an operating point';
  const { hopMs, averageMs, threshold, minimumCount, suppressionMs } = point as Record<keyof OperatingPoint, unknown>;
  const whole = (value: unknown, low: number, high: number): boolean =>
    Number.isInteger(value) && (value as number) >= low && (value as number) <= high;
  if (!whole(hopMs, FRAME_MS, LONGEST_MS) || (hopMs as number) % FRAME_MS !== 0) {
    return `a hop of ${hopMs} ms, expected a multiple of ${FRAME_MS} from ${FRAME_MS} to ${LONGEST_MS}`;
  }
  if (!whole(averageMs, 0, LONGEST_MS)) return `an average over ${averageMs} ms, expected 0 to ${LONGEST_MS}`;
  if (typeof threshold !== 'number' || !(threshold > 0 && threshold <= 1)) {
    return `a threshold of ${threshold}, expected more than 0 and at most 1`;
  }
  const most = inferencesPerAverage(point as OperatingPoint);
  if (!whole(minimumCount, 1, most)) {
    return `a minimum count of ${minimumCount}, expected 1 to ${most}, the inferences in ${averageMs} ms`;
  }
  if (!whole(suppressionMs, 0, LONGEST_MS)) return `a suppression of ${suppressionMs} ms, expected 0 to ${LONGEST_MS}`;
  return null;
}

/** Inferences whose probabilities are averaged: at least the last one. */
export function inferencesPerAverage({ averageMs, hopMs }: Pick<OperatingPoint, 'averageMs' | 'hopMs'>): number {
  return Math.max(1, Math.floor(averageMs / hopMs));
}

/** An operating point in words. */
export function describePoint({ hopMs, averageMs, threshold, minimumCount, suppressionMs }: OperatingPoint): string {
  return `threshold ${threshold}, average ${averageMs} ms, count ${minimumCount}, suppression ${suppressionMs} ms, hop ${hopMs} ms`;
}
