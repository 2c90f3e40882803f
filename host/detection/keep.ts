import { CLIP_SAMPLES, FRAME_MS, SAMPLE_RATE_HZ, samplesOfMs } from '../core/audio/index.js';
import type { Detection } from '../core/detection/index.js';
import { detectedWords } from '../core/detection/index.js';
import { type OperatingPoint, PROBABILITY_ONE } from '../core/quantization/index.js';
import type { Listener } from './listen.js';

/** A word that was detected, or nearly. */
export interface KeptEvent {
  readonly kind: 'detection' | 'near-miss';
  readonly word: string;
  /** Its average probability and its threshold, 0 to 1. */
  readonly score: number;
  readonly threshold: number;
  /** Samples of the stream that had arrived. */
  readonly sample: number;
}

export interface SoundKeeperOptions {
  readonly labels: readonly string[];
  readonly point: OperatingPoint;
  /** How far below its threshold the score of a near miss may be, 0 to 1; 0: none are kept. */
  readonly nearMiss: number;
  /** Called with the second of sound, int16 at 16 kHz, that ends with the event; zeros before the stream began. */
  readonly keep: (event: KeptEvent, second: Int16Array) => void;
}

/** A listener is given at most this many samples at once, so that the sound of its inferences is still there. */
const PIECE_SAMPLES = SAMPLE_RATE_HZ;

/** The last samples of a stream. */
class RecentSound {
  private readonly ring = new Int16Array(2 * PIECE_SAMPLES + CLIP_SAMPLES);
  private samples = 0;

  /** @param piece at most `PIECE_SAMPLES` */
  push(piece: Int16Array): void {
    for (const sample of piece) this.ring[this.samples++ % this.ring.length] = sample;
  }

  /** Returns the second that ends at a sample of the stream. */
  secondTo(end: number): Int16Array {
    const { ring } = this;
    return Int16Array.from({ length: CLIP_SAMPLES }, (_, k) => {
      const at = end - CLIP_SAMPLES + k;
      return at < 0 ? 0 : ring[at % ring.length];
    });
  }
}

/** A time in which scores stay near their thresholds. */
interface Approach {
  /** The last sample at which one was near. */
  until: number;
  /** The closest that one came, with its sound. */
  peak: { readonly event: KeptEvent; readonly margin: number; readonly second: Int16Array } | null;
  /** Whether a word was detected in it, so that it is no miss. */
  detected: boolean;
}

/**
 * Keeps the sound of every detection and of every near miss. A near miss is a time in which the score of a word comes
 * near its threshold, or above it where the detector wants more inferences, without a detection: its closest moment is
 * kept, once. The detector's own suppression time separates two of them, as it separates two detections.
 */
export class SoundKeeper {
  private readonly sound = new RecentSound();
  private readonly words: readonly { readonly word: string; readonly label: number; readonly threshold: number }[];
  private readonly suppressionSamples: number;
  /** The inferences since the last piece, which come before their detections. */
  private inferences: { readonly sample: number; readonly average: Float64Array }[] = [];
  private approach: Approach | null = null;

  constructor(private readonly options: SoundKeeperOptions) {
    const { labels, point } = options;
    this.words = [...detectedWords(labels, point)].map(([word, label]) => {
      return { word, label, threshold: point.thresholds[label] / PROBABILITY_ONE };
    });
    this.suppressionSamples = samplesOfMs(point.suppression * point.hop * FRAME_MS);
  }

  /** Takes the average probabilities, [class], of an inference, known after `sample` samples of the stream. */
  inferred(sample: number, average: Float64Array): void {
    this.inferences.push({ sample, average: average.slice() });
  }

  /** Returns a listener whose sound is kept. It has to call `inferred` for every inference. */
  around(listener: Listener): Listener {
    return {
      push: async (samples) => {
        const detections: Detection[] = [];
        for (let at = 0; at < samples.length; at += PIECE_SAMPLES) {
          const piece = samples.subarray(at, at + PIECE_SAMPLES);
          this.sound.push(piece);
          const found = await listener.push(piece);
          this.judge(found);
          detections.push(...found);
        }
        return detections;
      },
    };
  }

  /** The stream has ended: what was near is not detected any more. */
  end(): void {
    this.closeApproach();
  }

  private judge(detections: readonly Detection[]): void {
    for (const { sample, average } of this.inferences) {
      const detection = detections.find((one) => one.sample === sample);
      if (detection !== undefined) this.takeDetection(detection);
      else if (this.options.nearMiss > 0) this.takeUndetected(sample, average);
    }
    this.inferences = [];
  }

  private takeDetection({ word, label, score, sample }: Detection): void {
    const threshold = this.options.point.thresholds[label] / PROBABILITY_ONE;
    this.options.keep({ kind: 'detection', word, score, threshold, sample }, this.sound.secondTo(sample));
    this.approach = { until: sample, peak: null, detected: true };
  }

  private takeUndetected(sample: number, average: Float64Array): void {
    const { approach } = this;
    const near = this.nearest(average);
    if (near === null) {
      if (approach !== null && sample > approach.until + this.suppressionSamples) this.closeApproach();
      return;
    }
    if (approach === null) this.approach = { until: sample, peak: null, detected: false };
    else approach.until = sample;
    const now = this.approach!;
    if (now.detected || near.margin <= (now.peak?.margin ?? Number.NEGATIVE_INFINITY)) return;
    const event: KeptEvent = {
      kind: 'near-miss',
      word: near.word,
      score: near.score,
      threshold: near.threshold,
      sample,
    };
    now.peak = { event, margin: near.margin, second: this.sound.secondTo(sample) };
  }

  /** Returns the word whose score is closest to its threshold, or farthest above it; null if none is near. */
  private nearest(average: Float64Array) {
    const [best] = this.words
      .map(({ word, label, threshold }) => {
        return { word, threshold, score: average[label], margin: average[label] - threshold };
      })
      .sort((a, b) => b.margin - a.margin);
    return best !== undefined && best.margin >= -this.options.nearMiss ? best : null;
  }

  private closeApproach(): void {
    const peak = this.approach?.peak ?? null;
    this.approach = null;
    if (peak !== null) this.options.keep(peak.event, peak.second);
  }
}
