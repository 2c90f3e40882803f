/** When averages become detections; times are in samples, so that they do not drift. */
export interface DecisionSettings {
  readonly threshold: number;
  readonly minimumCount: number;
  readonly suppressionSamples: number;
}

/**
 * Decides after every inference whether a word was said. A word is detected if its average is the highest of all
 * classes and at least the threshold, enough inferences named it, and the last detection of any word is long enough
 * ago. The word's own average must also have been below the threshold since its last detection: a word that continues
 * is not a second word.
 */
export class Decision {
  /** [class]: whether its average has been below the threshold since its last detection. */
  private readonly armed: Uint8Array;
  private readonly isKeyword: Uint8Array;
  private lastSample = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly classes: number,
    keywords: readonly number[],
    private readonly settings: DecisionSettings,
  ) {
    this.armed = new Uint8Array(classes).fill(1);
    this.isKeyword = new Uint8Array(classes);
    for (const keyword of keywords) this.isKeyword[keyword] = 1;
  }

  /**
   * Returns the class of the word that is detected now, or −1.
   *
   * @param average [class], from `base` on
   * @param wins [class], from `base` on
   * @param sample the position of the inference in the stream
   */
  next(average: ArrayLike<number>, wins: ArrayLike<number>, sample: number, base = 0): number {
    const { classes, armed, isKeyword } = this;
    const { threshold, minimumCount, suppressionSamples } = this.settings;
    let top = 0;
    for (let c = 0; c < classes; c++) {
      if (average[base + c] > average[base + top]) top = c;
      if (average[base + c] < threshold) armed[c] = 1;
    }
    if (isKeyword[top] === 0 || armed[top] === 0 || average[base + top] < threshold) return -1;
    if (wins[base + top] < minimumCount || sample - this.lastSample < suppressionSamples) return -1;
    armed[top] = 0;
    this.lastSample = sample;
    return top;
  }

  /** Returns to the state before the first inference. */
  reset(): void {
    this.armed.fill(1);
    this.lastSample = Number.NEGATIVE_INFINITY;
  }
}
