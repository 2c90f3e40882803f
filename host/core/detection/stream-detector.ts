import { HOP_SAMPLES, samplesOfFrames } from '../audio/index.js';
import type { Inference, Kernel } from '../kernel/index.js';
import type { OperatingPoint } from '../quantization/index.js';
import { type Detection, detectionAt } from './detector.js';
import { operatingPointOf, type PointChanges } from './operating-point.js';

/** The network's result at one moment of a stream. */
export interface StreamInference {
  /** Samples of the stream that had arrived. */
  readonly sample: number;
  readonly inference: Inference;
  /** Average probabilities, [class], as the operating point says. */
  readonly average: Float64Array;
}

export interface StreamDetectorOptions {
  /** Changes of the operating point in the model. */
  readonly point?: PointChanges;
  /** Called after every inference, before its detection is returned. */
  readonly onInference?: (state: StreamInference) => void;
}

/**
 * Samples in, detections out: front end, network and detection are all in the kernel. The detections depend on the
 * samples alone, not on the pieces in which they arrive.
 */
export class StreamDetector {
  readonly labels: readonly string[];
  private readonly onInference: StreamDetectorOptions['onInference'];
  private currentPoint: OperatingPoint;
  private pushed = 0;
  private inferred = 0;

  /**
   * Gives the kernel the operating point. Throws `DetectionError` for one that is out of range, `ModelError` for a
   * model that needs other features.
   */
  constructor(
    /** Used by this stream alone. */
    readonly kernel: Kernel,
    options: StreamDetectorOptions = {},
  ) {
    this.currentPoint = operatingPointOf(kernel.network, options.point);
    this.labels = kernel.network.labels;
    this.onInference = options.onInference;
    kernel.detectWith(this.point);
    kernel.beginStream();
  }

  get point(): OperatingPoint {
    return this.currentPoint;
  }

  /** Changes the thresholds, [class], as in the operating point, from the next inference on; the stream goes on. */
  setThresholds(thresholds: readonly number[]): void {
    this.kernel.setThresholds(thresholds);
    this.currentPoint = { ...this.currentPoint, thresholds };
  }

  /** Samples that have arrived. */
  get samples(): number {
    return this.pushed;
  }

  /** Inferences so far. */
  get inferences(): number {
    return this.inferred;
  }

  /** Takes any number of samples, the next of the stream, int16 at 16 kHz. */
  push(samples: Int16Array): Detection[] {
    const detections: Detection[] = [];
    // a hop at a time: at most one frame becomes complete
    for (let at = 0; at < samples.length; at += HOP_SAMPLES) {
      const piece = samples.subarray(at, at + HOP_SAMPLES);
      this.pushed += piece.length;
      const inference = this.kernel.listen(piece);
      const detection = inference === null ? null : this.take(inference);
      if (detection !== null) detections.push(detection);
    }
    return detections;
  }

  /** Starts another stream. */
  reset(): void {
    this.kernel.beginStream();
    this.pushed = 0;
    this.inferred = 0;
  }

  private take(inference: Inference): Detection | null {
    const { kernel } = this;
    this.inferred++;
    // when the frame was complete, not when the piece that completed it arrived: this does not depend on the pieces
    const sample = samplesOfFrames(kernel.framesReady);
    this.onInference?.({ sample, inference, average: kernel.averages });
    return detectionAt(kernel, sample);
  }
}
