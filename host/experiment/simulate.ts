import { type ConvolutionPlan, type NetworkPlan, shapeSize, type TensorShape } from '../core/network/index.js';
import type { FoldedNetwork } from '../core/quantization/index.js';

/** What a network does with one clip. */
export interface ClipResult {
  /** [class] */
  readonly logits: Float64Array;
  /** Spikes per layer; with ordinary activations those that are not zero. */
  readonly spikes: number[];
  /** Per layer: additions of one weight, and products of the stem with features, which are counted once. */
  readonly synapticOperations: number[];
}

/** A convolution whose weights lie in the order in which an input is scattered: [in][time][frequency][out]. */
interface Scatter {
  readonly plan: ConvolutionPlan;
  readonly weights: Float64Array;
}

interface Layer {
  readonly main: Scatter;
  readonly projection: Scatter | null;
  readonly identity: { readonly amplitude: number; readonly first: number } | null;
  /** The layer whose outputs the shortcut adds; −1 without one. */
  readonly shortcutSource: number;
  readonly bias: Float64Array;
  readonly thresholds: readonly number[];
}

/**
 * A folded network in float64 on one clip after the other, without anything that makes it fast but skipping zeros. It
 * does what the engine and the kernel cannot: it shows activations, and begins with any charge of the membranes.
 */
export class FloatSimulator {
  private readonly layers: readonly Layer[];

  constructor(
    private readonly plan: NetworkPlan,
    private readonly network: FoldedNetwork,
  ) {
    this.layers = plan.layers.map(({ convolution, shortcut }, k): Layer => {
      const folded = network.layers[k];
      const own = folded.shortcut;
      return {
        main: scatterOf(convolution, folded.weights),
        projection:
          shortcut?.kind === 'projection' && own?.kind === 'projection'
            ? scatterOf(shortcut.convolution, own.weights)
            : null,
        identity: own?.kind === 'identity' ? { amplitude: own.amplitude, first: shortcut?.first ?? 0 } : null,
        shortcutSource: shortcut?.source ?? -1,
        bias: folded.bias,
        thresholds: folded.thresholds,
      };
    });
  }

  /**
   * Runs spiking neurons with soft reset, H(t) = V(t−1) + i(t), for all timesteps.
   *
   * @param features int8, [frame][coefficient]
   * @param start V(0) in thresholds: 0 as everywhere else, 0.5 for membranes that start half full
   */
  spike(features: Int8Array, start: number): ClipResult {
    const { timesteps } = this.plan;
    return this.run(features, timesteps, (layer, currentAt) => {
      const { thresholds } = this.layers[layer];
      const membrane = new Float64Array(shapeSize(this.plan.layers[layer].convolution.output)).fill(
        start * thresholds[0],
      );
      return Array.from({ length: timesteps }, (_, t) => {
        const current = currentAt(t);
        return membrane.map((before, n) => {
          const charged = before + current[n];
          const spikes = charged >= thresholds[t];
          membrane[n] = spikes ? charged - thresholds[t] : charged;
          return spikes ? 1 : 0;
        });
      });
    });
  }

  /**
   * Runs ordinary activations, max(0, i), once; the network must be folded with spikes that are worth 1.
   *
   * @param observe is called with the activations of each layer, [frame][band][channel]
   */
  activate(features: Int8Array, observe: (layer: number, activations: Float64Array) => void = () => {}): ClipResult {
    return this.run(features, 1, (layer, currentAt) => {
      const activations = currentAt(0).map((current) => Math.max(0, current));
      observe(layer, activations);
      return [activations];
    });
  }

