/**
 * The average of the probabilities of the last inferences, and how often each class was the most probable one. It sums
 * them again every time instead of adding the newest and subtracting the oldest, so rounding errors do not accumulate
 * over an hour.
 */
export class MovingAverage {
  /** [class]: over the last `length` inferences, or over all while there are fewer. */
  readonly average: Float64Array;
  /** [class]: how many of these inferences had this class as the most probable; the lowest index wins a tie. */
  readonly wins: Int32Array;
  /** [slot][class] */
  private readonly kept: Float64Array;
  private readonly winners: Int32Array;
  private pushed = 0;

  constructor(
    readonly classes: number,
    /** Inferences that are averaged. */
    readonly length: number,
  ) {
    this.average = new Float64Array(classes);
    this.wins = new Int32Array(classes);
    this.kept = new Float64Array(classes * length);
    this.winners = new Int32Array(length);
  }

  /** Takes the probabilities of the next inference, [class]. */
  push(probabilities: ArrayLike<number>): void {
    const { classes, length, kept, winners, average, wins } = this;
    const slot = this.pushed % length;
    this.pushed++;
    let winner = 0;
    for (let c = 0; c < classes; c++) {
      kept[slot * classes + c] = probabilities[c];
      if (probabilities[c] > probabilities[winner]) winner = c;
    }
    winners[slot] = winner;
    const count = Math.min(this.pushed, length);
    average.fill(0);
    wins.fill(0);
    // from the oldest on, so that the rounding does not depend on the slots
    for (let k = this.pushed - count; k < this.pushed; k++) {
      wins[winners[k % length]]++;
      for (let c = 0; c < classes; c++) average[c] += kept[(k % length) * classes + c];
    }
    for (let c = 0; c < classes; c++) average[c] /= count;
  }

  /** Forgets everything. */
  reset(): void {
    this.pushed = 0;
    this.average.fill(0);
    this.wins.fill(0);
  }
}
