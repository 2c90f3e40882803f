import type { Detection } from '../../core/detection/index.js';

/** One frame every 20 ms. */
export const FRAMES_PER_SECOND = 50;
/** Frames that are kept: twelve seconds. */
export const HISTORY_FRAMES = 12 * FRAMES_PER_SECOND;

/** A detected word, and the second of sound that ends with it. */
export interface Heard {
  readonly detection: Detection;
  /** int16 at 16 kHz. */
  readonly clip: Int16Array;
  /** The frame at which it was detected. */
  readonly frame: number;
}

/** The last seconds of a stream, frame by frame, in ring buffers: frame f is in column f modulo `HISTORY_FRAMES`. */
export class History {
  /** int8 features, [column][coefficient]. */
  readonly features: Int8Array;
  /** Average probabilities as of that frame, [column][class]. */
  readonly scores: Float32Array;
  /** Detections of the frames that are kept. */
  readonly heard: Heard[] = [];
  /** Frames since the stream began. */
  frames = 0;

  constructor(
    readonly coefficients: number,
    readonly classes: number,
  ) {
    this.features = new Int8Array(HISTORY_FRAMES * coefficients);
    this.scores = new Float32Array(HISTORY_FRAMES * classes);
  }

  /** The oldest frame that is kept. */
  get oldest(): number {
    return Math.max(0, this.frames - HISTORY_FRAMES);
  }

  /** @param features [coefficient] @param scores [class] */
  push(features: ArrayLike<number>, scores: ArrayLike<number>): void {
    const column = this.frames % HISTORY_FRAMES;
    this.features.set(features, column * this.coefficients);
    this.scores.set(scores, column * this.classes);
    this.frames++;
    while (this.heard.length > 0 && this.heard[0].frame < this.oldest) this.heard.shift();
  }
}
