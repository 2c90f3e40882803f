import type { NeuronKind } from '../../host/core/network/index.js';

/** One population of neurons over T timesteps; every array is [timestep][neuron]. */
export interface Neurons {
  /** 0 or 1; for `relu` empty. */
  readonly spikes: Float64Array;
  /** H: the membrane after the current, before the reset. For `relu` the input. */
  readonly potential: Float64Array;
  /** V: the membrane after the reset. */
  readonly membrane: Float64Array;
  /** What the next layer sees: spikes × amplitude, for `relu` max(0, input). */
  readonly output: Float64Array;
}

/** The amplitude of a spike: 1 for `if`, the threshold for `atif-u`, the mean of the thresholds for `atif-nu`. */
function spikeAmplitude(kind: NeuronKind, thresholds: Float64Array): number {
  if (kind === 'if') return 1;
  return thresholds.reduce((sum, threshold) => sum + threshold, 0) / thresholds.length;
}

/** Soft reset: H(t) = V(t−1) + i(t), z(t) = [H(t) ≥ Vth(t)], V(t) = H(t) − z(t)·Vth(t), V(0) = 0. */
export function neurons(kind: NeuronKind, input: Float64Array, thresholds: Float64Array, timesteps: number): Neurons {
  if (kind === 'relu') {
    const empty = new Float64Array(0);
    return { spikes: empty, potential: input, membrane: empty, output: input.map((value) => Math.max(0, value)) };
  }
  const count = input.length / timesteps;
  const spikes = new Float64Array(input.length);
  const potential = new Float64Array(input.length);
  const membrane = new Float64Array(input.length);
  const amplitude = spikeAmplitude(kind, thresholds);
  for (let t = 0; t < timesteps; t++) {
    const threshold = thresholds.length === 1 ? thresholds[0] : thresholds[t];
    for (let n = 0; n < count; n++) {
      const at = t * count + n;
      const before = t === 0 ? 0 : membrane[at - count];
      potential[at] = before + input[at];
      spikes[at] = potential[at] >= threshold ? 1 : 0;
      membrane[at] = potential[at] - spikes[at] * threshold;
    }
  }
  return { spikes, potential, membrane, output: spikes.map((spike) => spike * amplitude) };
}

/**
 * Gradients of Σ upstream · output + Σ spikeCost · spikes. The step's derivative is replaced by the sigmoid's,
 * dz/dH = α·σ′(α(H − Vth)), and the gradient flows through the reset. `thresholds` is empty where they are fixed.
 */
export function neuronsBackward(
  kind: NeuronKind,
  forward: Neurons,
  thresholds: Float64Array,
  timesteps: number,
  surrogateSlope: number,
  upstream: Float64Array,
  spikeCost = 0,
): { input: Float64Array; thresholds: Float64Array } {
  const { spikes, potential } = forward;
  if (kind === 'relu') {
    return { input: upstream.map((value, at) => (potential[at] > 0 ? value : 0)), thresholds: new Float64Array(0) };
  }
  const count = upstream.length / timesteps;
  const amplitude = spikeAmplitude(kind, thresholds);
  const input = new Float64Array(upstream.length);
  const gradThresholds = new Float64Array(thresholds.length);
  for (let n = 0; n < count; n++) {
    let gradMembrane = 0;
    for (let t = timesteps - 1; t >= 0; t--) {
      const at = t * count + n;
      const which = thresholds.length === 1 ? 0 : t;
      const threshold = thresholds[which];
      const sigmoid = 1 / (1 + Math.exp(-surrogateSlope * (potential[at] - threshold)));
      const surrogate = surrogateSlope * sigmoid * (1 - sigmoid);
      const gradSpike = amplitude * upstream[at] + spikeCost - threshold * gradMembrane;
      gradThresholds[which] -= gradSpike * surrogate + spikes[at] * gradMembrane;
      gradMembrane += gradSpike * surrogate;
      input[at] = gradMembrane;
    }
  }
  if (kind === 'if') return { input, thresholds: new Float64Array(0) };
  const gradAmplitude = upstream.reduce((sum, value, at) => sum + value * spikes[at], 0);
  for (let k = 0; k < gradThresholds.length; k++) gradThresholds[k] += gradAmplitude / thresholds.length;
  return { input, thresholds: gradThresholds };
}
