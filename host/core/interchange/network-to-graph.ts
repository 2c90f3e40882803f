import { NetworkError } from '../error.js';
import { FEATURE_SCALE } from '../features/index.js';
import {
  type Checkpoint,
  type ConvolutionPlan,
  describeCheckpoint,
  type NetworkPlan,
  planNetwork,
  type TensorShape,
} from '../network/index.js';
import { type FoldedLayer, foldNetwork } from '../quantization/index.js';
import { METADATA, type NirArray, type NirGraph, type NirNode, type NirValue, SOFT_RESET } from './nir-graph.js';

/**
 * Returns a trained network as a graph of NIR, with batch norms and spike amplitudes folded into weights (float32), so
 * that spikes are 0 or 1. Input: features / 32, the same at every timestep, [coefficient][frame] or
 * [1][frame][coefficient]. Output: one part of the logits for each timestep; the logits are their sum.
 *
 * Throws `NetworkError` for what NIR cannot express: ordinary activations, and thresholds that differ between
 * timesteps.
 */
export function networkToGraph(checkpoint: Checkpoint): NirGraph {
  const { spec } = checkpoint;
  if (spec.neuron === 'relu') {
    throw new NetworkError('NIR has no ordinary activations (relu): train with if or atif-u');
  }
  const plan = planNetwork(spec);
  const folded = foldNetwork(checkpoint);
  const nodes = new Map<string, NirNode>();
  const edges: [string, string][] = [];
  const add = (name: string, type: string, values: Record<string, NirValue>, ...from: string[]): string => {
    nodes.set(name, { type, values: new Map(Object.entries(values)) });
    for (const source of from) edges.push([source, name]);
    return name;
  };
  const { dimensions } = spec;
  const shapeOf = ({ channels, frames, bands }: TensorShape): number[] =>
    [channels, frames, bands].slice(0, 1 + dimensions);

  add('input', 'Input', { shape: integers(shapeOf(plan.layers[0].convolution.input)) });
  const neurons: string[] = [];
  for (const [k, { name, source, convolution, shortcut }] of plan.layers.entries()) {
    const layer = folded.layers[k];
    const weights = source < 0 ? layer.weights.map((weight) => weight / FEATURE_SCALE) : layer.weights;
    const enter = source < 0 ? 'input' : neurons[source];
    const currents = [
      add(name, `Conv${dimensions}d`, convolutionValues(dimensions, convolution, weights, layer.bias), enter),
    ];
    if (shortcut !== null) {
      const dense = shortcutConvolution(plan, k, layer.shortcut!);
      const bias = new Float64Array(convolution.output.channels);
      const values = convolutionValues(dimensions, dense.convolution, dense.weights, bias);
      currents.push(add(`${name}.shortcut`, `Conv${dimensions}d`, values, neurons[shortcut.source]));
    }
    const shape = shapeOf(convolution.output);
    const values = { r: full(shape, 1), v_threshold: full(shape, oneThreshold(layer)), v_reset: full(shape, 0) };
    neurons.push(add(`${name}.neuron`, 'IF', values, ...currents));
  }
  const last = plan.layers[plan.layers.length - 1].convolution.output;
  let end = neurons[neurons.length - 1];
  let pooled = shapeOf(last);
  if (dimensions === 2) {
    const window = integers([last.frames, last.bands]);
    end = add('pool', 'SumPool2d', { kernel_size: window, stride: window, padding: integers([0, 0]) }, end);
    pooled = [last.channels, 1, 1];
  }
  const flat = { input_type: integers(pooled), start_dim: integer(0), end_dim: integer(-1) };
  end = add('flatten', 'Flatten', flat, end);
  // NIR has no pooling along one axis: there every position has the weights of its channel
  const repeat = pooled.slice(1).reduce((a, b) => a * b, 1);
  const { weights, bias } = folded.classifier;
  const inputs = last.channels * repeat;
  const weight = Float32Array.from({ length: spec.classes * inputs }, (_, at) => weights[Math.floor(at / repeat)]);
  const classifier = {
    weight: { shape: [spec.classes, inputs], data: weight },
    bias: { shape: [spec.classes], data: Float32Array.from(bias, (value) => value / plan.timesteps) },
  };
  end = add('classifier', 'Affine', classifier, end);
  add('output', 'Output', { shape: integers([spec.classes]) }, end);
  return { nodes, edges, metadata: metadataOf(checkpoint, plan) };
}

