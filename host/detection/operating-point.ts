import { type OperatingPoint, operatingPointFault, type QuantizedNetwork } from '../quantization/portable.js';
import { DetectionError } from './error.js';

/** The baseline that the literature uses: TensorFlow's `RecognizeCommands` with its default settings, four times a second or more. */
export const CLASSIC_OPERATING_POINT: OperatingPoint = {
  hopMs: 100,
  averageMs: 1000,
  threshold: 0.7,
  minimumCount: 3,
  suppressionMs: 1500,
};

/** What the labels of a task that are no words begin with: `_unknown_` and `_silence_`. */
const NO_WORD = /^_.*_$/;

/** Indices of the labels that are words to detect. */
export function keywordIndices(labels: readonly string[]): number[] {
  return [...labels.keys()].filter((k) => !NO_WORD.test(labels[k]));
}

/**
 * The operating point that stands in a model, or the classic one, with what `changes` says instead. Throws
 * `DetectionError` for values that are out of range.
 */
export function operatingPointOf(
  network: Pick<QuantizedNetwork, 'detection'>,
  changes: Partial<OperatingPoint> = {},
): OperatingPoint {
  const point: Record<string, number> = { ...(network.detection ?? CLASSIC_OPERATING_POINT) };
  for (const [key, value] of Object.entries(changes)) if (value !== undefined) point[key] = value;
  return checkOperatingPoint(point as unknown as OperatingPoint);
}

/** Throws `DetectionError` naming the value that is out of range. */
export function checkOperatingPoint(point: OperatingPoint): OperatingPoint {
  const fault = operatingPointFault(point);
  if (fault !== null) throw new DetectionError(fault);
  return point;
}
