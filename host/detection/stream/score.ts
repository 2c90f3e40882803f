import { samplesOfSeconds } from '../../core/audio/index.js';
import { latenciesMs, matchDetections } from './match.js';
import type { StreamPlan } from './plan.js';
import type { Replay } from './replay.js';
import { shifted, shiftsOf } from './shift.js';

const SAMPLES_PER_HOUR = samplesOfSeconds(3600);

/** The results of an operating point on streams. */
export interface StreamOutcome {
  readonly hours: number;
  /** Spoken keywords, how many of them were detected, and the fraction that was not. */
  readonly keywords: number;
  readonly hits: number;
  readonly missRate: number;
  readonly falseAccepts: number;
  readonly falseAcceptsPerHour: number;
  /** Time from the end of a word to its detection, over all hits; null if there is none. */
  readonly latencyMs: { readonly median: number; readonly p95: number } | null;
  /** [label]: how often it was spoken, hit, and falsely accepted. */
  readonly perLabel: readonly { readonly said: number; readonly hits: number; readonly falseAccepts: number }[];
}

/** Thresholds that move together, from eager to strict, and what they give. */
export interface Sweep {
  /** [step][class], as in an operating point. */
  readonly thresholds: readonly (readonly number[])[];
  readonly outcomes: readonly StreamOutcome[];
}

/** The distance of the thresholds of a sweep, as a log odds ratio. */
export const SWEEP_STEP = 0.125;

/** Returns the value that a share of the sorted values does not exceed (nearest rank). */
const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];

/** Scores dense streams with any thresholds. */
export class StreamScorer {
  constructor(
    private readonly replay: Replay,
    private readonly plans: readonly StreamPlan[],
  ) {}

  /** Returns the results of streams, by default of all, with these thresholds, [class]. */
  outcome(thresholds: readonly number[], streams: Iterable<number> = this.plans.keys()): StreamOutcome {
    this.replay.setThresholds(thresholds);
    const perLabel = thresholds.map(() => ({ said: 0, hits: 0, falseAccepts: 0 }));
    const latencies: number[] = [];
    let samples = 0;
    for (const stream of streams) {
      const { spoken } = this.plans[stream];
      const { hits, falseAccepts } = matchDetections(spoken, [...this.replay.heardIn(stream)]);
      spoken.forEach(({ label }, k) => {
        if (label < 0) return;
        perLabel[label].said++;
        if (hits[k] !== null) perLabel[label].hits++;
      });
      for (const { label } of falseAccepts) perLabel[label].falseAccepts++;
      latencies.push(...latenciesMs(spoken, hits));
      samples += this.plans[stream].samples;
    }
    latencies.sort((a, b) => a - b);
    const sum = (of: (label: (typeof perLabel)[number]) => number): number =>
      perLabel.reduce((total, label) => total + of(label), 0);
    const hours = samples / SAMPLES_PER_HOUR;
    const [keywords, hits, falseAccepts] = [sum(({ said }) => said), latencies.length, sum((l) => l.falseAccepts)];
    return {
      hours,
      keywords,
      hits,
      missRate: keywords === 0 ? 0 : 1 - hits / keywords,
      falseAccepts,
      falseAcceptsPerHour: falseAccepts / hours,
      latencyMs: hits === 0 ? null : { median: quantile(latencies, 0.5), p95: quantile(latencies, 0.95) },
      perLabel,
    };
  }

  /** Tries thresholds that move together, from eager to strict, on streams, by default on all. */
  sweep(base: readonly number[], streams?: readonly number[], step = SWEEP_STEP): Sweep {
    const thresholds = shiftsOf(base, step).map((shift) => shifted(base, shift));
    return { thresholds, outcomes: thresholds.map((some) => this.outcome(some, streams)) };
  }
}
