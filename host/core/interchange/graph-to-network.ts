import { NetworkError } from '../error.js';
import { FEATURE_SCALE } from '../features/index.js';
import {
  type Checkpoint,
  type ConvolutionPlan,
  checkSpec,
  type Description,
  type NetworkPlan,
  type NetworkSpec,
  planNetwork,
  readDescription,
  type StageSpec,
} from '../network/index.js';
import type { FoldedLayer, FoldedNetwork } from '../quantization/index.js';
import { type Convolution, GraphReader } from './graph-reader.js';
import { shortcutPlan } from './network-to-graph.js';
import { METADATA, type NirGraph, SOFT_RESET } from './nir-graph.js';
import { unfoldNetwork } from './unfold.js';

/** What a graph from another program does not say. */
export interface GraphImport {
  /** Labels, features and provenance; default: those in the metadata. */
  readonly training?: Omit<Description, 'spec'>;
  /** Default: those in the metadata. */
  readonly timesteps?: number;
  /** The spikes of a graph that does not say so take the threshold from the membrane. */
  readonly softReset?: boolean;
}

/** A convolution with its neurons, as found in the graph. */
interface FoundLayer {
  readonly convolution: Convolution;
  /** Null if the block's input is connected to its last neurons directly. */
  readonly shortcut: Convolution | null;
  readonly neuron: string;
  readonly threshold: number;
}

interface FoundGraph {
  readonly input: readonly number[];
  /** The stem, then two layers for each block. */
  readonly layers: readonly FoundLayer[];
  readonly classifier: FoundClassifier;
}

interface FoundClassifier {
  readonly name: string;
  /** Positions that are summed before the classifier, along time and frequency; null if they are not. */
  readonly pool: readonly number[] | null;
  /** Whether the pooling divides by the number of positions. */
  readonly average: boolean;
  /** [class][input] */
  readonly weights: Float64Array;
  /** [class], at every timestep. */
  readonly bias: Float64Array;
}

/**
 * Returns the network of a graph as a checkpoint: a stem, residual blocks of two convolutions with IF neurons, and a
 * linear classifier on their spikes, as `networkToGraph` makes it, from any program. Throws `NetworkError`, which names
 * the file and the node, and says what was expected there.
 */
export function graphToNetwork(graph: NirGraph, file: string, options: GraphImport = {}): Checkpoint {
  const reader = new GraphReader(graph, file);
  const { metadata } = graph;
  const json = metadata.get(METADATA.description);
  const own = typeof json === 'string' ? readDescription(json, file) : null;
  if (metadata.get(METADATA.reset) !== SOFT_RESET && options.softReset !== true) {
    reader.fail(
      'does not say how spikes reset the membrane; spikeword subtracts the threshold: give --soft-reset if the ' +
        'network was trained with that (a reset to zero cannot be imported)',
    );
  }
  const timesteps = options.timesteps ?? own?.spec.timesteps ?? reader.metadataNumber(METADATA.timesteps);
  if (timesteps === null) return reader.fail('does not say how many timesteps it was trained with: give --timesteps');
  const training = options.training ?? own;
  if (training === null) {
    return reader.fail('does not say which words and features it was trained with: give --features');
  }
  const dt = reader.metadataNumber(METADATA.dt);
  const found = find(reader, dt);
  const spec = checkFound(
    own === null ? inferredSpec(found, timesteps, training.labels.length) : { ...own.spec, timesteps },
    file,
  );
  const plan = planNetwork(spec);
  const { neuron, parameters } = unfoldNetwork(plan, foldedOf(reader, found, plan), file);
  const { labels, features, provenance } = training;
  const description = { spec: { ...spec, neuron }, labels, features, provenance };
  return { ...readDescription(JSON.stringify(description), file), parameters };
}

function checkFound(spec: NetworkSpec, file: string): NetworkSpec {
  try {
    return checkSpec(spec);
  } catch (cause) {
    throw new NetworkError(`${file}: ${(cause as Error).message}`, { cause });
  }
}

/** Follows the graph from its input to its output. */
function find(reader: GraphReader, dt: number | null): FoundGraph {
  const start = reader.only('Input');
  const neurons = (name: string, before: readonly string[]): Pick<FoundLayer, 'neuron' | 'threshold'> => {
    const sources = reader.before(name);
    if (sources.length !== before.length || !before.every((source) => sources.includes(source))) {
      reader.fail(`node ${name} adds ${sources.join(' and ')}, expected ${before.join(' and ')}`);
    }
    return { neuron: name, threshold: reader.threshold(name, dt) };
  };
  const plain = (name: string): FoundLayer => {
    const convolution = reader.convolution(name);
    return { convolution, shortcut: null, ...neurons(reader.next(name), [name]) };
  };
  const layers = [plain(reader.next(start))];
  for (;;) {
    const { neuron } = layers[layers.length - 1];
    const after = reader.after(neuron);
    if (after.length === 1 && !reader.isConvolution(after[0])) break;
    if (after.length !== 2) {
      reader.fail(
        `node ${neuron} feeds ${after.join(' and ') || 'nothing'}, expected the two branches of a residual block ` +
          '(two convolutions with IF neurons, and a shortcut), or the classifier',
      );
    }
    layers.push(...findBlock(reader, neuron, after, plain, neurons));
  }
  return { input: reader.shape(start), layers, classifier: findClassifier(reader, layers[layers.length - 1].neuron) };
}

