import { NetworkError } from '../error.js';
import {
  BATCH_NORM_EPSILON,
  type Checkpoint,
  checkSpec,
  type Description,
  float32Tensor,
  type NetworkSpec,
  type Parameters,
  parameterShapes,
  planNetwork,
  readDescription,
  type Tensor,
  type TensorFile,
} from '../network/index.js';
import { foldNetwork } from '../quantization/index.js';

/** Where the tensors of one of our layers are, named as PyTorch names them. */
export interface LayerMapping {
  /** `NAME.weight`, [out][in][time] or [out][in][time][frequency], and `NAME.bias` if there is one. */
  readonly convolution: string;
  /** `NAME.weight`, `.bias`, `.running_mean` and `.running_var`; default: no batch norm. */
  readonly batchNorm?: string;
  /** A tensor of one threshold, or of one for each timestep; or a number. Default: 1. Not for a shortcut. */
  readonly threshold?: string | number;
}

/** Says which tensor of a file from another program is which of ours. */
export interface TensorMapping {
  readonly network: NetworkSpec;
  /**
   * What a spike is worth where it leaves its layer, in the shortcut too: `one`, or `threshold` as in our networks. A
   * network of `one` is scaled; its spikes stay the same.
   */
  readonly spikes: 'one' | 'threshold';
  /** By our names: `stem`, `stage1.block1.conv1`, …, and `stage2.block1.conv2.shortcut` where it is a projection. */
  readonly layers: Readonly<Record<string, LayerMapping>>;
  /** `NAME.weight`, [class][channel], and `NAME.bias`: of the mean of the spikes over positions and timesteps. */
  readonly classifier: string;
  /** Tensors that are left out on purpose. */
  readonly ignore?: readonly string[];
}

const FIELDS = ['network', 'spikes', 'layers', 'classifier', 'ignore'];
const LAYER_FIELDS = ['convolution', 'batchNorm', 'threshold'];

/** Checks a mapping that came from outside. Throws `NetworkError` naming `file` and the field. */
export function checkMapping(value: unknown, file: string): TensorMapping {
  const fail = (fault: string): never => {
    throw new NetworkError(`${file}: ${fault}`);
  };
  if (typeof value !== 'object' || value === null)
    return fail('expected a JSON object: network, spikes, layers, classifier');
  const mapping = value as TensorMapping;
  const unknown = Object.keys(mapping).find((key) => !FIELDS.includes(key));
  if (unknown !== undefined) fail(`${unknown} is not a known field; expected ${FIELDS.join(', ')}`);
  try {
    checkSpec(mapping.network);
    planNetwork(mapping.network);
  } catch (cause) {
    throw new NetworkError(`${file}: ${(cause as Error).message}`, { cause });
  }
  if (mapping.spikes !== 'one' && mapping.spikes !== 'threshold') {
    fail(`spikes is ${JSON.stringify(mapping.spikes)}, expected "one" or "threshold"`);
  }
  if (typeof mapping.classifier !== 'string') fail('classifier is not the name of a linear layer');
  if (typeof mapping.layers !== 'object' || mapping.layers === null) return fail('layers is not an object');
  const names = layerNames(mapping.network);
  for (const [name, layer] of Object.entries(mapping.layers)) {
    if (!names.includes(name)) fail(`layers.${name} is not a layer of this network; expected ${names.join(', ')}`);
    if (typeof layer?.convolution !== 'string') fail(`layers.${name}.convolution is not the name of a convolution`);
    const key = Object.keys(layer).find((field) => !LAYER_FIELDS.includes(field));
    if (key !== undefined) fail(`layers.${name}.${key} is not a known field; expected ${LAYER_FIELDS.join(', ')}`);
  }
  const missing = names.find((name) => !Object.hasOwn(mapping.layers, name));
  if (missing !== undefined) fail(`layers.${missing} is missing`);
  return mapping;
}

function layerNames(spec: NetworkSpec): string[] {
  return planNetwork(spec).layers.flatMap(({ name, shortcut }) =>
    shortcut?.kind === 'projection' ? [name, `${name}.shortcut`] : [name],
  );
}

/** Takes tensors from a file, and remembers which. */
class Source {
  private readonly used = new Set<string>();

  constructor(
    private readonly content: TensorFile,
    private readonly file: string,
  ) {}

  has(name: string): boolean {
    return this.content.tensors.has(name);
  }

  /** A tensor of so many finite numbers, whatever its shape; throws `NetworkError`. */
  take(name: string, shape: readonly number[]): Float32Array {
    const { shape: found, data }: Tensor<Float32Array> = float32Tensor(this.content, name, this.file);
    this.used.add(name);
    const plain = (sizes: readonly number[]): string => sizes.filter((size) => size !== 1).join();
    if (plain(found) !== plain(shape)) {
      throw new NetworkError(`${this.file}: tensor ${name} is [${found}], expected [${shape}]`);
    }
    const bad = data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw new NetworkError(`${this.file}: tensor ${name} holds ${data[bad]} at ${bad}`);
    return data;
  }

