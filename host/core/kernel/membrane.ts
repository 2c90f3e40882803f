import type { ConvolutionPlan, NetworkPlan } from '../network/index.js';
import type { QuantizedNetwork } from '../quantization/index.js';
import type { Trace } from './kernel.js';

/** One neuron: a channel of a layer at one position. */
export interface NeuronPlace {
  /** Index in the plan's layers. */
  readonly layer: number;
  readonly channel: number;
  readonly frame: number;
  readonly band: number;
}

/** What a neuron does in one timestep, in the integers of its channel. */
export interface MembraneStep {
  /** What it receives, bias included. */
  readonly current: number;
  /** Its membrane with the current, before a spike. */
  readonly reached: number;
  /** Its learned threshold in this timestep. */
  readonly threshold: number;
  readonly spiked: boolean;
  /** Its membrane afterwards: reduced by the threshold if it spiked. */
  readonly left: number;
}

/**
 * Returns what a neuron does, timestep by timestep, from the spikes that a kernel has traced: the rules are those of
 * the integer network (membrane 0 at first, a spike where it reaches the threshold, which is then subtracted).
 */
export function membraneOf(
  network: QuantizedNetwork,
  plan: NetworkPlan,
  trace: Trace,
  place: NeuronPlace,
): MembraneStep[] {
  const { thresholds } = network.layers[place.layer];
  const { channels } = plan.layers[place.layer].convolution.output;
  let membrane = 0;
  return Array.from({ length: plan.timesteps }, (_, timestep) => {
    const current = currentOf(network, plan, trace, place, timestep);
    const reached = membrane + current;
    const threshold = thresholds[timestep * channels + place.channel];
    const spiked = reached >= threshold;
    membrane = spiked ? reached - threshold : reached;
    return { current, reached, threshold, spiked, left: membrane };
  });
}

/** The current of a neuron: that of the stem is the same in every timestep. */
function currentOf(
  network: QuantizedNetwork,
  plan: NetworkPlan,
  { stemCurrent, spikes }: Trace,
  { layer, channel, frame, band }: NeuronPlace,
  timestep: number,
): number {
  const { convolution, source, shortcut } = plan.layers[layer];
  const { bias, weights, shortcut: shortcutWeights } = network.layers[layer];
  const { frames, bands } = convolution.output;
  if (source < 0) return stemCurrent[(channel * frames + frame) * bands + band];
  let current = bias[channel] + convolved(convolution, weights, spikes[source], { channel, frame, band, timestep });
  if (shortcut === null || shortcutWeights === null) return current;
  const entering = plan.layers[shortcut.source].convolution.output;
  const train = spikes[shortcut.source];
  if (shortcut.kind === 'projection') {
    const at = { channel, frame, band, timestep };
    return current + convolved(shortcut.convolution, shortcutWeights.weights, train, at);
  }
  const cell = (channel * entering.frames + shortcut.first + frame) * entering.bands + band;
  const size = entering.channels * entering.frames * entering.bands;
  if (train[timestep * size + cell] === 1) current += shortcutWeights.weights[channel];
  return current;
}

/** The sum of the weights, [out][in][time][frequency], under the spikes, [timestep][channel][frame][band]. */
function convolved(
  { input, kernel, stride, padding }: ConvolutionPlan,
  weights: ArrayLike<number>,
  spikes: Uint8Array,
  at: { readonly channel: number; readonly frame: number; readonly band: number; readonly timestep: number },
): number {
  const [taps, tapBands] = kernel;
  let sum = 0;
  for (let c = 0; c < input.channels; c++) {
    for (let tap = 0; tap < taps; tap++) {
      const frame = at.frame * stride[0] + tap - padding[0];
      if (frame < 0 || frame >= input.frames) continue;
      for (let tapBand = 0; tapBand < tapBands; tapBand++) {
        const band = at.band * stride[1] + tapBand - padding[1];
        if (band < 0 || band >= input.bands) continue;
        const cell = ((at.timestep * input.channels + c) * input.frames + frame) * input.bands + band;
        if (spikes[cell] === 1) sum += weights[((at.channel * input.channels + c) * taps + tap) * tapBands + tapBand];
      }
    }
  }
  return sum;
}
