import type { FeatureParameters } from '../../host/core/features/index.js';
import { MOST_FRAMES } from '../../host/core/network/generated.js';
import {
  checkSpec,
  type NetworkSpec,
  type NeuronKind,
  type Padding,
  planNetwork,
  type StageSpec,
} from '../../host/core/network/index.js';
import {
  boundsFault,
  channelBounds,
  channelIntegers,
  INT16,
  proveBounds,
  proveClassifier,
  type QuantizedLayer,
  type QuantizedNetwork,
} from '../../host/core/quantization/index.js';
import { Random } from '../../host/core/random.js';

export interface RandomNetworkOptions {
  /** The description; default: a random one. */
  readonly spec?: NetworkSpec;
  readonly dimensions?: 1 | 2;
  /** Default `same`. */
  readonly padding?: Padding;
  readonly neuron?: NeuronKind;
  readonly timesteps?: number;
  readonly classes?: number;
}

const oneOf = <T>(random: Random, items: readonly T[]): T => items[random.below(items.length)];

/** A small random description with 48 or 49 frames of 10 coefficients, identity and projection shortcuts. */
export function randomSpec(random: Random, options: RandomNetworkOptions = {}): NetworkSpec {
  const dimensions = options.dimensions ?? oneOf(random, [1, 1, 2] as const);
  const flat = dimensions === 1;
  const kernel = (): [number, number] => [oneOf(random, [1, 3, 3, 5, 7]), flat ? 1 : oneOf(random, [1, 3, 5])];
  const stride = (): [number, number] => [oneOf(random, [1, 2, 3]), flat ? 1 : oneOf(random, [1, 2])];
  const width = (): number => 1 + random.below(flat ? 20 : 7);
  const stem = { channels: width(), kernel: kernel(), stride: flat ? ([1, 1] as const) : stride() };
  const stages: StageSpec[] = [];
  for (let k = random.below(4); k > 0; k--) {
    const before: number = stages.at(-1)?.channels ?? stem.channels;
    const keepsShape = random.below(2) === 0;
    stages.push({
      blocks: 1 + random.below(2),
      channels: keepsShape ? before : width(),
      kernel: kernel(),
      stride: keepsShape ? [1, 1] : stride(),
    });
  }
  const { padding } = options;
  const spec = checkSpec({
    input: { frames: oneOf(random, [49, 48]), coefficients: 10 },
    dimensions,
    ...(padding === undefined ? {} : { padding }),
    stem,
    stages,
    neuron: options.neuron ?? oneOf(random, ['if', 'atif-u', 'atif-nu'] as const),
    timesteps: options.timesteps ?? 1 + random.below(8),
    surrogateSlope: 4,
    classes: options.classes ?? 1 + random.below(12),
  });
  return padding === 'valid' ? withWindow(random, spec) : spec;
}

/** The description with a window of 1 to 9 positions of the last layer, or as many as a hop needs. */
function withWindow(random: Random, spec: NetworkSpec): NetworkSpec {
  const windows = Array.from({ length: MOST_FRAMES }, (_, frames) => ({
    ...spec,
    input: { ...spec.input, frames: frames + 1 },
  })).filter((candidate) => {
    try {
      return planNetwork(candidate).layers.length > 0;
    } catch {
      return false;
    }
  });
  return oneOf(random, windows.slice(0, 9));
}

/** int8 without −128, with one of several distributions: bell-shaped, sparse, or only extremes. */
function fillWeights(random: Random, weights: Int8Array): void {
  const temper = random.below(6);
  for (let k = 0; k < weights.length; k++) {
    if (temper === 0) weights[k] = random.below(2) === 0 ? 127 : -127;
    else if (temper === 1) weights[k] = random.below(4) === 0 ? random.below(255) - 127 : 0;
    else weights[k] = Math.max(-127, Math.min(127, Math.round(random.normal() * 40)));
  }
}

const plainFeatures = ({ frames, coefficients }: NetworkSpec['input']): FeatureParameters => ({
  frames,
  mean: Array.from({ length: coefficients }, () => 0),
  multiplier: Array.from({ length: coefficients }, () => 1 << 12),
});

/**
 * A random network in integers, its bounds proven; the same seed gives the same network. Thresholds lie near the
 * spread of the currents, so that some neurons stay silent, some always fire and most do neither. In some channels the
 * bias puts the greatest or the least current exactly on the edge of int16.
 */