/** Returns both layers of the block that the spikes of `from` enter. */
function findBlock(
  reader: GraphReader,
  from: string,
  branches: readonly string[],
  plain: (name: string) => FoundLayer,
  neurons: (name: string, before: readonly string[]) => Pick<FoundLayer, 'neuron' | 'threshold'>,
): FoundLayer[] {
  // the shortcut leads to neurons that have a second input, the first convolution to neurons of its own
  const isFirst = (name: string): boolean =>
    reader.isConvolution(name) && reader.after(name).every((next) => reader.before(next).length === 1);
  const main = branches.find(isFirst);
  const other = branches.find((name) => name !== main);
  if (main === undefined || other === undefined) {
    return reader.fail(`node ${from} feeds ${branches.join(' and ')}, expected a residual block`);
  }
  const first = plain(main);
  const name = reader.next(first.neuron);
  const convolution = reader.convolution(name);
  const target = reader.next(name);
  const direct = other === target;
  const shortcut = direct ? null : reader.convolution(other);
  return [first, { convolution, shortcut, ...neurons(target, [name, direct ? from : other]) }];
}

function findClassifier(reader: GraphReader, from: string): FoundClassifier {
  let name = reader.next(from);
  let pool: readonly number[] | null = null;
  const pooling = reader.type(name);
  if (pooling === 'SumPool2d' || pooling === 'AvgPool2d') {
    pool = reader.extent(name, 'kernel_size', 2);
    const padding = reader.extent(name, 'padding', 2);
    if (padding.some((zeros) => zeros !== 0)) reader.fail(`node ${name} has padding ${padding}, expected none`);
    name = reader.next(name);
  }
  if (reader.type(name) === 'Flatten') name = reader.next(name);
  const type = reader.type(name);
  if (type !== 'Affine' && type !== 'Linear') {
    reader.fail(`node ${name} is ${type}, expected the classifier: SumPool2d (optional), Flatten, Affine`);
  }
  const weight = reader.array(name, 'weight');
  if (weight.shape.length !== 2) reader.fail(`node ${name}: weight is [${weight.shape}], expected [classes, inputs]`);
  const [classes] = weight.shape;
  const bias = type === 'Affine' ? reader.array(name, 'bias').data : new Float64Array(classes);
  if (bias.length !== classes) reader.fail(`node ${name}: bias has ${bias.length} values, expected ${classes}`);
  const end = reader.next(name);
  if (reader.type(end) !== 'Output') {
    reader.fail(`node ${end} is ${reader.type(end)}, expected Output: the classifier has no neurons`);
  }
  return { name, pool, average: pooling === 'AvgPool2d', weights: weight.data, bias };
}

/** The description of a network from another program; blocks of one shape in a row become one stage. */
function inferredSpec({ input, layers }: FoundGraph, timesteps: number, classes: number): NetworkSpec {
  const [stem, ...rest] = layers.map(({ convolution }) => convolution);
  const dimensions = stem.dimensions;
  const padded = layers.find(({ convolution }) => convolution.kernel[0] > 1)?.convolution.padding[0] !== 0;
  const stages: StageSpec[] = [];
  for (let k = 0; k < rest.length; k += 2) {
    const { channels, kernel, stride } = rest[k];
    const before = stages[stages.length - 1];
    const continues =
      before?.channels === channels && before.kernel.join() === kernel.join() && stride.join() === '1,1';
    if (continues) stages[stages.length - 1] = { ...before, blocks: before.blocks + 1 };
    else stages.push({ blocks: 1, channels, kernel, stride });
  }
  return {
    input:
      dimensions === 1
        ? { frames: input[1], coefficients: input[0] }
        : { frames: input[1], coefficients: input[2], ...(input[0] !== 1 && { channels: input[0] }) },
    dimensions,
    ...(padded ? {} : { padding: 'valid' }),
    stem: { channels: stem.channels, kernel: stem.kernel, stride: stem.stride },
    stages,
    neuron: 'atif-u',
    timesteps,
    surrogateSlope: 2,
    classes,
  };
}

