/** The course of one neuron with a constant input; reused from input to input. */
export interface NeuronTrace {
  /** H(t), the membrane before the reset. */
  readonly potential: Float64Array;
  /** z(t), 0 or 1. */
  readonly spikes: Uint8Array;
}

/** Returns the thresholds of every timestep: the given ones if there are T of them, otherwise the first one T times. */
export function overTimesteps(thresholds: readonly number[], timesteps: number): readonly number[] {
  return thresholds.length === timesteps ? thresholds : new Array<number>(timesteps).fill(thresholds[0]);
}

/**
 * Runs a soft-reset neuron on `input` injected at every timestep: H(t) = V(t−1) + i, z(t) = [H(t) ≥ Vth(t)],
 * V(t) = H(t) − z(t)·Vth(t), V(0) = 0. Returns the number of spikes; fills `trace` if it is given.
 */
export function spikeCount(input: number, thresholds: readonly number[], trace?: NeuronTrace): number {
  let membrane = 0;
  let count = 0;
  for (let t = 0; t < thresholds.length; t++) {
    membrane += input;
    const spike = membrane >= thresholds[t] ? 1 : 0;
    if (trace !== undefined) {
      trace.potential[t] = membrane;
      trace.spikes[t] = spike;
    }
    membrane -= spike * thresholds[t];
    count += spike;
  }
  return count;
}

/**
 * Adds to `gradient` [T] the derivatives of upstream · (number of spikes) by the thresholds: backpropagation through
 * the timesteps and the reset, with α·σ′(α(H − Vth)) instead of the derivative of the step.
 */
export type SpikeCountGradient = (
  trace: NeuronTrace,
  thresholds: readonly number[],
  surrogateSlope: number,
  upstream: number,
  gradient: Float64Array,
) => void;

export const spikeCountGradient: SpikeCountGradient = (trace, thresholds, surrogateSlope, upstream, gradient) => {
  let gradMembrane = 0;
  for (let t = thresholds.length - 1; t >= 0; t--) {
    const sigmoid = 1 / (1 + Math.exp(-surrogateSlope * (trace.potential[t] - thresholds[t])));
    const gradSpike = upstream - thresholds[t] * gradMembrane;
    const throughSpike = gradSpike * surrogateSlope * sigmoid * (1 - sigmoid);
    gradient[t] -= throughSpike + trace.spikes[t] * gradMembrane;
    gradMembrane += throughSpike;
  }
};
