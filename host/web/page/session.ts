import {
  CLIP_SAMPLES,
  HOP_SAMPLES,
  millisecondsOf,
  Resampler,
  rootMeanSquare,
  toInt16,
} from '../../core/audio/index.js';
import { type Detection, StreamDetector } from '../../core/detection/index.js';
import type { Inference, Kernel, Trace } from '../../core/kernel/index.js';
import { type Heard, History } from './history.js';
import type { LoadedModel } from './model.js';

/**
 * One stream of sound through one model. Takes samples at any rate, and gives the history, the detections and the state
 * of the network. It does not depend on the page.
 */
export class Session {
  readonly history: History;
  readonly detector: StreamDetector;
  /** Called with every detected word. */
  onHeard: (heard: Heard) => void = () => {};
  /** Root mean square of the last samples, ±1. */
  level = 0;
  /** Milliseconds spent on computing since the stream began. */
  computedMs = 0;
  private readonly resampler: Resampler;
  private readonly portrait: Kernel;
  private portrayed = -1;
  private lastTrace: Trace | null = null;
  private lastFeatures: Int8Array = new Int8Array(0);
  /** The last second, the newest samples last. */
  private readonly clip = new Int16Array(CLIP_SAMPLES);
  private scores: Float64Array;
  private lastInference: Inference | null = null;

  constructor(
    readonly model: LoadedModel,
    sampleRateHz: number,
  ) {
    this.resampler = new Resampler(sampleRateHz);
    this.detector = new StreamDetector(model.kernel(), {
      onInference: ({ average, inference }) => {
        this.scores = average;
        this.lastInference = inference;
      },
    });
    this.portrait = model.kernel();
    const { spec, labels } = model.network;
    this.scores = new Float64Array(labels.length);
    this.history = new History(spec.input.coefficients, labels.length);
  }

  /** Milliseconds of sound since the stream began. */
  get soundMs(): number {
    return millisecondsOf(this.detector.samples);
  }

  /** Takes the next samples, ±1, at the session's rate. */
  push(samples: Float32Array): void {
    this.take(this.resampler.push(samples));
  }

  /** Ends the sound: processes the samples that the converter still had. */
  end(): void {
    this.take(this.resampler.end());
  }

  /** Returns the last inference with every spike; null before the first. It is computed only on request. */
  trace(): Trace | null {
    const { detector } = this;
    if (detector.inferences > 0 && this.portrayed !== detector.inferences) {
      this.lastTrace = this.portrait.trace(this.lastFeatures);
      this.portrayed = detector.inferences;
    }
    return this.lastTrace;
  }

  /** The last inference, with the spikes and operations that it took: those of a hop if the network listens. */
  get inference(): Inference | null {
    return this.lastInference;
  }

  /** The features that the network read at its last inference: int8 [frame][coefficient]; empty before the first. */
  get features(): Int8Array {
    return this.lastFeatures;
  }

  private take(samples: Float32Array): void {
    const began = performance.now();
    if (samples.length > 0) {
      this.level = rootMeanSquare(samples);
    }
    const integers = toInt16(samples);
    for (let at = 0; at < integers.length; at += HOP_SAMPLES) this.hear(integers.subarray(at, at + HOP_SAMPLES));
    this.computedMs += performance.now() - began;
  }

  /** Takes at most one frame's samples, so that no frame is missed. */
  private hear(samples: Int16Array): void {
    const { detector } = this;
    this.clip.copyWithin(0, samples.length);
    this.clip.set(samples, CLIP_SAMPLES - samples.length);
    const { framesReady } = detector.kernel;
    const inferences = detector.inferences;
    const detections = detector.push(samples);
    if (detector.kernel.framesReady > framesReady) this.frame(detector.inferences > inferences);
    for (const detection of detections) this.keep(detection);
  }

  private frame(inferred: boolean): void {
    const { kernel } = this.detector;
    const { coefficients } = this.model.network.spec.input;
    const features = kernel.currentFeatures();
    if (inferred) this.lastFeatures = features;
    const row = kernel.newestRow;
    this.history.push(features.subarray(row * coefficients, (row + 1) * coefficients), this.scores);
  }

  private keep(detection: Detection): void {
    const heard = { detection, clip: this.clip.slice(), frame: this.history.frames - 1 };
    this.history.heard.push(heard);
    this.onHeard(heard);
  }
}
