/** The two ends of an interval. */
export type Interval = readonly [low: number, high: number];

/** What a two-sided 95 % interval leaves out on each side. */
const TAIL = 0.025;
/** More halvings than a double has bits. */
const HALVINGS = 60;

/** Returns ln(k!). */
function logFactorial(k: number): number {
  let sum = 0;
  for (let i = 2; i <= k; i++) sum += Math.log(i);
  return sum;
}

/**
 * Returns the exact 95 % interval of the mean of a Poisson distribution of which `count` events were seen: the means
 * at which neither this count or more, nor this count or less, has a probability below 2.5 %.
 * F. Garwood, "Fiducial limits for the Poisson distribution", Biometrika 28 (1936). The usual form with quantiles of χ²
 * needs their inverse; here each end is found by bisection on the tail sum itself, which is the definition.
 */
function poissonInterval(count: number): Interval {
  /** Returns P(X ≤ k): the last term, whose logarithm cannot underflow, times the sum in units of it. */
  const atMost = (k: number, logOfFactorial: number, mean: number): number => {
    let [sum, term] = [1, 1];
    for (let i = k; i > 0 && term > sum * Number.EPSILON; i--) {
      term *= i / mean;
      sum += term;
    }
    return Math.exp(k * Math.log(mean) - mean - logOfFactorial + Math.log(sum));
  };
  /** Returns the mean at which P(X ≤ k), which falls as the mean grows, is `probability`. */
  const meanWhere = (k: number, probability: number): number => {
    const logOfFactorial = logFactorial(k);
    // far outside of both ends: 40 standard deviations above
    let [low, high] = [0, k + 40 * Math.sqrt(k + 1)];
    for (let halving = 0; halving < HALVINGS; halving++) {
      const middle = (low + high) / 2;
      if (atMost(k, logOfFactorial, middle) > probability) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  };
  return [count === 0 ? 0 : meanWhere(count - 1, 1 - TAIL), meanWhere(count, TAIL)];
}

/** Returns the exact 95 % interval of a rate per hour, for independent events that were counted for some hours. */
export function rateInterval(count: number, hours: number): Interval {
  const [low, high] = poissonInterval(count);
  return [low / hours, high / hours];
}
