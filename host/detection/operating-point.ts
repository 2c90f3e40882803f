import { type OperatingPoint, operatingPointFault, type QuantizedNetwork } from '../quantization/portable.js';
import { DetectionError } from './error.js';

/**
 * What is used for a model that was not tuned. An inference every 40 ms costs less than 1 % of a core; half a second of
 * average is what tuning chooses for networks that see one second, and answers within half a second; three of its twelve
 * inferences must name the word. The classic choice, 1000 ms with 1500 ms of suppression, hears late and misses more.
 */
export const DEFAULT_OPERATING_POINT: OperatingPoint = {
  hopMs: 40,
  averageMs: 500,
  threshold: 0.7,
  minimumCount: 3,
  suppressionMs: 750,
};

/** What the labels of a task that are no words begin with: `_unknown_` and `_silence_`. */
const NO_WORD = /^_.*_$/;

/** Indices of the labels that are words to detect. */
export function keywordIndices(labels: readonly string[]): number[] {
  return [...labels.keys()].filter((k) => !NO_WORD.test(labels[k]));
}

/**
 * The operating point that stands in a model, or the default, with what `changes` says instead. Throws
 * `DetectionError` for values that are out of range.
 */
export function operatingPointOf(
  network: Pick<QuantizedNetwork, 'detection'>,
  changes: Partial<OperatingPoint> = {},
): OperatingPoint {
  const point: Record<string, number> = { ...(network.detection ?? DEFAULT_OPERATING_POINT) };
  for (const [key, value] of Object.entries(changes)) if (value !== undefined) point[key] = value;
  return checkOperatingPoint(point as unknown as OperatingPoint);
}

/** Throws `DetectionError` naming the value that is out of range. */
export function checkOperatingPoint(point: OperatingPoint): OperatingPoint {
  const fault = operatingPointFault(point);
  if (fault !== null) throw new DetectionError(fault);
  return point;
}
