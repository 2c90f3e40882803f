import { CLIP_SAMPLES, SAMPLE_RATE_HZ } from '../core/audio/index.js';
import { type Detection, NearMisses } from '../core/detection/index.js';
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

/**
 * Keeps the sound of every detection and of every near miss, at its closest moment.
 */
export class SoundKeeper {
  private readonly sound = new RecentSound();
  private readonly misses: NearMisses<Int16Array>;
  /** The inferences since the last piece, which come before their detections. */
  private inferences: { readonly sample: number; readonly average: Float64Array }[] = [];

  constructor(private readonly options: SoundKeeperOptions) {
    const { labels, point, nearMiss, keep } = options;
    this.misses = new NearMisses({
      labels,
      point,
      margin: nearMiss,
      keep: (sample) => this.sound.secondTo(sample),
      onNearMiss: ({ word, score, threshold, sample }, second) =>
        keep({ kind: 'near-miss', word, score, threshold, sample }, second),
    });
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
    this.misses.end();
  }

  private judge(detections: readonly Detection[]): void {
    for (const { sample, average } of this.inferences) {
      const detection = detections.find((one) => one.sample === sample) ?? null;
      if (detection !== null) this.keepDetection(detection);
      this.misses.take(sample, average, detection);
    }
    this.inferences = [];
  }

  private keepDetection({ word, label, score, sample }: Detection): void {
    const threshold = this.options.point.thresholds[label] / PROBABILITY_ONE;
    this.options.keep({ kind: 'detection', word, score, threshold, sample }, this.sound.secondTo(sample));
  }
}
