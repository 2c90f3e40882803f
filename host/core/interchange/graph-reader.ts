import { NetworkError } from '../error.js';
import type { NirGraph, NirNode } from './nir-graph.js';

/** A convolution with bias as a node of a graph, along one axis or two. */
export interface Convolution {
  readonly name: string;
  readonly dimensions: 1 | 2;
  readonly inputs: number;
  readonly channels: number;
  readonly kernel: readonly [time: number, frequency: number];
  readonly stride: readonly [time: number, frequency: number];
  readonly padding: readonly [time: number, frequency: number];
  /** [out][in][time][frequency] */
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}

interface Values {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Reads the nodes of a graph from outside. Every method throws `NetworkError` naming the file and the node. */
export class GraphReader {
  constructor(
    private readonly graph: NirGraph,
    private readonly file: string,
  ) {
    for (const name of graph.edges.flat()) {
      if (!graph.nodes.has(name)) this.fail(`an edge names node ${name}, which does not exist`);
    }
  }

  fail(fault: string): never {
    throw new NetworkError(`${this.file}: ${fault}`);
  }

  type(name: string): string {
    return this.node(name).type;
  }

  private node(name: string): NirNode {
    return this.graph.nodes.get(name) ?? this.fail(`node ${name} does not exist`);
  }

  before(name: string): string[] {
    return this.graph.edges.filter(([, to]) => to === name).map(([from]) => from);
  }

  after(name: string): string[] {
    return this.graph.edges.filter(([from]) => from === name).map(([, to]) => to);
  }

  /** The only node of a type. */
  only(type: string): string {
    const names = [...this.graph.nodes].filter(([, node]) => node.type === type).map(([name]) => name);
    if (names.length !== 1) this.fail(`has ${names.length} nodes of type ${type}, expected one`);
    return names[0];
  }

  /** The only node that reads the output of a node. */
  next(name: string): string {
    const names = this.after(name);
    if (names.length !== 1) this.fail(`node ${name} feeds ${names.join(' and ') || 'nothing'}, expected one node`);
    return names[0];
  }

  isConvolution(name: string): boolean {
    return /^Conv[12]d$/.test(this.type(name));
  }

  /** Values of a parameter, all finite. */
  array(name: string, key: string): Values {
    const value = this.node(name).values.get(key);
    if (value === undefined) return this.fail(`node ${name} (${this.type(name)}) has no ${key}`);
    if (typeof value === 'string')
      return this.fail(`node ${name}: ${key} is ${JSON.stringify(value)}, expected numbers`);
    const { shape } = value;
    const data = Float64Array.from(value.data);
    if (data.length !== shape.reduce((a, b) => a * b, 1)) {
      this.fail(`node ${name}: ${key} has ${data.length} values, expected [${shape}]`);
    }
    const bad = data.findIndex((number) => !Number.isFinite(number));
    if (bad >= 0) this.fail(`node ${name}: ${key} holds ${data[bad]} at ${bad}`);
    return { shape, data };
  }

  /** One number for each axis, where one number stands for all. */
  extent(name: string, key: string, axes: number): number[] {
    const { data } = this.array(name, key);
    if (data.length !== axes && data.length !== 1) {
      this.fail(`node ${name}: ${key} has ${data.length} values, expected ${axes}`);
    }
    return Array.from({ length: axes }, (_, axis) => data[data.length === 1 ? 0 : axis]);
  }

  /** The shape of an `Input`. */
  shape(name: string): number[] {
    return [...this.array(name, 'shape').data];
  }

  metadataNumber(key: string): number | null {
    const value = this.graph.metadata.get(key);
    return value === undefined || typeof value === 'string' ? null : value.data[0];
  }

  convolution(name: string): Convolution {
    const type = this.type(name);
    if (!this.isConvolution(name)) this.fail(`node ${name} is ${type}, expected Conv1d or Conv2d`);
    const dimensions = type === 'Conv1d' ? 1 : 2;
    const weight = this.array(name, 'weight');
    if (weight.shape.length !== 2 + dimensions) {
      this.fail(`node ${name}: weight is [${weight.shape}], expected ${2 + dimensions} axes`);
    }
    const [channels, inputs, ...taps] = weight.shape;
    const pair = (values: readonly number[], flat: number): readonly [number, number] =>
      dimensions === 1 ? [values[0], flat] : [values[0], values[1]];
    const kernel = pair(taps, 1);
    const stride = pair(this.extent(name, 'stride', dimensions), 1);
    for (const [key, wanted] of [
      ['dilation', 1],
      ['groups', 1],
    ] as const) {
      const found = this.array(name, key).data;
      if (found.some((value) => value !== wanted))
        this.fail(`node ${name}: ${key} is ${found.join()}, expected ${wanted}`);
    }
    const bias = this.array(name, 'bias').data;
    if (bias.length !== channels) this.fail(`node ${name}: bias has ${bias.length} values, expected ${channels}`);
    const padding = this.padding(name, kernel, dimensions);
    return { name, dimensions, inputs, channels, kernel, stride, padding, weights: weight.data, bias };
  }

  private padding(name: string, kernel: readonly [number, number], dimensions: 1 | 2): readonly [number, number] {
    const named = this.node(name).values.get('padding');
    if (named === 'valid') return [0, 0];
    if (named === 'same') return [(kernel[0] - 1) / 2, (kernel[1] - 1) / 2];
    const zeros = this.extent(name, 'padding', dimensions);
    return [zeros[0], dimensions === 1 ? 0 : zeros[1]];
  }

  /**
   * The threshold of a layer of IF neurons, for currents that are added once per timestep. `dt`: the length of a
   * timestep, or null if the graph does not say it; then it is 1/r, as frameworks that know no other unit write it.
   */
  threshold(name: string, dt: number | null): number {
    const type = this.type(name);
    if (type !== 'IF')
      this.fail(`node ${name} is ${type}, expected IF: spikeword has no leak, no synapse and no delay`);
    const same = (key: string): number => {
      const { data } = this.array(name, key);
      const other = data.find((value) => value !== data[0]);
      if (other === undefined) return data[0];
      return this.fail(`node ${name}: ${key} is ${data[0]} and ${other}, expected one value for the whole layer`);
    };
    const r = same('r');
    if (!(r > 0)) this.fail(`node ${name}: r is ${r}, expected a number above 0`);
    if (dt !== null && Math.abs(r * dt - 1) > 1e-6) {
      this.fail(`node ${name}: r is ${r} and a timestep is ${dt}, expected r = 1/dt`);
    }
    const reset = this.node(name).values.has('v_reset') ? same('v_reset') : 0;
    if (reset !== 0) this.fail(`node ${name}: v_reset is ${reset}, expected 0`);
    const threshold = same('v_threshold');
    if (!(threshold > 0)) this.fail(`node ${name}: v_threshold is ${threshold}, expected a number above 0`);
    return threshold;
  }
}
