import type { NetworkPlan, Padding } from '../network/index.js';
import { countText } from '../text/index.js';
import { INT16 } from './bounds.js';
import { type EarlyDecision, type QuantizedLayer, type QuantizedNetwork, thresholdRange } from './quantized-network.js';

/** What is wrong with an early decision that came from outside, for this network, or null. */
export function earlyDecisionFault(early: EarlyDecision, plan: NetworkPlan, padding: Padding = 'same'): string | null {
  const { margins, biases } = early;
  const { timesteps, classifier } = plan;
  if (padding === 'valid') return 'a network without padding, which listens, computes all timesteps of each position';
  if (plan.layers.length < 2) return 'a network of one layer computes all timesteps at once';
  if (classifier.classes < 2) return 'a network with one class has nothing to decide';
  if (margins.length !== timesteps - 1 || biases.length !== timesteps - 1) {
    return `${margins.length} margins and ${biases.length} rows of biases, expected ${timesteps - 1} of each`;
  }
  const wrong = margins.find((margin) => !(Number.isInteger(margin) && margin >= 0 && margin <= 0xffffffff));
  if (wrong !== undefined) return `a margin of ${wrong}, expected 0 to ${0xffffffff}`;
  if (margins.every((margin) => margin === 0)) return 'no margin: there is no decision before the last timestep';
  for (const [k, bias] of biases.entries()) {
    const fraction = bias.find((value) => !Number.isInteger(value));
    if (fraction !== undefined) return `a bias of ${fraction}, expected a whole number`;
    if (bias.length !== classifier.classes) return `${bias.length} biases, expected ${classifier.classes}`;
    if (margins[k] === 0 && bias.some((value) => value !== 0)) return `biases after ${k + 1} timesteps, but no margin`;
  }
  return null;
}

/**
 * What keeps the kernel from going on with the membranes of these layers, or null. It keeps 16 bits of a membrane where
 * the proven range fits, and then must be able to pack margins, θ − 1 − V, into them.
 */
export function keptMembranesFault(layers: readonly QuantizedLayer[]): string | null {
  for (const layer of layers.slice(1)) {
    const { membraneMin, membraneMax } = layer.bounds;
    const [least, greatest] = thresholdRange(layer);
    const packs = greatest - 1 - membraneMin <= INT16.max && least - 1 - membraneMax >= INT16.min;
    if (membraneMax - membraneMin <= 0xffff && !packs) {
      return `${layer.name}: thresholds up to ${countText(greatest)} leave no room for its membranes in 16 bits`;
    }
  }
  return null;
}

/** Returns the timesteps after which a network decides, the last one included, ascending. */
export function decisionTimesteps({ spec, early }: Pick<QuantizedNetwork, 'spec' | 'early'>): number[] {
  const before = early === undefined ? [] : [...early.margins.keys()].filter((k) => early.margins[k] > 0);
  return [...before.map((k) => k + 1), spec.timesteps];
}

/** The early decisions in words. */
export function describeEarly({ margins }: EarlyDecision): string {
  const steps = [...margins.entries()].filter(([, margin]) => margin > 0);
  const texts = steps.map(([k, margin]) => `${k + 1} if the winner leads by ${countText(margin)}`);
  return `after ${texts.join(', ')}`;
}