  /** Throws `NetworkError` if a tensor has no place. */
  expectAllUsed(ignored: readonly string[]): void {
    const left = [...this.content.tensors.keys()].filter(
      (name) => !this.used.has(name) && !ignored.includes(name) && !name.endsWith('.num_batches_tracked'),
    );
    if (left.length === 0) return;
    const more = left.length > 4 ? ` and ${left.length - 4} more` : '';
    throw new NetworkError(
      `${this.file}: the mapping has no place for ${left.slice(0, 4).join(', ')}${more}; ` +
        'name them in "ignore" if the network does not need them',
    );
  }
}

/**
 * Returns the network in a file of tensors from another program as a checkpoint. `training`: the words and features
 * that it was trained with. Throws `NetworkError` naming the file and the fault.
 */
export function foreignNetwork(
  content: TensorFile,
  mapping: TensorMapping,
  training: Omit<Description, 'spec'>,
  file: string,
): Checkpoint {
  const parameters = foreignParameters(content, mapping, file);
  const { labels, features, provenance } = training;
  const description = readDescription(JSON.stringify({ spec: mapping.network, labels, features, provenance }), file);
  const checkpoint = { ...description, parameters };
  if (mapping.network.neuron !== 'relu') checkFolding(checkpoint, file);
  return checkpoint;
}

/** Throws `NetworkError` naming the file for thresholds and statistics that no network can have. */
function checkFolding(checkpoint: Checkpoint, file: string): void {
  try {
    foldNetwork(checkpoint);
  } catch (cause) {
    throw new NetworkError(`${file}: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Returns the tensors of a file from another program as those of a checkpoint. Throws `NetworkError` naming the file
 * and the tensor.
 */
function foreignParameters(content: TensorFile, mapping: TensorMapping, file: string): Parameters {
  const { network, spikes, layers, classifier, ignore = [] } = mapping;
  const plan = planNetwork(network);
  const shapes = new Map(parameterShapes(plan).map(({ name, shape }) => [name, shape]));
  const source = new Source(content, file);
  const parameters = new Map<string, Float32Array>();
  // what a spike is worth in the checkpoint, for each unit that it is worth in the file
  const worth: number[] = [];
  const worthOf = (index: number): number => (index < 0 ? 1 : worth[index]);

  /** `scale` multiplies currents, `input` is what the file's unit of input became. */
  const convolution = (name: string, input: number, scale: number): void => {
    const { convolution: from, batchNorm } = layers[name];
    const shape = shapes.get(`${name}.weight`)!;
    const channels = [shape[0]];
    const take = (part: string, otherwise: number): Float32Array =>
      source.has(part) ? source.take(part, channels) : new Float32Array(shape[0]).fill(otherwise);
    const set = (part: string, values: Float32Array, factor = 1): void => {
      parameters.set(
        `${name}.${part}`,
        values.map((value) => value * factor),
      );
    };
    set('weight', source.take(`${from}.weight`, shape), 1 / input);
    const bias = take(`${from}.bias`, 0);
    if (batchNorm === undefined) {
      set('bn.gamma', new Float32Array(shape[0]).fill(1), scale);
      set('bn.beta', bias, scale);
      set('bn.mean', new Float32Array(shape[0]));
      set('bn.variance', new Float32Array(shape[0]).fill(1 - BATCH_NORM_EPSILON));
      return;
    }
    set('bn.gamma', source.take(`${batchNorm}.weight`, channels), scale);
    set('bn.beta', source.take(`${batchNorm}.bias`, channels), scale);
    const mean = source.take(`${batchNorm}.running_mean`, channels);
    set(
      'bn.mean',
      mean.map((value, c) => value - bias[c]),
    );
    set('bn.variance', source.take(`${batchNorm}.running_var`, channels));
  };

  for (const [k, { name, source: from, shortcut }] of plan.layers.entries()) {
    // an identity shortcut fixes the scale of its layer
    const scale = shortcut?.kind === 'identity' ? worthOf(shortcut.source) : 1;
    convolution(name, worthOf(from), scale);
    if (shortcut?.kind === 'projection') convolution(`${name}.shortcut`, worthOf(shortcut.source), scale);
    if (network.neuron === 'relu') {
      worth[k] = scale;
      continue;
    }
    const { threshold = 1 } = layers[name];
    const shape = shapes.get(`${name}.thresholds`)!;
    const found =
      typeof threshold === 'number' ? new Float32Array(shape[0]).fill(threshold) : source.take(threshold, shape);
    const scaled = found.map((value) => value * scale);
    parameters.set(`${name}.thresholds`, scaled);
    worth[k] = spikes === 'threshold' ? scale : scaled.reduce((sum, value) => sum + value, 0) / scaled.length;
  }
  const last = worth[worth.length - 1];
  const weight = source.take(`${classifier}.weight`, shapes.get('classifier.weight')!);
  parameters.set(
    'classifier.weight',
    weight.map((value) => value / last),
  );
  parameters.set('classifier.bias', source.take(`${classifier}.bias`, shapes.get('classifier.bias')!).slice());
  source.expectAllUsed(ignore);
  return parameters;
}
