import { millisecondsOf, samplesOfMs } from '../audio/index.js';
import { inferencesPerAverage, type OperatingPoint } from '../quantization/index.js';
import { Decision } from './decision.js';
import { MovingAverage } from './moving-average.js';
import { checkOperatingPoint, keywordIndices } from './operating-point.js';

/** A word that was detected in a stream. */
export interface Detection {
  readonly word: string;
  /** Index of the word in the model's labels. */
  readonly label: number;
  /** Its average probability, 0 to 1. */
  readonly score: number;
  /** How many samples of the stream had arrived when it was detected, and the same in milliseconds. */
  readonly sample: number;
  readonly timeMs: number;
}

/** Turns the probabilities of successive inferences, one per hop of the operating point, into detections. */
export class Detector {
  readonly point: OperatingPoint;
  private readonly moving: MovingAverage;
  private readonly decision: Decision;

  /** Throws `DetectionError` for an operating point that is out of range. */
  constructor(
    readonly labels: readonly string[],
    point: OperatingPoint,
  ) {
    this.point = checkOperatingPoint(point);
    this.moving = new MovingAverage(labels.length, inferencesPerAverage(point));
    this.decision = new Decision(labels.length, keywordIndices(labels), {
      threshold: point.threshold,
      minimumCount: point.minimumCount,
      suppressionSamples: samplesOfMs(point.suppressionMs),
    });
  }

  /** Average probabilities as of the last inference, [class]; overwritten by the next. */
  get average(): Float64Array {
    return this.moving.average;
  }

  /** Takes the probabilities of one inference, [class], made when `sample` samples of the stream had arrived. */
  push(probabilities: ArrayLike<number>, sample: number): Detection | null {
    const { moving, labels } = this;
    moving.push(probabilities);
    const label = this.decision.next(moving.average, moving.wins, sample);
    if (label < 0) return null;
    return { word: labels[label], label, score: moving.average[label], sample, timeMs: millisecondsOf(sample) };
  }

  /** Returns to the state before the first inference. */
  reset(): void {
    this.moving.reset();
    this.decision.reset();
  }
}