/** Checks every node against the plan, and returns currents and thresholds. */
function foldedOf(reader: GraphReader, found: FoundGraph, plan: NetworkPlan): FoldedNetwork {
  const { input, layers, classifier } = found;
  const { channels, frames, bands } = plan.layers[0].convolution.input;
  const expected = plan.spec.dimensions === 1 ? [channels, frames] : [channels, frames, bands];
  if (input.join() !== expected.join()) reader.fail(`the input has shape [${input}], expected [${expected}]`);
  if (layers.length !== plan.layers.length) {
    reader.fail(`has ${layers.length} convolutions with neurons, but its description has ${plan.layers.length}`);
  }
  const folded = plan.layers.map((layerPlan, k): FoldedLayer => {
    const { name, source, convolution: wanted } = layerPlan;
    const { convolution, shortcut, threshold } = layers[k];
    expectConvolution(reader, convolution, wanted);
    const weights = source < 0 ? convolution.weights.map((weight) => weight * FEATURE_SCALE) : convolution.weights;
    const bias = shortcut === null ? convolution.bias : convolution.bias.map((value, c) => value + shortcut.bias[c]);
    return {
      name,
      weights,
      bias,
      shortcut: layerPlan.shortcut === null ? null : foldedShortcut(reader, layers[k], plan, k),
      thresholds: Array.from({ length: plan.timesteps }, () => threshold),
    };
  });
  return { layers: folded, classifier: foldedClassifier(reader, classifier, plan) };
}

const extentText = (values: readonly number[]): string => values.join(' × ');

function expectConvolution(
  reader: GraphReader,
  { name, inputs, channels, kernel, stride, padding }: Convolution,
  plan: ConvolutionPlan,
): void {
  const text = (from: number, to: number, ...extents: (readonly number[])[]): string =>
    `${from} → ${to} channels, kernel ${extentText(extents[0])}, stride ${extentText(extents[1])}, padding ${extentText(extents[2])}`;
  const has = text(inputs, channels, kernel, stride, padding);
  const wants = text(plan.input.channels, plan.output.channels, plan.kernel, plan.stride, plan.padding);
  if (has !== wants) reader.fail(`node ${name} has ${has}; in a network of this family it has ${wants}`);
}

function foldedShortcut(
  reader: GraphReader,
  { convolution, shortcut, neuron }: FoundLayer,
  plan: NetworkPlan,
  index: number,
): FoldedLayer['shortcut'] {
  const { kind } = plan.layers[index].shortcut!;
  const wanted = shortcutPlan(plan, index);
  if (shortcut === null) {
    if (kind === 'identity' && wanted.kernel[0] === 1) return { kind, amplitude: 1 };
    return reader.fail(
      `node ${neuron} adds the input of its block to ${convolution.name}; their shapes need a convolution`,
    );
  }
  expectConvolution(reader, shortcut, wanted);
  const [taps] = wanted.kernel;
  const middle = (taps - 1) / 2;
  const away = shortcut.weights.findIndex((weight, at) => weight !== 0 && at % taps !== middle);
  if (away >= 0) reader.fail(`node ${shortcut.name} has weights beside its middle tap, expected 0 there`);
  const weights = shortcut.weights.filter((_, at) => at % taps === middle);
  if (kind === 'projection') return { kind, weights };
  const [amplitude] = weights;
  const { channels } = wanted.output;
  const bad = weights.findIndex((weight, at) => weight !== (at % (channels + 1) === 0 ? amplitude : 0));
  if (bad >= 0) {
    reader.fail(
      `node ${shortcut.name} mixes channels, but shortcuts between equal shapes are the identity in this family: ` +
        `weight ${bad} is ${weights[bad]}, expected ${bad % (channels + 1) === 0 ? amplitude : 0}`,
    );
  }
  return { kind, amplitude };
}

function foldedClassifier(
  reader: GraphReader,
  { name, pool, average, weights, bias }: FoundClassifier,
  plan: NetworkPlan,
): FoldedNetwork['classifier'] {
  const { channels, positions, classes } = plan.classifier;
  const { frames, bands } = plan.layers[plan.layers.length - 1].convolution.output;
  if (pool !== null && (plan.spec.dimensions === 1 || pool.join() !== [frames, bands].join())) {
    reader.fail(`the pooling spans ${extentText(pool)}, expected all positions, ${frames} × ${bands}`);
  }
  if (bias.length !== classes) reader.fail(`node ${name} has ${bias.length} classes, expected ${classes}`);
  const repeat = pool === null ? positions : 1;
  if (weights.length !== classes * channels * repeat) {
    reader.fail(`node ${name}: weight has ${weights.length / classes} inputs, expected ${channels * repeat}`);
  }
  const uneven = weights.findIndex((weight, at) => weight !== weights[at - (at % repeat)]);
  if (uneven >= 0) {
    reader.fail(
      `node ${name} weighs the positions of a channel differently, expected the same weight for all ${positions}: ` +
        'the classifier of this family reads the sum of the spikes of a channel',
    );
  }
  const perCount = average ? 1 / positions : 1;
  return {
    weights: Float64Array.from({ length: classes * channels }, (_, at) => weights[at * repeat] * perCount),
    bias: bias.map((value) => value * plan.timesteps),
  };
}
