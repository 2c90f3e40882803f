import { NetworkError } from '../error.js';
import { boundsFault, channelBounds, INT16 } from './bounds.js';
import type { FoldedLayer } from './folding.js';
import { roundKeepingSums } from './rounding.js';

/** −128 is not used: it has no opposite. */
const WEIGHT_LIMIT = 127;
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

function faultOf(scaled: ScaledChannel, stem: boolean): string | null {
  const { weights, projection, identity, bias, thresholds } = scaled;
  // an identity is one weight, a projection a row, and no layer has both
  const shortcut = projection.length > 0 ? projection : [identity];
  return boundsFault(channelBounds({ weights, shortcut, bias, thresholds }, stem), stem);
}

/**
 * Quantises one channel at its smallest provable scale: the greatest threshold θ at which every weight fits int8 and no
 * input can leave int16 (stem: int32) with the current or int32 with the membrane; θ falls until the proof holds. The
 * largest threshold is exact, the others are rounded in its scale. `where` names layer and channel in the
 * `NetworkError` that is thrown when not even θ = 1 can be proven.
 */
export function scaleChannel(channel: FoldedChannel, stem: boolean, where: string): ScaledChannel {
  const top = Math.max(...channel.thresholds);
  const weight = Math.max(greatest(channel.weights), greatest(channel.projection));
  const roomForWeights = Math.floor((WEIGHT_LIMIT * top) / weight);
  const limit = stem ? THRESHOLD_LIMIT.stem : THRESHOLD_LIMIT.layer;
  const greatestTheta = Math.max(0, Math.min(limit, roomForWeights));
  // The proof holds for every θ below some edge and for none far above it; rounding blurs the edge itself. Halving
  // finds a θ that holds, and the search then closes in on the largest.
  let holds = 0;
  let fails = greatestTheta + 1;
  let best: ScaledChannel | null = null;
  let fault = `a weight of ${(weight / top).toPrecision(4)} thresholds exceeds ${WEIGHT_LIMIT}`;
  for (let theta = greatestTheta; theta > holds; theta = Math.floor((holds + fails) / 2)) {
    const scaled = roundChannel(channel, theta);
    const found = faultOf(scaled, stem);
    if (found === null) {
      holds = theta;
      best = scaled;
    } else {
      fails = theta;
      fault = found;
    }
  }
  if (best === null) throw new NetworkError(`${where}: ${fault} even at the coarsest scale, a threshold of 1`);
  return best;
}