  /** Computes layer after layer, each for all timesteps: its currents, and what `fire` makes of them. */
  private run(
    features: Int8Array,
    timesteps: number,
    fire: (layer: number, currentAt: (timestep: number) => Float64Array) => Float64Array[],
  ): ClipResult {
    const outputs: Float64Array[][] = [];
    const synapticOperations: number[] = [];
    for (const [k, { source }] of this.plan.layers.entries()) {
      const layer = this.layers[k];
      let operations = 0;
      const currentAt = (t: number, input: ArrayLike<number>): Float64Array => {
        const { output } = layer.main.plan;
        const current = new Float64Array(shapeSize(output));
        for (let at = 0; at < current.length; at += output.channels) current.set(layer.bias, at);
        operations += scatter(layer.main, input, current, source < 0);
        const entering = outputs[layer.shortcutSource]?.[t];
        if (layer.projection !== null) operations += scatter(layer.projection, entering, current, false);
        if (layer.identity !== null) operations += pass(layer.identity, output, entering, current);
        return current;
      };
      // the stem reads features, [frame][coefficient], which is also [frame][band][channel] in both dimensions
      const stemCurrent = source < 0 ? currentAt(0, features) : null;
      outputs.push(fire(k, (t) => stemCurrent ?? currentAt(t, outputs[source][t])));
      synapticOperations.push(operations);
    }
    const { channels, classes } = this.plan.classifier;
    const counts = new Float64Array(channels);
    for (const output of outputs[outputs.length - 1].slice(0, timesteps)) {
      for (let n = 0; n < output.length; n++) counts[n % channels] += output[n];
    }
    const { weights, bias } = this.network.classifier;
    const logits = Float64Array.from({ length: classes }, (_, c) =>
      counts.reduce((sum, count, channel) => sum + weights[c * channels + channel] * count, bias[c]),
    );
    const active = (output: Float64Array): number => output.reduce((sum, value) => sum + (value > 0 ? 1 : 0), 0);
    return {
      logits,
      spikes: outputs.map((perTimestep) => perTimestep.reduce((sum, output) => sum + active(output), 0)),
      synapticOperations,
    };
  }
}

/** Turns weights [out][in][time][frequency] into [in][time][frequency][out]. */
function scatterOf(plan: ConvolutionPlan, weights: Float64Array): Scatter {
  const out = plan.output.channels;
  const row = weights.length / out;
  return { plan, weights: Float64Array.from(weights, (_, k) => weights[(k % out) * row + Math.floor(k / out)]) };
}

/**
 * Adds what each input that is not zero (in the stem: each) contributes to the current, both [frame][band][channel].
 * Returns the number of additions.
 */
function scatter({ plan, weights }: Scatter, input: ArrayLike<number>, current: Float64Array, all: boolean): number {
  const { kernel, stride, padding, output } = plan;
  const { channels, frames, bands } = plan.input;
  const out = output.channels;
  let additions = 0;
  for (let cell = 0; cell < frames * bands * channels; cell++) {
    const value = input[cell];
    if (value === 0 && !all) continue;
    const channel = cell % channels;
    const band = Math.floor(cell / channels) % bands;
    const frame = Math.floor(cell / (channels * bands));
    for (let kt = 0; kt < kernel[0]; kt++) {
      const outFrame = (frame + padding[0] - kt) / stride[0];
      if (!(Number.isInteger(outFrame) && outFrame >= 0 && outFrame < output.frames)) continue;
      for (let kf = 0; kf < kernel[1]; kf++) {
        const outBand = (band + padding[1] - kf) / stride[1];
        if (!(Number.isInteger(outBand) && outBand >= 0 && outBand < output.bands)) continue;
        const to = (outFrame * output.bands + outBand) * out;
        const from = ((channel * kernel[0] + kt) * kernel[1] + kf) * out;
        for (let o = 0; o < out; o++) current[to + o] += value * weights[from + o];
        additions += out;
      }
    }
  }
  return additions;
}

/** Adds the spikes of an identity shortcut, and returns their number. */
function pass(
  { amplitude, first }: { readonly amplitude: number; readonly first: number },
  { frames, bands, channels }: TensorShape,
  entering: Float64Array,
  current: Float64Array,
): number {
  const skipped = first * bands * channels;
  let additions = 0;
  for (let n = 0; n < frames * bands * channels; n++) {
    if (entering[skipped + n] === 0) continue;
    current[n] += entering[skipped + n] * amplitude;
    additions++;
  }
  return additions;
}