function metadataOf(checkpoint: Checkpoint, { timesteps, spec }: NetworkPlan): Map<string, NirValue> {
  const order = spec.dimensions === 1 ? '[coefficient][frame]' : `[${spec.input.channels ?? 1}][frame][coefficient]`;
  return new Map<string, NirValue>([
    [METADATA.dt, { shape: [], data: Float64Array.of(1) }],
    [METADATA.timesteps, integer(timesteps)],
    [METADATA.reset, SOFT_RESET],
    ['spike', 'v >= v_threshold'],
    ['v_start', { shape: [], data: Float64Array.of(0) }],
    ['input', `int8 features / 32, ${order}, the same at every timestep`],
    ['output', 'logits = sum of the output over all timesteps'],
    [METADATA.description, describeCheckpoint(checkpoint)],
  ]);
}

function oneThreshold({ name, thresholds }: FoldedLayer): number {
  if (thresholds.every((threshold) => threshold === thresholds[0])) return thresholds[0];
  throw new NetworkError(
    `${name} has a threshold for each timestep (${thresholds.map((value) => value.toPrecision(4)).join(', ')}), and ` +
      "NIR's IF neuron has only one: train with --neuron atif-u or if",
  );
}

const integer = (value: number): NirArray => ({ shape: [], data: Int32Array.of(value) });
const integers = (values: readonly number[]): NirArray => ({ shape: [values.length], data: Int32Array.from(values) });
const full = (shape: readonly number[], value: number): NirArray => ({
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value),
});

/** `weights` is [out][in][time][frequency], of which a convolution along one axis has only time. */
function convolutionValues(
  dimensions: 1 | 2,
  { input, output, kernel, stride, padding }: ConvolutionPlan,
  weights: Float64Array,
  bias: Float64Array,
): Record<string, NirValue> {
  const extent = (values: readonly [number, number]): NirArray =>
    dimensions === 1 ? integer(values[0]) : integers(values);
  const shape = [output.channels, input.channels, ...kernel].slice(0, 2 + dimensions);
  return {
    input_shape: extent([input.frames, input.bands]),
    weight: { shape, data: Float32Array.from(weights) },
    stride: extent(stride),
    padding: extent(padding),
    dilation: extent([1, 1]),
    groups: integer(1),
    bias: { shape: [output.channels], data: Float32Array.from(bias) },
  };
}

/**
 * A shortcut as a convolution, which every framework knows: spikes get their amplitude, and a network without padding
 * leaves out `first` frames on each side, by zeros around the middle tap.
 */
export function shortcutPlan({ layers }: NetworkPlan, index: number): ConvolutionPlan {
  const { shortcut, convolution } = layers[index];
  const { source, first } = shortcut!;
  const stride = shortcut!.kind === 'projection' ? shortcut!.convolution.stride : ([1, 1] as const);
  const input = layers[source].convolution.output;
  return { input, output: convolution.output, kernel: [2 * first + 1, 1], stride, padding: [0, 0] };
}

function shortcutConvolution(
  plan: NetworkPlan,
  index: number,
  shortcut: NonNullable<FoldedLayer['shortcut']>,
): { convolution: ConvolutionPlan; weights: Float64Array } {
  const convolution = shortcutPlan(plan, index);
  const { input, output, kernel } = convolution;
  const [taps] = kernel;
  const weights = new Float64Array(output.channels * input.channels * taps);
  for (let to = 0; to < output.channels; to++) {
    for (let from = 0; from < input.channels; from++) {
      const pair = to * input.channels + from;
      const weight = shortcut.kind === 'projection' ? shortcut.weights[pair] : to === from ? shortcut.amplitude : 0;
      weights[pair * taps + (taps - 1) / 2] = weight;
    }
  }
  return { convolution, weights };
}
