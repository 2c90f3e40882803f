import { NetworkError } from '../error.js';
import type { NetworkPlan } from '../network/index.js';
import type { LayerBounds, QuantizedLayer } from './quantized-network.js';

export interface Range {
  readonly min: number;
  readonly max: number;
}

export const INT16: Range = { min: -32_768, max: 32_767 };
export const INT32: Range = { min: -2_147_483_648, max: 2_147_483_647 };
const FEATURE: Range = { min: -128, max: 127 };

/** The integers that decide what one output channel can compute. */
export interface ChannelIntegers {
  /** All weights of the channel, over input channels and taps. */
  readonly weights: ArrayLike<number>;
  /**
   * The channel's shortcut weights: one for an identity, one per input channel for a projection, none without a
   * shortcut.
   */
  readonly shortcut: ArrayLike<number>;
  readonly bias: number;
  /** One per timestep. */
  readonly thresholds: ArrayLike<number>;
}

/** The values that one channel can reach, over all inputs. */
export interface ChannelBounds {
  /** The sum over the fan-in in any order and at any point of the addition, without the bias. */
  readonly sum: Range;
  /** The current of one timestep, bias included. */
  readonly current: Range;
  /** The membrane, before and after the reset, over all timesteps. */
  readonly membrane: Range;
}

/**
 * The extremes of one channel. The inputs of the stem are int8 features, those of every other layer are 0 or 1, so a
 * sum is at most the sum of its positive contributions. The membrane is followed as an interval through the timesteps:
 * H = V + I; V = H below the threshold and H − θ from it on.
 */
export function channelBounds(channel: ChannelIntegers, stem: boolean): ChannelBounds {
  const input = stem ? FEATURE : { min: 0, max: 1 };
  let low = 0;
  let high = 0;
  for (const weights of [channel.weights, channel.shortcut]) {
    for (let k = 0; k < weights.length; k++) {
      const atMin = weights[k] * input.min;
      const atMax = weights[k] * input.max;
      low += Math.min(atMin, atMax, 0);
      high += Math.max(atMin, atMax, 0);
    }
  }
  const current = { min: low + channel.bias, max: high + channel.bias };
  let membrane: Range = { min: 0, max: 0 };
  let v: Range = { min: 0, max: 0 };
  for (let t = 0; t < channel.thresholds.length; t++) {
    const threshold = channel.thresholds[t];
    const h = { min: v.min + current.min, max: v.max + current.max };
    const silent = { min: h.min, max: Math.min(h.max, threshold - 1) };
    const spiking = { min: Math.max(h.min - threshold, 0), max: h.max - threshold };
    if (h.max < threshold) v = silent;
    else if (h.min >= threshold) v = spiking;
    else v = { min: Math.min(silent.min, spiking.min), max: Math.max(silent.max, spiking.max) };
    membrane = { min: Math.min(membrane.min, h.min, v.min), max: Math.max(membrane.max, h.max, v.max) };
  }
  return { sum: { min: low, max: high }, current, membrane };
}

/** Says which value of a channel can leave its range; null if it is proven that none can. */
export function boundsFault({ sum, current, membrane }: ChannelBounds, stem: boolean): string | null {
  const outside = (what: string, reached: Range, allowed: Range): string | null => {
    if (reached.max > allowed.max) return `${what} can reach ${reached.max}, above ${allowed.max}`;
    if (reached.min < allowed.min) return `${what} can reach ${reached.min}, below ${allowed.min}`;
    if (!Number.isFinite(reached.max - reached.min)) return `${what} is not finite`;
    return null;
  };
  const lane = stem ? INT32 : INT16;
  return (
    outside('the sum of the weights', sum, lane) ??
    outside('the current', current, lane) ??
    outside('the membrane', membrane, INT32)
  );
}

/** The integers of channel `c` of layer `index`. */
export function channelIntegers(layer: Omit<QuantizedLayer, 'bounds'>, c: number): ChannelIntegers {
  const channels = layer.bias.length;
  const row = layer.weights.length / channels;
  const { shortcut } = layer;
  const shortcutRow = shortcut === null ? 0 : shortcut.weights.length / channels;
  return {
    weights: layer.weights.subarray(c * row, (c + 1) * row),
    shortcut: shortcut === null ? [] : shortcut.weights.subarray(c * shortcutRow, (c + 1) * shortcutRow),
    bias: layer.bias[c],
    thresholds: Array.from(
      { length: layer.thresholds.length / channels },
      (_, t) => layer.thresholds[t * channels + c],
    ),
  };
}

/**
 * Proves from the integers of layer `index` that no input can drive the current out of int16 (in the stem int32) or the
 * membrane out of int32, and returns the extremes over its channels. Throws `NetworkError` naming layer, channel and
 * bound.
 */
export function proveBounds(plan: NetworkPlan, index: number, layer: Omit<QuantizedLayer, 'bounds'>): LayerBounds {
  const stem = plan.layers[index].source < 0;
  const bounds = { currentMin: Infinity, currentMax: -Infinity, membraneMin: Infinity, membraneMax: -Infinity };
  for (let c = 0; c < layer.bias.length; c++) {
    const reached = channelBounds(channelIntegers(layer, c), stem);
    const fault = boundsFault(reached, stem);
    if (fault !== null) throw new NetworkError(`${layer.name}, channel ${c}: ${fault}`);
    bounds.currentMin = Math.min(bounds.currentMin, reached.current.min);
    bounds.currentMax = Math.max(bounds.currentMax, reached.current.max);
    bounds.membraneMin = Math.min(bounds.membraneMin, reached.membrane.min);
    bounds.membraneMax = Math.max(bounds.membraneMax, reached.membrane.max);
  }
  return bounds;
}

/**
 * Proves that no spike counts can drive a logit out of int32; a count is at most positions × timesteps. Throws
 * `NetworkError` naming the class.
 */
export function proveClassifier(plan: NetworkPlan, weights: Int8Array, bias: ArrayLike<number>): void {
  const { channels, positions, classes } = plan.classifier;
  const most = positions * plan.timesteps;
  for (let k = 0; k < classes; k++) {
    let min = bias[k];
    let max = bias[k];
    for (const weight of weights.subarray(k * channels, (k + 1) * channels)) {
      min += Math.min(weight, 0) * most;
      max += Math.max(weight, 0) * most;
    }
    if (max > INT32.max || min < INT32.min) {
      throw new NetworkError(`classifier, class ${k}: the logit can reach ${min}…${max}, outside int32`);
    }
  }
}
