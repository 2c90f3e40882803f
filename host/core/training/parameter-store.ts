import { NetworkError } from '../error.js';
import { type NetworkPlan, type ParameterShape, type Parameters, parameterShapes } from '../network/index.js';
import type { Arena } from './arena.js';

/** The kinds of state a trained parameter has, each a stretch of memory with the same layout. */
const STATES = ['values', 'gradients', 'first', 'second'] as const;
type State = (typeof STATES)[number];

/** One tensor as it is stored: rows of floats, padded with zeros to whole vectors. */
export interface StoredTensor {
  readonly shape: ParameterShape;
  readonly trained: boolean;
  /** Convolutions are stored as [tap][in][out]; null for vectors and the classifier, which are only padded. */
  readonly convolution: { readonly taps: number; readonly inputs: number; readonly outputs: number } | null;
  /** In floats, within each state's stretch. */
  readonly offset: number;
  readonly length: number;
}

const roundUp = (n: number): number => Math.ceil(n / 4) * 4;

/** All tensors of a network in the trainer's layout, and their conversion from and to the canonical one. */
export class ParameterStore {
  private readonly shapes: readonly ParameterShape[];
  private readonly tensors = new Map<string, StoredTensor>();
  private readonly addresses: Readonly<Record<State, number>>;
  /** Floats of the trained tensors; they come first. */
  readonly trainedLength: number;

  constructor(
    private readonly arena: Arena,
    plan: NetworkPlan,
  ) {
    const shapes = parameterShapes(plan);
    this.shapes = shapes;
    const trains = ({ role }: ParameterShape): boolean =>
      role !== 'statistic' && !(role === 'threshold' && plan.spec.neuron === 'if');
    let offset = 0;
    const add = (shape: ParameterShape): void => {
      const tensor = storedTensor(shape, trains(shape), offset);
      this.tensors.set(shape.name, tensor);
      offset += Math.ceil(tensor.length / 16) * 16;
    };
    for (const shape of shapes) if (trains(shape)) add(shape);
    this.trainedLength = offset;
    for (const shape of shapes) if (!trains(shape)) add(shape);
    const [values, gradients, first, second] = STATES.map((state) =>
      arena.reserve((state === 'values' ? offset : this.trainedLength) * 4),
    );
    this.addresses = { values, gradients, first, second };
  }

  all(): IterableIterator<StoredTensor> {
    return this.tensors.values();
  }

  tensor(name: string): StoredTensor {
    const tensor = this.tensors.get(name);
    if (tensor === undefined) throw new NetworkError(`the network has no tensor ${name}`);
    return tensor;
  }

  address(name: string, state: State = 'values'): number {
    return this.addresses[state] + this.tensor(name).offset * 4;
  }

  /** The first address of a state's stretch. */
  start(state: State): number {
    return this.addresses[state];
  }

  /** A copy in canonical layout. */
  read(name: string, state: State = 'values'): Float32Array {
    const tensor = this.tensor(name);
    const inside = this.arena.floats(this.address(name, state), tensor.length);
    const outside = new Float32Array(tensor.shape.shape.reduce((a, b) => a * b, 1));
    eachElement(tensor, (canonical, stored) => {
      outside[canonical] = inside[stored];
    });
    return outside;
  }

  /** Throws `NetworkError` if the length is wrong. */
  write(name: string, outside: Float32Array, state: State = 'values'): void {
    const tensor = this.tensor(name);
    const size = tensor.shape.shape.reduce((a, b) => a * b, 1);
    if (outside.length !== size) {
      throw new NetworkError(`tensor ${name} has ${outside.length} values, expected [${tensor.shape.shape}]`);
    }
    const inside = this.arena.floats(this.address(name, state), tensor.length);
    eachElement(tensor, (canonical, stored) => {
      inside[stored] = outside[canonical];
    });
  }

  /** Copies in canonical order and layout; for states other than `values` only the trained tensors. */
  readAll(state: State, prefix = ''): Map<string, Float32Array> {
    const tensors = new Map<string, Float32Array>();
    for (const { name } of this.shapes) {
      if (this.tensor(name).trained || state === 'values') tensors.set(prefix + name, this.read(name, state));
    }
    return tensors;
  }

  /** Throws `NetworkError` if a tensor is missing. */
  writeAll(tensors: Parameters, state: State, prefix = ''): void {
    for (const { shape, trained } of this.tensors.values()) {
      if (!trained && state !== 'values') continue;
      const tensor = tensors.get(prefix + shape.name);
      if (tensor === undefined) throw new NetworkError(`tensor ${prefix}${shape.name} is missing`);
      this.write(shape.name, tensor, state);
    }
  }
}

function storedTensor(shape: ParameterShape, trained: boolean, offset: number): StoredTensor {
  if (shape.shape.length === 4) {
    const [outputs, inputs, time, frequency] = shape.shape;
    // The stem reads features, which are not padded.
    const stored = shape.name === 'stem.weight' ? inputs : roundUp(inputs);
    const convolution = { taps: time * frequency, inputs: stored, outputs: roundUp(outputs) };
    return { shape, trained, convolution, offset, length: convolution.taps * stored * convolution.outputs };
  }
  const columns = shape.shape[shape.shape.length - 1];
  const rows = shape.shape.length === 2 ? shape.shape[0] : 1;
  return { shape, trained, convolution: null, offset, length: rows * roundUp(columns) };
}

/** Calls `visit` with the index of every element in canonical layout and in storage. */
function eachElement(tensor: StoredTensor, visit: (canonical: number, stored: number) => void): void {
  const { shape } = tensor.shape;
  let canonical = 0;
  if (tensor.convolution === null) {
    const columns = shape[shape.length - 1];
    const rows = shape.length === 2 ? shape[0] : 1;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) visit(canonical++, row * roundUp(columns) + column);
    }
    return;
  }
  const { taps, inputs, outputs } = tensor.convolution;
  for (let output = 0; output < shape[0]; output++) {
    for (let input = 0; input < shape[1]; input++) {
      for (let tap = 0; tap < taps; tap++) visit(canonical++, (tap * inputs + input) * outputs + output);
    }
  }
}
