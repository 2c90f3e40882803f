import type { Checkpoint } from '../network/index.js';
import { foldNetwork } from './folding.js';
import type { QuantizedNetwork } from './quantized-network.js';

/** How far the integers of a layer are from the folded float network. */
export interface RoundingError {
  readonly layer: string;
  readonly channel: number;
  /** |w − s·q| of the worst weight, as a fraction of its channel's threshold (classifier: of its largest weight). */
  readonly ofThreshold: number;
}

/**
 * Whether `network` can have been rounded from `checkpoint`: its scales are those of the trained thresholds, and no
 * weight is off by more than a unit. It does not matter how the rounding chose between two neighbours: a later version
 * may choose differently.
 */
export function isRoundedFrom(checkpoint: Checkpoint, network: QuantizedNetwork): boolean {
  const near = (float: Float64Array, integers: ArrayLike<number>, scales: Float64Array): boolean =>
    float.every((weight, k) => {
      const scale = scales[Math.floor((k * scales.length) / float.length)];
      return Math.abs(weight - integers[k] * scale) <= scale;
    });
  return foldNetwork(checkpoint).layers.every((folded, index) => {
    const { weights, shortcut, thresholds, scales } = network.layers[index];
    const trained = Math.max(...folded.thresholds);
    const exact = scales.every((scale, c) => {
      let greatest = 0;
      for (let k = c; k < thresholds.length; k += scales.length) greatest = Math.max(greatest, thresholds[k]);
      return scale === trained / greatest;
    });
    const projection = folded.shortcut?.kind === 'projection' ? folded.shortcut.weights : new Float64Array(0);
    return exact && near(folded.weights, weights, scales) && near(projection, shortcut?.weights ?? [], scales);
  });
}

/** The worst weight of every layer: the one whose rounding moves the membrane most, measured in thresholds. */
export function worstRoundingErrors(checkpoint: Checkpoint, network: QuantizedNetwork): RoundingError[] {
  return foldNetwork(checkpoint).layers.map((folded, index) => {
    const layer = network.layers[index];
    const channels = layer.bias.length;
    let worst: RoundingError = { layer: layer.name, channel: 0, ofThreshold: 0 };
    const compare = (float: Float64Array, integers: ArrayLike<number>): void => {
      for (let k = 0; k < float.length; k++) {
        const channel = Math.floor((k * channels) / float.length);
        const threshold = Math.max(...folded.thresholds);
        const ofThreshold = Math.abs(float[k] - integers[k] * layer.scales[channel]) / threshold;
        if (ofThreshold > worst.ofThreshold) worst = { layer: layer.name, channel, ofThreshold };
      }
    };
    compare(folded.weights, layer.weights);
    if (folded.shortcut?.kind === 'projection' && layer.shortcut !== null) {
      compare(folded.shortcut.weights, layer.shortcut.weights);
    }
    return worst;
  });
}
