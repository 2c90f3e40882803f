import { FRAME_MS } from '../audio/index.js';
import { DetectionError } from '../error.js';
import { columnsOf, type NetworkSpec, planNetwork } from '../network/index.js';
import { type OperatingPoint, operatingPointFault, type QuantizedNetwork } from '../quantization/index.js';

/**
 * The operating point of a model that was not tuned, for which false accepts are better than no detection at all. On
 * ten hours of validation streams at 10 dB the bundled model misses 18 % of the words with it, at 18 false accepts
 * per hour; as tuned, it misses 32 % at 5 per hour (evaluate --stream --hours 10 --seed 7 --average 500 --threshold 0.7
 * --count 3). An inference every 40 ms costs less than 1 % of a core. The classic choice, 1000 ms with 1500 ms of
 * suppression, detects late and has more false accepts.
 */
export const DEFAULT_OPERATING_POINT: OperatingPoint = {
  hopMs: 40,
  averageMs: 500,
  threshold: 0.7,
  minimumCount: 3,
  suppressionMs: 750,
};

/**
 * Milliseconds from one inference to the next of a network without padding, which its strides decide. Null for a
 * network that classifies clips, which may be run at any frame.
 */
export function networkHopMs(spec: NetworkSpec): number | null {
  return spec.padding === 'valid' ? columnsOf(planNetwork(spec).layers).hop * FRAME_MS : null;
}

/** Labels of a task that are not words: `_unknown_` and `_silence_`. */
const NO_WORD = /^_.*_$/;

/** Indices of the labels that are words to detect. */
export function keywordIndices(labels: readonly string[]): number[] {
  return [...labels.keys()].filter((k) => !NO_WORD.test(labels[k]));
}

/**
 * The operating point of a model, or the default, with `changes` applied to it. Throws `DetectionError` for values that
 * are out of range.
 */
export function operatingPointOf(
  network: Pick<QuantizedNetwork, 'detection' | 'spec'>,
  changes: Partial<OperatingPoint> = {},
): OperatingPoint {
  const hopMs = networkHopMs(network.spec);
  const standard = { ...DEFAULT_OPERATING_POINT, hopMs: hopMs ?? DEFAULT_OPERATING_POINT.hopMs };
  const point: Record<string, number> = { ...(network.detection ?? standard) };
  for (const [key, value] of Object.entries(changes)) if (value !== undefined) point[key] = value;
  if (hopMs !== null && point.hopMs !== hopMs) {
    throw new DetectionError(
      `a hop of ${point.hopMs} ms, but this network has results every ${hopMs} ms (leave out --hop)`,
    );
  }
  return checkOperatingPoint(point as unknown as OperatingPoint);
}

/** Returns the operating point. Throws `DetectionError` naming the value that is out of range. */
export function checkOperatingPoint(point: OperatingPoint): OperatingPoint {
  const fault = operatingPointFault(point);
  if (fault !== null) throw new DetectionError(fault);
  return point;
}
