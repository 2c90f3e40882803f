import { samplesOfSeconds } from '../../core/audio/index.js';
import type { Kernel } from '../../core/kernel/index.js';
import { type OperatingPoint, thresholdOf } from '../../core/quantization/index.js';
import type { StreamAnswers } from './listen-threads.js';
import { type Heard, latenciesMs, matchDetections } from './match.js';
import type { StreamPlan } from './plan.js';

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

/** One point of the curve of misses against false accepts. */
export interface CurvePoint {
  readonly threshold: number;
  readonly missRate: number;
  readonly falseAcceptsPerHour: number;
}

/** The thresholds of a curve, closer together where trained networks have their posteriors. */
export const CURVE_THRESHOLDS: readonly number[] = [
  ...Array.from({ length: 18 }, (_, k) => (5 + 2.5 * k) / 100),
  ...Array.from({ length: 40 }, (_, k) => (50 + k) / 100),
  ...Array.from({ length: 20 }, (_, k) => (900 + 5 * k) / 1000),
  0.999,
];

/** Returns the value that a share of the sorted values does not exceed (nearest rank). */
const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];

/** Scores streams: the kernel's detector takes the scores of their inferences again, with any operating point. */
export class StreamScorer {
  private readonly classes: number;

  constructor(
    /** Used by this scorer alone. */
    private readonly kernel: Kernel,
    private readonly plans: readonly StreamPlan[],
    private readonly answers: readonly StreamAnswers[],
  ) {
    this.classes = kernel.network.labels.length;
  }

  /** Chooses everything but the thresholds. */
  use(point: OperatingPoint): void {
    this.kernel.detectWith(point);
  }

  /** Returns the detections in one stream. */
  private heardIn(stream: number): Heard[] {
    const { kernel, classes } = this;
    const { scores, samples } = this.answers[stream];
    const heard: Heard[] = [];
    kernel.beginStream();
    for (let k = 0; k < samples.length; k++) {
      const label = kernel.detect(scores.subarray(k * classes, (k + 1) * classes));
      if (label >= 0) heard.push({ label, sample: samples[k] });
    }
    return heard;
  }

  /** Returns the results of the streams with these thresholds, [class]. */
  outcome(thresholds: readonly number[]): StreamOutcome {
    this.kernel.setThresholds(thresholds);
    const perLabel = thresholds.map(() => ({ said: 0, hits: 0, falseAccepts: 0 }));
    const latencies: number[] = [];
    this.plans.forEach(({ spoken }, stream) => {
      const { hits, falseAccepts } = matchDetections(spoken, this.heardIn(stream));
      spoken.forEach(({ label }, k) => {
        if (label < 0) return;
        perLabel[label].said++;
        if (hits[k] !== null) perLabel[label].hits++;
      });
      for (const { label } of falseAccepts) perLabel[label].falseAccepts++;
      latencies.push(...latenciesMs(spoken, hits));
    });
    latencies.sort((a, b) => a - b);
    const sum = (of: (label: (typeof perLabel)[number]) => number): number =>
      perLabel.reduce((total, label) => total + of(label), 0);
    const hours = this.plans.reduce((total, { samples }) => total + samples, 0) / SAMPLES_PER_HOUR;
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

  /** Returns the misses and false accepts for each threshold, the same for all words that `thresholds` has one for. */
  curve(thresholds: readonly number[]): CurvePoint[] {
    return CURVE_THRESHOLDS.map((threshold) => {
      const { missRate, falseAcceptsPerHour } = this.outcome(sameFor(thresholds, threshold));
      return { threshold, missRate, falseAcceptsPerHour };
    });
  }
}

/** Returns one probability as the threshold of all words that have a threshold. */
export function sameFor(thresholds: readonly number[], probability: number): number[] {
  return thresholds.map((threshold) => (threshold === 0 ? 0 : thresholdOf(probability)));
}
