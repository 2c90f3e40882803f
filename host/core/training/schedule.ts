/** How the learning rate changes over a training run. */
export interface ScheduleSettings {
  readonly kind: 'cosine' | 'step';
  /** The highest learning rate, reached at the end of the warm-up. */
  readonly learningRate: number;
  /** Epochs over which the rate climbs linearly from nearly 0; may be a fraction. */
  readonly warmupEpochs: number;
  /** `step`: the rate falls at these fractions of the run, ascending, in (0, 1). */
  readonly milestones: readonly number[];
  /** `step`: the rate is multiplied by this at each milestone. */
  readonly factor: number;
}

/**
 * The learning rate of a step (0-based) of a run of `steps` steps. Warm-up of w steps: rate · (step + 1) / w. Then
 * cosine: rate · ½ (1 + cos(π · (step − w) / (steps − w))), which would be 0 at `steps` (Loshchilov and Hutter,
 * arXiv:1608.03983); or step: rate · factor^(milestones passed).
 */
export function learningRateAt(schedule: ScheduleSettings, step: number, steps: number, stepsPerEpoch: number): number {
  const { kind, learningRate, warmupEpochs, milestones, factor } = schedule;
  // A warm-up never takes more than half of a run: short runs must reach their learning rate too.
  const warmup = Math.min(Math.round(warmupEpochs * stepsPerEpoch), Math.floor(steps / 2));
  if (step < warmup) return (learningRate * (step + 1)) / warmup;
  if (kind === 'step') {
    return learningRate * factor ** milestones.filter((fraction) => step >= Math.round(fraction * steps)).length;
  }
  return learningRate * 0.5 * (1 + Math.cos((Math.PI * (step - warmup)) / (steps - warmup)));
}