export function randomQuantizedNetwork(seed: number, options: RandomNetworkOptions = {}): QuantizedNetwork {
  const random = new Random(seed, 0x6a756467);
  const spec = options.spec ?? randomSpec(random, options);
  const plan = planNetwork(spec);
  const T = plan.timesteps;

  const layers = plan.layers.map((layerPlan, index): QuantizedLayer => {
    const { name, convolution, shortcut: shortcutPlan, source } = layerPlan;
    const { input, output, kernel } = convolution;
    const channels = output.channels;
    const row = input.channels * kernel[0] * kernel[1];
    const stem = source < 0;
    const weights = new Int8Array(channels * row);
    for (let c = 0; c < channels; c++) fillWeights(random, weights.subarray(c * row, (c + 1) * row));
    let shortcut: QuantizedLayer['shortcut'] = null;
    if (shortcutPlan?.kind === 'identity') {
      shortcut = { kind: 'identity', weights: Int16Array.from({ length: channels }, () => random.below(601) - 100) };
    } else if (shortcutPlan?.kind === 'projection') {
      const projection = new Int8Array(channels * shortcutPlan.convolution.input.channels);
      fillWeights(random, projection);
      shortcut = { kind: 'projection', weights: projection };
    }
    const layer = {
      name,
      weights,
      shortcut,
      bias: new Int32Array(channels),
      thresholds: new Int32Array(T * channels),
      scales: Float64Array.from({ length: channels }, () => 0.001 * (1 + random.uniform())),
    };
    for (let c = 0; c < channels; c++) {
      setThresholds(random, spec.neuron, layer, c, stem ? 40 : 0.35);
      while (boundsFault(channelBounds(channelIntegers(layer, c), stem), stem) !== null) halveChannel(layer, c);
    }
    return { ...layer, bounds: proveBounds(plan, index, layer) };
  });

  const weights = new Int8Array(plan.classifier.classes * plan.classifier.channels);
  fillWeights(random, weights);
  const bias = Int32Array.from({ length: plan.classifier.classes }, () => Math.round(random.normal() * 200));
  proveClassifier(plan, weights, bias);
  return {
    spec,
    labels: Array.from({ length: spec.classes }, (_, k) => `word${k}`),
    features: plainFeatures(spec.input),
    layers,
    classifier: { weights, bias, scale: 0.01 },
    provenance: {
      spikeword: '0.0.0',
      task: 'random',
      dataset: 'none',
      seed,
      epochs: 0,
      validationAccuracyFloat: null,
      validationAccuracy: null,
    },
  };
}

type Unproven = Omit<QuantizedLayer, 'bounds'>;

/** Returns bias and thresholds of one channel. `input` is the root mean square of its input. */
function setThresholds(random: Random, neuron: NeuronKind, layer: Unproven, c: number, input: number): void {
  const channels = layer.bias.length;
  const { weights, shortcut } = channelIntegers(layer, c);
  const squares = [...Array.from(weights), ...Array.from(shortcut)].reduce((sum, w) => sum + w * w, 0);
  const spread = Math.max(1, Math.sqrt(squares) * input);
  layer.bias[c] = Math.round(random.normal() * spread * 0.3);
  const base = spread * (0.4 + random.uniform() * 1.6);
  for (let t = 0; t < layer.thresholds.length / channels; t++) {
    const factor = neuron === 'atif-nu' ? 0.5 + random.uniform() : 1;
    layer.thresholds[t * channels + c] = Math.max(1, Math.round(base * factor));
  }
  // the bias shifts the range of the current to one limit of int16
  const { sum } = channelBounds(channelIntegers(layer, c), input > 1);
  const edge = random.below(8);
  if (input > 1 || sum.max - sum.min > INT16.max) return;
  if (edge === 0) layer.bias[c] = INT16.max - sum.max;
  if (edge === 1) layer.bias[c] = INT16.min - sum.min;
}

function halveChannel(layer: Unproven, c: number): void {
  const { weights, shortcut } = channelIntegers(layer, c);
  const views = [weights, shortcut].filter((view) => !Array.isArray(view)) as (Int8Array | Int16Array)[];
  for (const view of views) for (let k = 0; k < view.length; k++) view[k] = Math.trunc(view[k] / 2);
  layer.bias[c] = Math.trunc(layer.bias[c] / 2);
}

/**
 * A network and a feature map that drive layer `target` (by index) onto the very edges of its proven bounds: up to that
 * layer every neuron spikes at every timestep; in it, even channels reach the greatest current (32 767), odd ones the
 * least (−32 768); behind it, a random network follows. The stem as target meets its own bounds in int32.
 */
export function networkAtBounds(
  seed: number,
  target: number,
  options: RandomNetworkOptions = {},
): { network: QuantizedNetwork; features: Int8Array } {
  const network = randomQuantizedNetwork(seed, options);
  const plan = planNetwork(network.spec);
  const layers = network.layers.map((layer, index): QuantizedLayer => {
    if (index > target) return layer;
    const stem = plan.layers[index].source < 0;
    const edited = {
      ...layer,
      weights: layer.weights.slice(),
      bias: layer.bias.slice(),
      thresholds: layer.thresholds.slice(),
      shortcut: layer.shortcut,
    };
    const channels = layer.bias.length;
    const row = layer.weights.length / channels;
    for (let c = 0; c < channels; c++) {
      const sign = index === target && c % 2 === 1 ? -1 : 1;
      const w = Math.max(1, Math.min(127, Math.floor(16_000 / row)));
      edited.weights.fill(sign * w, c * row, (c + 1) * row);
    }
    if (layer.shortcut !== null) {
      const shortcut = { ...layer.shortcut, weights: layer.shortcut.weights.slice() };
      const shortcutRow = shortcut.weights.length / channels;
      for (let k = 0; k < shortcut.weights.length; k++) {
        const sign = index === target && Math.floor(k / shortcutRow) % 2 === 1 ? -1 : 1;
        shortcut.weights[k] = sign * 25;
      }
      edited.shortcut = shortcut as QuantizedLayer['shortcut'];
    }
    for (let c = 0; c < channels; c++) {
      edited.bias[c] = 0;
      const { sum } = channelBounds(channelIntegers(edited, c), stem);
      const threshold = index === target ? 1 + (c % 7) * 4000 : 1;
      for (let t = 0; t < plan.timesteps; t++) edited.thresholds[t * channels + c] = threshold;
      if (index < target) edited.bias[c] = 1;
      else if (!stem) edited.bias[c] = c % 2 === 1 ? INT16.min - sum.min : INT16.max - sum.max;
    }
    return { ...edited, bounds: proveBounds(plan, index, edited) };
  });
  const { frames, coefficients } = network.spec.input;
  return { network: { ...network, layers }, features: new Int8Array(frames * coefficients).fill(127) };
}
