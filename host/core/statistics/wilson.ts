import type { Interval } from './poisson.js';

/** The two-sided 95 % quantile of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * Returns the 95 % score interval of a proportion, as fractions. It keeps its coverage near 0 and 1, unlike the
 * textbook interval p ± 1.96·√(p(1−p)/n).
 * E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
 */
export function wilsonInterval(successes: number, trials: number): Interval {
  const p = successes / trials;
  const shrink = 1 + (Z * Z) / trials;
  const centre = (p + (Z * Z) / (2 * trials)) / shrink;
  const half = (Z / shrink) * Math.sqrt((p * (1 - p)) / trials + (Z * Z) / (4 * trials * trials));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
