import {
  CLIP_SAMPLES,
  FIRST_FRAME_SAMPLES,
  HOP_SAMPLES,
  joinSamples,
  millisecondsOf,
  Resampler,
  rootMeanSquare,
  toInt16,
  WINDOW_SAMPLES,
} from '../../../core/audio/index.js';
import { type Detection, NEAR_MISS, NearMisses, StreamDetector } from '../../../core/detection/index.js';
import { LogMel } from '../../../core/features/index.js';
import type { Inference, Kernel } from '../../../core/kernel/index.js';
import { PROBABILITY_ONE } from '../../../core/quantization/index.js';
import type { Heard, View } from '../history.js';

/** What a session has heard since it was asked last. */
export interface News {
  /** Frames that became complete. */
  readonly frames: number;
  /** Of each: ln of mel energies, [frame][band], and average probabilities, [frame][class]. */
  readonly mel: Float32Array<ArrayBuffer>;
  readonly scores: Float32Array<ArrayBuffer>;
  readonly flags: readonly Heard[];
  /** The sound itself, int16 at 16 kHz. */
  readonly sound: Int16Array;
  /** Root mean square of the last samples, ±1, and how long there were only zeros, in seconds. */
  readonly level: number;
  readonly zeroSeconds: number;
  /** Since the stream began: milliseconds of sound, and of computing. */
  readonly soundMs: number;
  readonly computedMs: number;
}

/**
 * One stream of sound through one model: takes samples at any rate, and collects what the page shows of them. It runs
 * in a worker.
 */
export class Session {
  private readonly detector: StreamDetector;
  private readonly resampler: Resampler;
  private readonly misses: NearMisses<View>;
  private readonly mel = new LogMel();
  /** The sound under the features that the network reads now, the newest samples last. */
  private readonly sound: Int16Array;
  private average: Float64Array;
  private inference: Inference | null = null;
  private level = 0;
  private zeros = 0;
  private computedMs = 0;
  private newMel: number[] = [];
  private newScores: number[] = [];
  private newFlags: Heard[] = [];
  private newSound: Int16Array[] = [];

  constructor(
    kernel: Kernel,
    private readonly sampleRateHz: number,
    thresholds: readonly number[],
  ) {
    const { labels, spec } = kernel.network;
    this.resampler = new Resampler(sampleRateHz);
    this.average = new Float64Array(labels.length);
    this.sound = new Int16Array(Math.max(CLIP_SAMPLES, WINDOW_SAMPLES + (spec.input.frames - 1) * HOP_SAMPLES));
    this.detector = new StreamDetector(kernel, {
      onInference: ({ average, inference }) => {
        this.average = average;
        this.inference = inference;
      },
    });
    this.misses = new NearMisses({
      labels,
      point: this.detector.point,
      margin: NEAR_MISS,
      // there is an inference before there is a score
      keep: (sample) => this.view(sample, this.inference!),
      onNearMiss: ({ threshold, ...miss }, view) => {
        const detection = { ...miss, timeMs: millisecondsOf(miss.sample) };
        this.newFlags.push({ kind: 'near-miss', detection, threshold, clip: view.sound.slice(-CLIP_SAMPLES), view });
      },
    });
    this.setThresholds(thresholds);
  }

  /** Takes the thresholds that the user chose, [class]. */
  setThresholds(thresholds: readonly number[]): void {
    this.detector.setThresholds(thresholds);
    this.misses.setPoint(this.detector.point);
  }

  /** Takes the next samples, ±1, at the session's rate. */
  push(samples: Float32Array): void {
    if (samples.length > 0) this.level = rootMeanSquare(samples);
    this.zeros = samples.every((sample) => sample === 0) ? this.zeros + samples.length : 0;
    this.take(this.resampler.push(samples));
  }

  /** Ends the sound: processes the samples that the converter still had. */
  end(): void {
    this.take(this.resampler.end());
    this.misses.end();
  }

  /** Returns what the network reads now; null before its first inference. */
  look(): View | null {
    return this.inference === null ? null : this.view(this.detector.samples, this.inference);
  }

  /** Returns what is new since the last call. */
  news(): News {
    const classes = this.average.length;
    const news = {
      frames: this.newScores.length / classes,
      mel: Float32Array.from(this.newMel),
      scores: Float32Array.from(this.newScores),
      flags: this.newFlags,
      sound: joinSamples(this.newSound),
      level: this.level,
      zeroSeconds: this.zeros / this.sampleRateHz,
      soundMs: millisecondsOf(this.detector.samples),
      computedMs: this.computedMs,
    };
    [this.newMel, this.newScores, this.newFlags, this.newSound] = [[], [], [], []];
    return news;
  }

  private take(samples: Float32Array): void {
    const began = performance.now();
    const integers = toInt16(samples);
    this.newSound.push(integers);
    for (let at = 0; at < integers.length; ) {
      // up to the end of a frame, so that every picture shows whole frames
      const left = (FIRST_FRAME_SAMPLES - this.detector.samples) % HOP_SAMPLES;
      const piece = integers.subarray(at, at + (left > 0 ? left : left + HOP_SAMPLES));
      this.hear(piece);
      at += piece.length;
    }
    this.computedMs += performance.now() - began;
  }

  private hear(samples: Int16Array): void {
    const { detector, sound } = this;
    sound.copyWithin(0, samples.length);
    sound.set(samples, sound.length - samples.length);
    this.mel.push(samples);
    const { framesReady } = detector.kernel;
    const { inferences } = detector;
    const [detection = null] = detector.push(samples);
    if (detector.kernel.framesReady > framesReady) {
      this.newMel.push(...this.mel.bands());
      this.newScores.push(...this.average);
    }
    if (detector.inferences > inferences) this.misses.take(detector.samples, this.average, detection);
    if (detection !== null) this.keep(detection);
  }

  private keep(detection: Detection): void {
    const view = this.view(detection.sample, this.inference!);
    const threshold = this.detector.point.thresholds[detection.label] / PROBABILITY_ONE;
    this.newFlags.push({ kind: 'detection', detection, threshold, clip: view.sound.slice(-CLIP_SAMPLES), view });
  }

  private view(sample: number, inference: Inference): View {
    return { sound: this.sound.slice(), features: this.detector.kernel.currentFeatures(), inference, sample };
  }
}
