import { type Interval, rateInterval, wilsonInterval } from '../../core/statistics/index.js';
import type { StreamOutcome } from './score.js';

/**
 * The 95 % intervals of an outcome. They say what chance alone leaves open: how far the figures may be off for other
 * streams of these voices. Few speakers, or clips that are repeated, make the truth less certain than they say.
 */
export interface OutcomeIntervals {
  /** Of the miss rate, as fractions. */
  readonly missRateInterval: Interval;
  readonly falseAcceptsPerHourInterval: Interval;
}

/** Returns the intervals of an outcome. */
export function intervalsOf(outcome: Omit<StreamOutcome, 'perLabel'>): OutcomeIntervals {
  const { keywords, hits, falseAccepts, hours } = outcome;
  return {
    missRateInterval: keywords === 0 ? [0, 1] : wilsonInterval(keywords - hits, keywords),
    falseAcceptsPerHourInterval: rateInterval(falseAccepts, hours),
  };
}
