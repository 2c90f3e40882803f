import { FRAME_MS, HOP_SAMPLES, samplesOfFrames } from '../audio/index.js';
import type { Inference, Kernel } from '../kernel/index.js';
import { probabilities } from '../kernel/index.js';
import type { OperatingPoint } from '../quantization/index.js';
import { type Detection, Detector } from './detector.js';
import { operatingPointOf } from './operating-point.js';

/** The network's result at one moment of a stream. */
export interface StreamInference {
  /** Samples of the stream that had arrived. */
  readonly sample: number;
  readonly inference: Inference;
  /** [class] */
  readonly probabilities: Float64Array;
  /** [class], averaged as the operating point says; overwritten by the next inference. */
  readonly average: Float64Array;
}

export interface StreamDetectorOptions {
  /** These values replace those in the model. */
  readonly point?: Partial<OperatingPoint>;
  /** Called after every inference, before its detection is returned. */
  readonly onInference?: (state: StreamInference) => void;
}

/**
 * Samples in, detections out. Frames come from the kernel's streaming front end, and once the network's input is full,
 * the network runs every `hopMs`. The detections depend on the samples alone, not on the pieces in which they arrive.
 */
export class StreamDetector {
  readonly point: OperatingPoint;
  readonly labels: readonly string[];
  private readonly detector: Detector;
  private readonly framesPerHop: number;
  private readonly onInference: StreamDetectorOptions['onInference'];
  private pushed = 0;
  private inferred = 0;

  /**
   * Throws `DetectionError` for an operating point that is out of range, `ModelError` for a model that needs other
   * features.
   */
  constructor(
    /** Used by this stream alone. */
    readonly kernel: Kernel,
    options: StreamDetectorOptions = {},
  ) {
    this.point = operatingPointOf(kernel.network, options.point);
    this.labels = kernel.network.labels;
    this.detector = new Detector(this.labels, this.point);
    this.framesPerHop = this.point.hopMs / FRAME_MS;
    this.onInference = options.onInference;
    kernel.beginStream();
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
      if (this.kernel.push(piece) === 0) continue;
      const detection = this.inferIfDue();
      if (detection !== null) detections.push(detection);
    }
    return detections;
  }

  /** Starts another stream. */
  reset(): void {
    this.kernel.beginStream();
    this.detector.reset();
    this.pushed = 0;
    this.inferred = 0;
  }

  private inferIfDue(): Detection | null {
    const { kernel, detector } = this;
    const { network, framesReady } = kernel;
    const beyond = framesReady - network.spec.input.frames;
    if (beyond < 0 || beyond % this.framesPerHop !== 0) return null;
    const inference = kernel.recognise();
    this.inferred++;
    // when the frame was complete, not when the piece that completed it arrived: this does not depend on the pieces
    const sample = samplesOfFrames(framesReady);
    const chances = probabilities(inference.scores, network.classifier.scale);
    const detection = detector.push(chances, sample);
    this.onInference?.({ sample, inference, probabilities: chances, average: detector.average });
    return detection;
  }
}
