import { PROBABILITY_ONE, thresholdAt } from '../../core/quantization/index.js';

/** The probabilities between which curves of misses against false accepts have their thresholds. */
const LEAST = 0.02;
const GREATEST = 0.9995;

const logit = (probability: number): number => Math.log(probability / (1 - probability));
const logitOf = (threshold: number): number =>
  logit(Math.min(PROBABILITY_ONE - 0.5, Math.max(0.5, threshold)) / PROBABILITY_ONE);

/** Returns thresholds that are all stricter by the same log odds ratio, or more eager if it is negative; 0 stays 0. */
export function shifted(thresholds: readonly number[], by: number): number[] {
  return thresholds.map((threshold) => (threshold === 0 ? 0 : thresholdAt(logitOf(threshold) + by)));
}

/**
 * Returns shifts of thresholds, from the most eager to the strictest: the last has one of at least 0.9995 for all
 * words, the first one of at most 0.02.
 */
export function shiftsOf(thresholds: readonly number[], step: number): number[] {
  const own = thresholds.filter((threshold) => threshold > 0).map(logitOf);
  const [low, high] = [logit(LEAST) - Math.max(...own), logit(GREATEST) - Math.min(...own)];
  return Array.from({ length: Math.ceil((high - low) / step) + 1 }, (_, k) => low + k * step);
}
