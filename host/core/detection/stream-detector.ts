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
      const inference = this.kernel.listens ? this.kernel.listen(piece) : this.inferIfDue(piece);
      const detection = inference === null ? null : this.detect(inference);
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

  /** Runs a network that classifies clips on the last frames, if the samples complete a hop. */
  private inferIfDue(samples: Int16Array): Inference | null {
    const { kernel } = this;
    if (kernel.push(samples) === 0) return null;
    const beyond = kernel.framesReady - kernel.network.spec.input.frames;
    return beyond < 0 || beyond % this.framesPerHop !== 0 ? null : kernel.recognise();
  }

  private detect(inference: Inference): Detection | null {
    const { kernel, detector } = this;
    this.inferred++;
    // when the frame was complete, not when the piece that completed it arrived: this does not depend on the pieces
    const sample = samplesOfFrames(kernel.framesReady);
    const chances = probabilities(inference.scores, kernel.network.classifier.scale);
    const detection = detector.push(chances, sample);
    this.onInference?.({ sample, inference, probabilities: chances, average: detector.average });
    return detection;
  }
}
