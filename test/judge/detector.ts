import type { OperatingPoint } from '../../host/core/quantization/index.js';

/** 2^(−k/64) with 15 fraction bits, k = 0 … 64. */
const POWERS = Array.from({ length: 65 }, (_, k) => BigInt(Math.round(2 ** (15 - k / 64))));

/** 2^−(distance · factor / 2^24) with 15 fraction bits, linear between the entries of the table, rounded. */
function power(distance: bigint, factor: number): bigint {
  const exponent = distance * BigInt(factor);
  const halvings = exponent / 2n ** 24n;
  if (halvings > 15n) return 0n;
  // 6 bits choose the entry, 10 more lie between two entries
  const fraction = (exponent % 2n ** 24n) / 2n ** 8n;
  const [entry, rest] = [Number(fraction / 1024n), fraction % 1024n];
  const value = POWERS[entry] * 1024n - (POWERS[entry] - POWERS[entry + 1]) * rest;
  const unit = 1024n * 2n ** halvings;
  return (value + unit / 2n) / unit;
}

/** The softmax of int32 scores in units of 1 / 65535. */
export function judgeSoftmax(scores: readonly number[], factor: number): number[] {
  const most = Math.max(...scores);
  const values = scores.map((score) => power(BigInt(most) - BigInt(score), factor));
  const sum = values.reduce((total, value) => total + value, 0n);
  return values.map((value) => Number((value * 65535n + sum / 2n) / sum));
}

/**
 * The rules of detection, from the scores of all inferences of a stream, with the list of detections as the only state.
 * Returns the label that each inference detects, −1 for none.
 */
export function judgeDetections(history: readonly (readonly number[])[], point: OperatingPoint): number[] {
  const { average, minimumCount, suppression, factor, thresholds } = point;
  const rows = history.map((scores) => judgeSoftmax(scores, factor));
  const winners = history.map((scores) => scores.indexOf(Math.max(...scores)));
  const sumAt = (step: number, label: number): number =>
    rows.slice(Math.max(0, step - average + 1), step + 1).reduce((sum, row) => sum + row[label], 0);
  const reached = (step: number, label: number): boolean =>
    sumAt(step, label) >= thresholds[label] * Math.min(step + 1, average);
  const found: number[] = [];
  for (const step of history.keys()) {
    const sums = thresholds.map((_, label) => sumAt(step, label));
    const label = sums.indexOf(Math.max(...sums));
    const named = winners.slice(Math.max(0, step - average + 1), step + 1).filter((winner) => winner === label);
    const last = found.findLastIndex((detected) => detected >= 0);
    const before = found.lastIndexOf(label);
    const since = before < 0 ? [] : [...history.keys()].slice(before + 1, step);
    const isDetected =
      thresholds[label] > 0 &&
      reached(step, label) &&
      named.length >= minimumCount &&
      (last < 0 || step - last >= suppression) &&
      (before < 0 || since.some((k) => !reached(k, label)));
    found.push(isDetected ? label : -1);
  }
  return found;
}
