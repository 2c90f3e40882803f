import { samplesOfMs, samplesOfSeconds } from '../../core/audio/index.js';
import { Decision, keywordIndices, MovingAverage } from '../../core/detection/index.js';
import { inferencesPerAverage, type OperatingPoint } from '../../core/quantization/index.js';
import type { StreamAnswers } from './listen-threads.js';
import { type Heard, latenciesMs, matchDetections } from './match.js';
import type { StreamPlan } from './plan.js';

const SAMPLES_PER_HOUR = samplesOfSeconds(3600);

/** The averages and wins of all inferences of one stream, each as [inference][class]. */
interface Averages {
  readonly average: Float64Array;
  readonly wins: Int32Array;
}

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

/** Scores streams with one way of averaging. It can then try thresholds, counts and suppression quickly. */
export class StreamScorer {
  private readonly averages: readonly Averages[];
  private readonly keywords: readonly number[];

  constructor(
    private readonly labels: readonly string[],
    private readonly plans: readonly StreamPlan[],
    private readonly answers: readonly StreamAnswers[],
    private readonly smoothing: Pick<OperatingPoint, 'hopMs' | 'averageMs'>,
  ) {
    this.keywords = keywordIndices(labels);
    this.averages = answers.map((stream) => this.averagesOf(stream));
  }

  private averagesOf({ probabilities, samples }: StreamAnswers): Averages {
    const classes = this.labels.length;
    const moving = new MovingAverage(classes, inferencesPerAverage(this.smoothing));
    const average = new Float64Array(probabilities.length);
    const wins = new Int32Array(probabilities.length);
    for (let k = 0; k < samples.length; k++) {
      moving.push(probabilities.subarray(k * classes, (k + 1) * classes));
      average.set(moving.average, k * classes);
      wins.set(moving.wins, k * classes);
    }
    return { average, wins };
  }

  /** Returns the detections in one stream. */
  private heardIn(stream: number, decide: Omit<OperatingPoint, 'hopMs' | 'averageMs'>): Heard[] {
    const classes = this.labels.length;
    const { average, wins } = this.averages[stream];
    const { samples } = this.answers[stream];
    const decision = new Decision(classes, this.keywords, {
      threshold: decide.threshold,
      minimumCount: decide.minimumCount,
      suppressionSamples: samplesOfMs(decide.suppressionMs),
    });
    const heard: Heard[] = [];
    for (let k = 0; k < samples.length; k++) {
      const label = decision.next(average, wins, samples[k], k * classes);
      if (label >= 0) heard.push({ label, sample: samples[k] });
    }
    return heard;
  }

  /** Returns the results of the streams for one threshold, count and suppression. */
  outcome(decide: Omit<OperatingPoint, 'hopMs' | 'averageMs'>): StreamOutcome {
    const perLabel = this.labels.map(() => ({ said: 0, hits: 0, falseAccepts: 0 }));
    const latencies: number[] = [];
    this.plans.forEach(({ spoken }, stream) => {
      const { hits, falseAccepts } = matchDetections(spoken, this.heardIn(stream, decide));
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

  /** Returns the misses and false accepts for each threshold, with the other settings unchanged. */
  curve(decide: Pick<OperatingPoint, 'minimumCount' | 'suppressionMs'>): CurvePoint[] {
    return CURVE_THRESHOLDS.map((threshold) => {
      const { missRate, falseAcceptsPerHour } = this.outcome({ ...decide, threshold });
      return { threshold, missRate, falseAcceptsPerHour };
    });
  }
}
