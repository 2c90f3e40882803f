import { type Detection, detectionAt } from '../../core/detection/index.js';
import type { Kernel } from '../../core/kernel/index.js';
import type { OperatingPoint } from '../../core/quantization/index.js';
import type { StreamAnswers } from './listen-threads.js';

/**
 * Detects words in streams whose scores are known: the kernel's detector takes them again, with any operating point.
 */
export class Replay {
  constructor(
    /** Used by this replay alone. */
    private readonly kernel: Kernel,
    private readonly answers: readonly StreamAnswers[],
  ) {}

  /** Chooses the operating point of the next detections. */
  use(point: OperatingPoint): void {
    this.kernel.detectWith(point);
  }

  /** Changes the thresholds alone, [class]. */
  setThresholds(thresholds: readonly number[]): void {
    this.kernel.setThresholds(thresholds);
  }

  /** Yields the detections in one stream. Only one stream may be replayed at a time. */
  *heardIn(stream: number): Generator<Detection> {
    const { kernel } = this;
    const { scores, samples } = this.answers[stream];
    const classes = kernel.network.labels.length;
    kernel.beginStream();
    for (let k = 0; k < samples.length; k++) {
      if (kernel.detect(scores.subarray(k * classes, (k + 1) * classes)) >= 0) yield detectionAt(kernel, samples[k])!;
    }
  }
}
