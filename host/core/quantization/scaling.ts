import { NetworkError } from '../error.js';
import { boundsFault, type ChannelBounds, channelBounds, INT16 } from './bounds.js';
import type { FoldedLayer } from './folding.js';
import { roundKeepingSums } from './rounding.js';

/** Bits of a weight in the model file. */
export const WEIGHT_BITS = 8;

/** The largest weight of so many bits. −128 is not used: it has no opposite. */
export const greatestWeight = (bits: number): number => 2 ** (bits - 1) - 1;

/** The largest threshold, if weights and bias allow more: beyond it no current of a layer could tell the difference. */
const THRESHOLD_LIMIT = { stem: 1 << 20, layer: INT16.max };

/** One output channel in float: currents per unit of input, thresholds in the same unit. */
export interface FoldedChannel {
  readonly weights: Float64Array;
  /** Weights per input channel: the size of the kernel. */
  readonly taps: number;
  /** Rows of a projection; empty without one. */
  readonly projection: Float64Array;
  /** Current of a spike through an identity shortcut; 0 without one. */
  readonly identity: number;
  readonly bias: number;
  readonly thresholds: readonly number[];
}

export interface ScaledChannel {
  readonly weights: Int8Array;
  readonly projection: Int8Array;
  readonly identity: number;
  readonly bias: number;
  readonly thresholds: readonly number[];
  /** Float value of one unit. */
  readonly scale: number;
}

export function foldedChannel(layer: FoldedLayer, taps: number, c: number): FoldedChannel {
  const channels = layer.bias.length;
  const row = (weights: Float64Array): Float64Array => {
    const length = weights.length / channels;
    return weights.subarray(c * length, (c + 1) * length);
  };
  return {
    weights: row(layer.weights),
    taps,
    projection: layer.shortcut?.kind === 'projection' ? row(layer.shortcut.weights) : new Float64Array(0),
    identity: layer.shortcut?.kind === 'identity' ? layer.shortcut.amplitude : 0,
    bias: layer.bias[c],
    thresholds: layer.thresholds,
  };
}

const greatest = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** The channel with its largest threshold at the integer `theta`, and weights rounded so that their sums are kept. */
function roundChannel(channel: FoldedChannel, theta: number): ScaledChannel {
  const scale = Math.max(...channel.thresholds) / theta;
  const round = (value: number): number => Math.round(value / scale);
  return {
    weights: roundKeepingSums(
      channel.weights.map((weight) => weight / scale),
      channel.taps,
    ),
    projection: roundKeepingSums(
      channel.projection.map((weight) => weight / scale),
      1,
    ),
    identity: round(channel.identity),
    bias: round(channel.bias),
    thresholds: channel.thresholds.map((threshold) => Math.max(1, round(threshold))),
    scale,
  };
}

function boundsOf({ weights, projection, identity, bias, thresholds }: ScaledChannel, stem: boolean): ChannelBounds {
  // an identity is one weight, a projection a row, and no layer has both
  const shortcut = projection.length > 0 ? projection : [identity];
  return channelBounds({ weights, shortcut, bias, thresholds }, stem);
}

/**
 * Rounds a channel at the greatest threshold, at most `greatestTheta`, at which `faultAt` finds nothing. There must be
 * no fault below some edge and one for every threshold far above it; rounding blurs the edge itself. Halving finds a
 * threshold that holds, and the search then closes in on the largest. Returns the fault closest to the edge if there is
 * none.
 */
function greatestWithout(
  channel: FoldedChannel,
  greatestTheta: number,
  faultAt: (scaled: ScaledChannel) => string | null,
): { readonly scaled: ScaledChannel | null; readonly fault: string | null } {
  let holds = 0;
  let fails = greatestTheta + 1;
  let best: ScaledChannel | null = null;
  let fault: string | null = null;
  for (let theta = greatestTheta; theta > holds; theta = Math.floor((holds + fails) / 2)) {
    const scaled = roundChannel(channel, theta);
    const found = faultAt(scaled);
    if (found === null) {
      holds = theta;
      best = scaled;
    } else {
      fails = theta;
      fault = found;
    }
  }
  return { scaled: best, fault };
}

/**
 * Quantises one channel at its smallest provable scale: the greatest threshold θ at which every weight has at most
 * `bits` bits and no input can leave int16 (stem: int32) with the current or int32 with the membrane; θ falls until the
 * proof holds. The largest threshold is exact, the others are rounded in its scale. `where` names layer and channel in
 * the `NetworkError` that is thrown when not even θ = 1 can be proven.
 */
export function scaleChannel(channel: FoldedChannel, stem: boolean, bits: number, where: string): ScaledChannel {
  const most = greatestWeight(bits);
  const top = Math.max(...channel.thresholds);
  const weight = Math.max(greatest(channel.weights), greatest(channel.projection));
  const roomForWeights = Math.floor((most * top) / weight);
  const limit = stem ? THRESHOLD_LIMIT.stem : THRESHOLD_LIMIT.layer;
  const greatestTheta = Math.max(0, Math.min(limit, roomForWeights));
  const { scaled, fault } = greatestWithout(channel, greatestTheta, (tried) =>
    boundsFault(boundsOf(tried, stem), stem),
  );
  if (scaled !== null) return scaled;
  const reason = fault ?? `a weight of ${(weight / top).toPrecision(4)} thresholds exceeds ${most}`;
  throw new NetworkError(`${where}: ${reason} even at the coarsest scale, a threshold of 1`);
}

/**
 * What lets the kernel add the currents of two channels at once: θ − 1 − V of any channel's threshold and any channel's
 * membrane of the layer must fit in int16.
 */
const PACKED = { theta: 4096, membrane: { min: -28_672, max: INT16.max } } as const;
/**
 * A channel may give up one bit of its weights for that, or more if its threshold keeps so many steps: the thresholds
 * of trained layers have between 120 and 300 where weights alone decide.
 */
const LEAST_STEPS = { share: 0.5, steps: 200 } as const;

/**
 * Quantises the channels of a layer other than the stem again, at scales at which the kernel can add two channels at
 * once, which is faster. Returns them as they are if a channel would lose too much.
 */
export function packChannels(channels: readonly FoldedChannel[], plain: readonly ScaledChannel[]): ScaledChannel[] {
  const faultAt = (scaled: ScaledChannel): string | null => {
    const bounds = boundsOf(scaled, false);
    const { min, max } = bounds.membrane;
    const fits = min >= PACKED.membrane.min && max <= PACKED.membrane.max;
    // rounded at another scale, a channel may leave bounds that it kept before
    return boundsFault(bounds, false) ?? (fits ? null : `a membrane of ${min} to ${max}`);
  };
  const packed = plain.map((before, c) => {
    const theta = Math.max(...before.thresholds);
    if (theta <= PACKED.theta && faultAt(before) === null) return before;
    const { scaled } = greatestWithout(channels[c], Math.min(theta, PACKED.theta), faultAt);
    const least = Math.min(LEAST_STEPS.share * theta, LEAST_STEPS.steps);
    return scaled !== null && Math.max(...scaled.thresholds) >= least ? scaled : null;
  });
  return packed.every((channel) => channel !== null) ? packed : [...plain];
}
