import type { ConvolutionPlan, NetworkPlan } from '../network/index.js';
import type { Arena } from './arena.js';
import { Descriptor, descriptorBytes } from './descriptors.js';
import { CONVOLUTION_FIELDS, JOB_FIELDS, STRIDE_CLASS_FIELDS, TILE_POSITIONS } from './generated.js';
import { type Geometry, geometryOf, inputGroups, padOf, tapClasses, tapPlaces } from './geometry.js';
import type { ParameterStore } from './parameter-store.js';

export type ConvolutionDescriptor = Descriptor<typeof CONVOLUTION_FIELDS>;

/** A convolution that is laid out in memory. */
export interface LaidConvolution {
  readonly name: string;
  readonly descriptor: ConvolutionDescriptor;
  readonly plan: ConvolutionPlan;
  /** Weight rows, [tap][in]. */
  readonly rows: number;
  readonly rowBytes: number;
  /** The place of each tap in the packed weights. */
  readonly places: readonly number[];
  /** The memory that a thread needs for it. */
  readonly padBytes: number;
  readonly channelListBytes: number;
  readonly channelLists: number;
}

export interface ConvolutionRequest {
  readonly name: string;
  readonly plan: NetworkPlan;
  readonly convolution: ConvolutionPlan;
  readonly isStem: boolean;
  readonly batchSize: number;
  readonly shards: number;
  /** Address of the value of an incoming spike. */
  readonly amplitude: number;
  /** Where this convolution's pad begins in the pads of a thread. */
  readonly pad: number;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Lays out a convolution with its batch norm: what it keeps per image, and the tables that its gradients use. */
export function layConvolution(arena: Arena, store: ParameterStore, request: ConvolutionRequest): LaidConvolution {
  const { name, plan, convolution, isStem, batchSize, shards } = request;
  const geometry = geometryOf(plan, convolution);
  const pad = padOf(geometry);
  const stored = store.tensor(`${name}.weight`).convolution!;
  const { inputs, outputs, taps } = stored;
  const rowBytes = outputs * 4;
  const planes = isStem ? 1 : plan.timesteps;
  const outputPositions = geometry.outputHeight * geometry.outputWidth;
  const rows = taps * inputs;
  const valued = isStem || plan.spec.neuron === 'relu';
  const classPositions =
    Math.ceil(geometry.inputHeight / geometry.strideY) * Math.ceil(geometry.inputWidth / geometry.strideX);
  // A store of four entries may go past the last one.
  const listBytes = planes * classPositions * (valued ? 8 : 4) + 16;
  const padPlane = pad.height * pad.width;
  const shardRows = new Array<number>(rows);
  const classes = layClasses(arena, geometry, inputs, outputs, shardRows);
  const places = tapPlaces(geometry);
  const tiles = isStem ? [] : tileTable(arena, geometry, planes, inputs, outputs, places);
  const descriptor = new Descriptor(arena, CONVOLUTION_FIELDS, {
    ...geometry,
    planes,
    inputChannels: inputs,
    vectors: outputs / 4,
    valued: valued ? 1 : 0,
    weights: store.address(`${name}.weight`),
    packed: isStem ? 0 : arena.reserve(rows * rowBytes),
    amplitude: request.amplitude,
    output: arena.reserve(batchSize * planes * outputPositions * rowBytes),
    gamma: store.address(`${name}.bn.gamma`),
    beta: store.address(`${name}.bn.beta`),
    runningMean: store.address(`${name}.bn.mean`),
    runningVariance: store.address(`${name}.bn.variance`),
    norm: arena.reserve(4 * rowBytes),
    moments: arena.reserve(batchSize * 2 * rowBytes),
    sums: arena.reserve(batchSize * 2 * rowBytes),
    backward: arena.reserve(3 * rowBytes),
    gammaGradient: store.address(`${name}.bn.gamma`, 'gradients'),
    betaGradient: store.address(`${name}.bn.beta`, 'gradients'),
    weightGradient: store.address(`${name}.weight`, 'gradients'),
    shardGradients: arena.reserve(shards * rows * rowBytes),
    shardBytes: rows * rowBytes,
    shardRows: arena.table(shardRows),
    pad: request.pad,
    padTop: pad.top,
    padLeft: pad.left,
    padHeight: pad.height,
    padWidth: pad.width,
    classes: classes.address,
    classCount: classes.count,
    tiles: arena.table(tiles),
    tileCount: tiles.length / (2 + 2 * TILE_POSITIONS),
    listBytes,
  });
  return {
    name,
    descriptor,
    plan: convolution,
    rows,
    rowBytes,
    places,
    padBytes: planes * padPlane * rowBytes,
    channelListBytes: listBytes,
    channelLists: inputs,
  };
}

/** The stride classes with their jobs; fills in the offset of each weight row [tap][in] in a shard. */
function layClasses(
  arena: Arena,
  geometry: Geometry,
  inputs: number,
  outputs: number,
  shardRows: number[],
): { address: number; count: number } {
  const pad = padOf(geometry);
  const rowBytes = outputs * 4;
  const classes = tapClasses(geometry);
  const table: number[] = [];
  let target = 0;
  for (const { y, x, rows } of classes) {
    const jobs: number[] = [];
    for (const row of rows) {
      const delta = ((row.offsetY + pad.top) * pad.width + row.offsetX + pad.left) * rowBytes;
      for (let channel = 0; channel < inputs; channel++) {
        jobs.push(channel, delta, target, (row.kx.length * outputs) / 4);
        for (const kx of row.kx) {
          shardRows[(row.ky * geometry.kernelWidth + kx) * inputs + channel] = target;
          target += rowBytes;
        }
      }
    }
    table.push(y, x, arena.table(jobs), (4 * jobs.length) / descriptorBytes(JOB_FIELDS));
  }
  return { address: arena.table(table), count: (4 * table.length) / descriptorBytes(STRIDE_CLASS_FIELDS) };
}

/** The tiles of the input's gradient over all planes; the last tile of a group repeats its last position. */
function tileTable(
  arena: Arena,
  geometry: Geometry,
  planes: number,
  inputs: number,
  outputs: number,
  tapPlace: readonly number[],
): number[] {
  const pad = padOf(geometry);
  const rowBytes = outputs * 4;
  const tiles: number[] = [];
  for (const { runs, positions } of inputGroups(geometry, pad)) {
    const entries = runs.flatMap(({ delta, tap, length }) => [
      delta * rowBytes,
      tapPlace[tap] * rowBytes,
      length * outputs,
    ]);
    const begin = arena.table(entries);
    const places: number[] = [];
    const results: number[] = [];
    for (let plane = 0; plane < planes; plane++) {
      for (const { y, x } of positions) {
        const row = plane * pad.height + pad.top + Math.floor(y / geometry.strideY);
        places.push((row * pad.width + pad.left + Math.floor(x / geometry.strideX)) * rowBytes);
        results.push(((plane * geometry.inputHeight + y) * geometry.inputWidth + x) * inputs * 4);
      }
    }
    for (let first = 0; first < places.length; first += TILE_POSITIONS) {
      const members = Array.from({ length: TILE_POSITIONS }, (_, n) => Math.min(first + n, places.length - 1));
      tiles.push(begin, begin + entries.length * 4);
      tiles.push(...members.map((n) => places[n]), ...members.map((n) => results[n]));
    }
  }
  return tiles;
}

/** Scratch memory for the convolutions: the pads of all together, the channel lists of the largest. */
export function scratchNeeds(convolutions: readonly LaidConvolution[]): { pads: number; channelLists: number } {
  return {
    pads: sum(convolutions.map(({ padBytes }) => Math.ceil(padBytes / 64) * 64)),
    channelLists: Math.max(...convolutions.map((c) => c.channelListBytes * c.channelLists)),
  };
}
