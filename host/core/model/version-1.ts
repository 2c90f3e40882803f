import { FRAME_MS } from '../audio/index.js';
import {
  factorOf,
  keywordIndices,
  type OperatingPoint,
  type QuantizedNetwork,
  thresholdOf,
} from '../quantization/index.js';

/** The operating point in the provenance of a file of version 1, which had one threshold, and times in milliseconds. */
export interface PointOfVersion1 {
  readonly hopMs: number;
  readonly averageMs: number;
  readonly threshold: number;
  readonly minimumCount: number;
  readonly suppressionMs: number;
}

const KEYS = ['hopMs', 'averageMs', 'threshold', 'minimumCount', 'suppressionMs'] as const;

/** What is wrong with the operating point of a file of version 1, or null. */
export function pointOfVersion1Fault(point: unknown): string | null {
  if (typeof point !== 'object' || point === null) return 'not an operating point';
  const { hopMs, averageMs, threshold, suppressionMs } = point as PointOfVersion1;
  if (Object.keys(point).join() !== KEYS.join()) return `its keys are ${Object.keys(point)}, expected ${KEYS}`;
  if (!(hopMs >= FRAME_MS && hopMs % FRAME_MS === 0)) return `a hop of ${hopMs} ms, expected a multiple of ${FRAME_MS}`;
  if (!(averageMs >= 0)) return `an average over ${averageMs} ms, expected 0 or more`;
  if (!(threshold > 0 && threshold <= 1)) return `a threshold of ${threshold}, expected more than 0 and at most 1`;
  if (!(suppressionMs >= 0)) return `a suppression of ${suppressionMs} ms, expected 0 or more`;
  return null;
}

/** Returns the same operating point as it is stored today. */
export function pointFromVersion1(
  { hopMs, averageMs, threshold, minimumCount, suppressionMs }: PointOfVersion1,
  { labels, classifier }: Pick<QuantizedNetwork, 'labels' | 'classifier'>,
): OperatingPoint {
  const words = new Set(keywordIndices(labels));
  return {
    hop: hopMs / FRAME_MS,
    average: Math.max(1, Math.floor(averageMs / hopMs)),
    minimumCount,
    suppression: Math.ceil(suppressionMs / hopMs),
    factor: factorOf(classifier.scale),
    thresholds: labels.map((_, k) => (words.has(k) ? thresholdOf(threshold) : 0)),
    curve: [],
  };
}
