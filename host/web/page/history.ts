import { FIRST_FRAME_SAMPLES, HOP_SAMPLES } from '../../core/audio/index.js';
import type { Detection } from '../../core/detection/index.js';
import { MEL_BANDS } from '../../core/features/index.js';
import type { Inference } from '../../core/kernel/index.js';

/** One frame every 20 ms. */
export const FRAMES_PER_SECOND = 50;
/** Frames that are kept: twelve seconds. */
export const HISTORY_FRAMES = 12 * FRAMES_PER_SECOND;

/** What the network read at a moment of a stream. */
export interface View {
  /** The sound under the features, int16 at 16 kHz; zeros before the stream began. */
  readonly sound: Int16Array;
  /** int8 [frame][coefficient]. */
  readonly features: Int8Array;
  /** The inference with the spikes and operations that it took: those of a hop if the network listens. */
  readonly inference: Inference;
  /** Samples of the stream that had arrived. */
  readonly sample: number;
}

/** A word that was heard, or nearly. */
export interface Heard {
  readonly kind: 'detection' | 'near-miss';
  readonly detection: Detection;
  /** What the score had to reach, 0 to 1. */
  readonly threshold: number;
  /** The second of sound that ends with it, int16 at 16 kHz. */
  readonly clip: Int16Array;
  /** What the network read. */
  readonly view: View;
}

/** The frame that a sample of a stream completes. */
export const frameOf = (sample: number): number => (sample - FIRST_FRAME_SAMPLES) / HOP_SAMPLES;

/** The last seconds of a stream, frame by frame, in ring buffers: frame f is in column f modulo `HISTORY_FRAMES`. */
export class History {
  /** ln of mel energies, [column][band]. */
  readonly mel = new Float32Array(HISTORY_FRAMES * MEL_BANDS);
  /** Average probabilities as of that frame, [column][class]. */
  readonly scores: Float32Array;
  /** Flags of the frames that are kept, in the order in which they became known. */
  flags: Heard[] = [];
  /** Frames since the stream began. */
  frames = 0;

  constructor(readonly classes: number) {
    this.scores = new Float32Array(HISTORY_FRAMES * classes);
  }

  /** The oldest frame that is kept. */
  get oldest(): number {
    return Math.max(0, this.frames - HISTORY_FRAMES);
  }

  /** Takes frames of a stream. @param mel [frame][band] @param scores [frame][class] */
  push(frames: number, mel: Float32Array, scores: Float32Array): void {
    for (let k = 0; k < frames; k++) {
      const column = this.frames % HISTORY_FRAMES;
      this.mel.set(mel.subarray(k * MEL_BANDS, (k + 1) * MEL_BANDS), column * MEL_BANDS);
      this.scores.set(scores.subarray(k * this.classes, (k + 1) * this.classes), column * this.classes);
      this.frames++;
    }
    this.flags = this.flags.filter(({ detection }) => frameOf(detection.sample) >= this.oldest);
  }

  /** The scores after the newest frame, [class]; zeros before the first. */
  get newest(): Float32Array {
    const column = (this.frames + HISTORY_FRAMES - 1) % HISTORY_FRAMES;
    return this.scores.subarray(column * this.classes, (column + 1) * this.classes);
  }

  /** A copy that stays as it is. */
  still(): History {
    const copy = new History(this.classes);
    copy.mel.set(this.mel);
    copy.scores.set(this.scores);
    copy.flags = [...this.flags];
    copy.frames = this.frames;
    return copy;
  }
}
