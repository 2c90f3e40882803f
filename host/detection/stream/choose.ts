import { type OperatingCurvePoint, thresholdAt } from '../../core/quantization/index.js';
import { type StreamScorer, SWEEP_STEP, type Sweep } from './score.js';

// Chooses thresholds for rates of false accepts, so that they hold for speakers who did not choose them.

/** The rates of the operating curve, false accepts per hour. */
export const CURVE_RATES = [0.5, 1, 2, 5, 10, 20, 50] as const;
/** A word's own threshold may differ from that of the others by up to this, in steps twice as long. */
const MOST_APART = 2;
/** The rates at which offsets are judged: at lower ones there are too few false accepts to learn from. */
const JUDGED_RATES = CURVE_RATES.filter((rate) => rate >= 2);

/**
 * Returns the index of the thresholds with the fewest misses among those with at most `rate` false accepts an hour, the
 * strictest if several are equal; −1 if there are none.
 */
export function bestWithin({ outcomes }: Sweep, rate: number): number {
  let best = -1;
  for (const [k, { hits, falseAcceptsPerHour }] of outcomes.entries()) {
    if (falseAcceptsPerHour <= rate && (best < 0 || hits >= outcomes[best].hits)) best = k;
  }
  return best;
}

/** The fraction missed at each rate, on average; 1 where a rate cannot be kept. */
export function averageMisses(tried: Sweep, rates: readonly number[]): number {
  const misses = rates.map((rate) => {
    const best = bestWithin(tried, rate);
    return best < 0 ? 1 : tried.outcomes[best].missRate;
  });
  return misses.reduce((sum, missRate) => sum + missRate, 0) / rates.length;
}

/**
 * Chooses how far the threshold of each word is from the others', as log odds ratios: those with the fewest misses at
 * equal false accepts, found word by word. Words are taken to be independent, which is nearly so: the sweeps count the
 * hits and false accepts of each word at each threshold.
 *
 * @param tried sweeps with equal thresholds for all words, one per part of the streams, added up
 */
export function chooseOffsets(tried: readonly Sweep[], base: readonly number[]): number[] {
  const words = [...base.keys()].filter((label) => base[label] > 0);
  const steps = tried[0].outcomes.length;
  const count = (label: number, k: number, what: 'hits' | 'falseAccepts'): number =>
    tried.reduce((sum, { outcomes }) => sum + outcomes[Math.min(steps - 1, Math.max(0, k))].perLabel[label][what], 0);
  const said = tried.reduce((sum, { outcomes }) => sum + outcomes[0].keywords, 0);
  const hours = tried.reduce((sum, { outcomes }) => sum + outcomes[0].hours, 0);
  const offsets = base.map(() => 0);
  /** The misses at the judged rates with these offsets, in steps. */
  const misses = (): number => {
    const at = Array.from({ length: steps }, (_, k) => {
      const sum = (what: 'hits' | 'falseAccepts'): number =>
        words.reduce((total, label) => total + count(label, k + offsets[label], what), 0);
      return { hits: sum('hits'), rate: sum('falseAccepts') / hours };
    });
    return JUDGED_RATES.reduce((total, rate) => {
      const hits = at.reduce((most, one) => (one.rate <= rate ? Math.max(most, one.hits) : most), 0);
      return total + (said - hits);
    }, 0);
  };
  const reach = Math.round(MOST_APART / SWEEP_STEP);
  let least = misses();
  for (let round = 0; round < 3; round++) {
    const before = least;
    for (const label of words) {
      let chosen = offsets[label];
      for (let offset = -reach; offset <= reach; offset += 2) {
        offsets[label] = offset;
        const found = misses();
        if (found < least) [least, chosen] = [found, offset];
      }
      offsets[label] = chosen;
    }
    if (least === before) break;
  }
  return offsets.map((offset) => offset * SWEEP_STEP);
}

/** Returns thresholds of 0.5 with offsets. */
export function thresholdsWith(base: readonly number[], offsets: readonly number[]): number[] {
  return base.map((threshold, label) => (threshold === 0 ? 0 : thresholdAt(offsets[label])));
}

/** The thresholds that were chosen for a shape of the operating point. */
export interface Choice {
  /** Thresholds that move together: their shape is the same at every rate. */
  readonly base: readonly number[];
  /** On all streams. */
  readonly tried: Sweep;
  /**
   * How many times its budget a choice has on speakers who did not make it, on average; null if the streams are not
   * divided.
   */
  readonly ratio: number | null;
  /** The fraction missed by speakers who did not choose, on average over the judged rates; null as `ratio`. */
  readonly missRate: number | null;
}

/**
 * Chooses thresholds. If the streams are divided by speakers, each part is judged with what the other chose: words get
 * thresholds of their own only if that misses less, and the ratio of false accepts to their budget is measured.
 *
 * @param words thresholds: 0 for a class that is not a word
 * @param parts the streams of each part
 */
export function chooseThresholds(
  scorer: StreamScorer,
  words: readonly number[],
  parts: readonly (readonly number[])[],
): Choice {
  const equal = thresholdsWith(
    words,
    words.map(() => 0),
  );
  if (parts.length < 2) return { base: equal, tried: scorer.sweep(equal), ratio: null, missRate: null };
  const sweeps = parts.map((part) => scorer.sweep(equal, part));
  const own = parts.map((_, k) => thresholdsWith(words, chooseOffsets([sweeps[k]], equal)));
  const asEqual = heldOut(sweeps, sweeps.toReversed());
  const asOwn = heldOut(
    parts.map((part, k) => scorer.sweep(own[k], part)),
    parts.map((_, k) => scorer.sweep(own[k], parts[1 - k])),
  );
  const better = asOwn.missRate < asEqual.missRate;
  const base = better ? thresholdsWith(words, chooseOffsets(sweeps, equal)) : equal;
  return { base, tried: scorer.sweep(base), ...(better ? asOwn : asEqual) };
}

/**
 * What the thresholds that each part chooses give on the other: `chosen` are the sweeps that the parts choose from, and
 * `judged` the same thresholds on the other part.
 */
function heldOut(
  chosen: readonly Sweep[],
  judged: readonly Sweep[],
): { readonly ratio: number; readonly missRate: number } {
  const cases = chosen.flatMap((tried, k) =>
    JUDGED_RATES.flatMap((rate) => {
      const best = bestWithin(tried, rate);
      if (best < 0) return [];
      const { missRate, falseAcceptsPerHour } = judged[k].outcomes[best];
      return [{ missRate, ratio: falseAcceptsPerHour / rate }];
    }),
  );
  const mean = (of: (one: (typeof cases)[number]) => number): number =>
    cases.length === 0 ? 1 : cases.reduce((sum, one) => sum + of(one), 0) / cases.length;
  return { ratio: mean(({ ratio }) => ratio), missRate: mean(({ missRate }) => missRate) };
}

/**
 * Returns the operating curve: for each rate the thresholds that keep it on the streams, tightened by the ratio. Rates
 * that no thresholds keep are left out.
 */
export function operatingCurve({ tried, ratio }: Choice): OperatingCurvePoint[] {
  const tighter = Math.max(1, ratio ?? 1);
  const curve: OperatingCurvePoint[] = [];
  for (const falseAcceptsPerHour of CURVE_RATES) {
    const best = bestWithin(tried, falseAcceptsPerHour / tighter);
    if (best < 0) continue;
    curve.push({
      falseAcceptsPerHour,
      missRate: tried.outcomes[best].missRate,
      thresholds: tried.thresholds[best],
    });
  }
  return curve;
}
