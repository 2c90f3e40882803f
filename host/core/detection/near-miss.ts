import { FRAME_MS, samplesOfMs } from '../audio/index.js';
import { type OperatingPoint, PROBABILITY_ONE } from '../quantization/index.js';
import type { Detection } from './detector.js';
import { detectedWords } from './operating-point.js';

/** How far below its threshold the score of a near miss may be, unless a user says otherwise. */
export const NEAR_MISS = 0.15;

/** A word that was nearly detected. */
export interface NearMiss {
  readonly word: string;
  readonly label: number;
  /** Its average probability and its threshold, 0 to 1. */
  readonly score: number;
  readonly threshold: number;
  /** Samples of the stream that had arrived. */
  readonly sample: number;
}

export interface NearMissOptions<Kept> {
  readonly labels: readonly string[];
  readonly point: OperatingPoint;
  /** How far below its threshold the score of a near miss may be, 0 to 1; 0: there are none. */
  readonly margin: number;
  /** Returns what is kept of the closest moment so far, in which `sample` samples of the stream had arrived. */
  readonly keep: (sample: number) => Kept;
  /** Called with each near miss, once it is clear that no detection follows. */
  readonly onNearMiss: (miss: NearMiss, kept: Kept) => void;
}

/** A time in which scores stay near their thresholds. */
interface Approach<Kept> {
  /** The last sample at which one was near. */
  until: number;
  /** The closest that one came. */
  peak: { readonly miss: NearMiss; readonly margin: number; readonly kept: Kept } | null;
  /** Whether a word was detected in it, so that it is no miss. */
  detected: boolean;
}

interface Word {
  readonly word: string;
  readonly label: number;
  readonly threshold: number;
}

/**
 * Finds near misses in a stream. A near miss is a time in which the score of a word comes near its threshold, or above
 * it where the detector wants more inferences, without a detection: its closest moment counts, once. The detector's own
 * suppression time separates two of them, as it separates two detections.
 */
export class NearMisses<Kept> {
  private words: readonly Word[] = [];
  private suppressionSamples = 0;
  private approach: Approach<Kept> | null = null;

  constructor(private readonly options: NearMissOptions<Kept>) {
    this.setPoint(options.point);
  }

  /** Takes a changed operating point, from the next inference on. */
  setPoint(point: OperatingPoint): void {
    this.words = [...detectedWords(this.options.labels, point)].map(([word, label]) => {
      return { word, label, threshold: point.thresholds[label] / PROBABILITY_ONE };
    });
    this.suppressionSamples = samplesOfMs(point.suppression * point.hop * FRAME_MS);
  }

  /**
   * Takes an inference of the stream, known after `sample` samples: the average probabilities, [class], and what was
   * detected.
   */
  take(sample: number, average: Float64Array, detection: Detection | null): void {
    if (detection !== null) this.approach = { until: sample, peak: null, detected: true };
    else if (this.options.margin > 0) this.takeUndetected(sample, average);
  }

  /** The stream has ended: what was near is not detected any more. */
  end(): void {
    const peak = this.approach?.peak ?? null;
    this.approach = null;
    if (peak !== null) this.options.onNearMiss(peak.miss, peak.kept);
  }

  private takeUndetected(sample: number, average: Float64Array): void {
    const { approach } = this;
    const near = this.nearest(average);
    if (near === null) {
      if (approach !== null && sample > approach.until + this.suppressionSamples) this.end();
      return;
    }
    if (approach === null) this.approach = { until: sample, peak: null, detected: false };
    else approach.until = sample;
    const now = this.approach!;
    const { word, label, threshold, score, margin } = near;
    if (now.detected || margin <= (now.peak?.margin ?? Number.NEGATIVE_INFINITY)) return;
    now.peak = { miss: { word, label, score, threshold, sample }, margin, kept: this.options.keep(sample) };
  }

  /** Returns the word whose score is closest to its threshold, or farthest above it; null if none is near. */
  private nearest(average: Float64Array): (Word & { readonly score: number; readonly margin: number }) | null {
    const [best] = this.words
      .map((word) => ({ ...word, score: average[word.label], margin: average[word.label] - word.threshold }))
      .sort((a, b) => b.margin - a.margin);
    return best !== undefined && best.margin >= -this.options.margin ? best : null;
  }
}
