import { FRAME_MS, HOP_SAMPLES, samplesOfFrames } from '../audio/index.js';
import type { Inference, Kernel } from '../kernel/index.js';
import { probabilities } from '../kernel/index.js';
import type { OperatingPoint } from '../quantization/index.js';
import { type Detection, Detector } from './detector.js';
import { operatingPointOf } from './operating-point.js';

/** What the network said at one moment of a stream. */
export interface StreamInference {
  /** Samples of the stream that had come. */
  readonly sample: number;
  readonly inference: Inference;
  /** [class] */
  readonly probabilities: Float64Array;
  /** [class], averaged as the operating point says; overwritten by the next inference. */
  readonly average: Float64Array;
}

export interface StreamDetectorOptions {
  /** What is said here replaces what stands in the model. */
  readonly point?: Partial<OperatingPoint>;
  /** Called after every inference, before its detection is returned. */
  readonly onInference?: (state: StreamInference) => void;
}

/**
 * Samples in, detections out. Frames come from the kernel's streaming front end, and as soon as the network's input is
 * filled it is run every `hopMs`. What comes out depends on the samples alone, not on the pieces that they come in.
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
   * Throws `DetectionError` for an operating point that is out of range, `ModelError` for a model of other features.
   */
  constructor(
    /** Belongs to this stream alone. */
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

  /** Samples that have come. */
  get samples(): number {
    return this.pushed;
  }

  /** Inferences that were made. */
  get inferences(): number {
    return this.inferred;
  }

  /** Takes the next samples of the stream, int16 at 16 kHz, as many as there are. */
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

  /** Begins another stream. */
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
    // when the frame was complete, not when the piece that completed it came: the same for all pieces
    const sample = samplesOfFrames(framesReady);
    const chances = probabilities(inference.scores, network.classifier.scale);
    const detection = detector.push(chances, sample);
    this.onInference?.({ sample, inference, probabilities: chances, average: detector.average });
    return detection;
  }
}
