import type { Arena } from './arena.js';
import { Descriptor } from './descriptors.js';
import { type OPTIMIZER_FIELDS, UPDATE_RANGE_FIELDS } from './generated.js';
import type { LaidNetwork } from './network-layout.js';
import type { ParameterStore } from './parameter-store.js';

/** The functions of trainer.wasm. */
type KernelName =
  | 'forward'
  | 'finishForward'
  | 'turn'
  | 'finishTurn'
  | 'backward'
  | 'finishBackward'
  | 'reduceGradients'
  | 'finishGradients'
  | 'update'
  | 'refresh'
  | 'setThresholds'
  | 'useStatistics'
  | 'infer';

/** Parts of them, called on their own only to be timed. */
type PartName =
  | 'emit'
  | 'convolve'
  | 'imageMoments'
  | 'neuronGradient'
  | 'normGradient'
  | 'weightGradient'
  | 'inputGradient';

export type Kernels = Readonly<Record<KernelName | PartName, (...args: number[]) => void>>;

/** `piece`: the number of the piece; `scratch`: the scratch memory of the thread that does it. */
export type Argument = number | 'piece' | 'scratch';

export interface Call {
  readonly kernel: KernelName;
  readonly arguments: readonly Argument[];
}

/**
 * Part of a program; its pieces may run in any order, on any thread. When the last piece is done, `finish` runs on one
 * thread, in order; then the next phase begins.
 */
export interface Phase {
  readonly pieces: 'images' | 'shards' | 'table';
  /** One call for all pieces, or with `table` one call per piece. */
  readonly calls: readonly Call[];
  readonly finish: readonly Call[];
}

export const PROGRAM_NAMES = ['step', 'gradients', 'infer', 'refresh'] as const;
export type ProgramName = (typeof PROGRAM_NAMES)[number];
export type Programs = Readonly<Record<ProgramName, readonly Phase[]>>;

/** Thresholds stay above this: a neuron whose threshold reaches zero always fires and learns nothing more. */
export const MINIMUM_THRESHOLD = 0.05;
/** Weight rows that one piece adds up over the shards. */
const ROWS_PER_PIECE = 128;

export type OptimizerDescriptor = Descriptor<typeof OPTIMIZER_FIELDS>;

/** Lists what a training step and an inference do, phase by phase. */
export function writePrograms(
  arena: Arena,
  store: ParameterStore,
  network: LaidNetwork,
  optimizer: OptimizerDescriptor,
  weightDecay: number,
): Programs {
  const batch = network.batch.address;
  const call = (kernel: KernelName, ...args: Argument[]): Call => ({ kernel, arguments: args });
  const layers = network.layers.map(({ descriptor }) => descriptor.address);
  const sources = [network.features.address, ...layers.slice(0, -1)];
  const forward = sources.map(
    (layer): Phase => ({
      pieces: 'images',
      calls: [call('forward', layer, 'piece', 'scratch')],
      finish: [call('finishForward', layer, batch)],
    }),
  );
  const turn: Phase = {
    pieces: 'images',
    calls: [call('turn', batch, 'piece', 'scratch')],
    finish: [call('finishTurn', batch)],
  };
  const backward = layers
    .map(
      (layer, index): Phase => ({
        pieces: 'shards',
        calls: [call('backward', layer, 'piece', 'scratch', batch)],
        finish: index === 0 ? [] : [call('finishBackward', layer, batch)],
      }),
    )
    .reverse();
  const reduce: Phase = {
    pieces: 'table',
    calls: network.convolutions.flatMap(({ descriptor, rows }) =>
      Array.from({ length: Math.ceil(rows / ROWS_PER_PIECE) }, (_, n) => {
        const first = n * ROWS_PER_PIECE;
        return call('reduceGradients', descriptor.address, first, Math.min(first + ROWS_PER_PIECE, rows), batch);
      }),
    ),
    finish: [call('finishGradients', optimizer.address)],
  };
  const ranges = layRanges(arena, store, network, weightDecay);
  const thresholdCalls = (minimum: number): Call[] =>
    network.layers
      .filter(({ descriptor }) => descriptor.get('thresholdValues') !== 0)
      .map(({ descriptor }) => call('setThresholds', descriptor.address, minimum));
  const update: Phase = {
    pieces: 'table',
    calls: ranges.map((range) => call('update', range, optimizer.address)),
    finish: thresholdCalls(MINIMUM_THRESHOLD),
  };
  const gradients = [...forward, turn, ...backward, reduce];
  return {
    step: [...gradients, update],
    gradients,
    infer: [
      {
        pieces: 'table',
        calls: network.convolutions.map(({ descriptor }) => call('useStatistics', descriptor.address)),
        finish: [],
      },
      { pieces: 'images', calls: [call('infer', batch, 'piece', 'scratch')], finish: [] },
    ],
    refresh: [{ pieces: 'table', calls: ranges.map((range) => call('refresh', range)), finish: thresholdCalls(0) }],
  };
}

/** The trained parameters as ranges that are updated in the same way: a tap of a convolution, or a whole tensor. */
function layRanges(arena: Arena, store: ParameterStore, network: LaidNetwork, weightDecay: number): number[] {
  const ranges: number[] = [];
  for (const { shape, trained, convolution, length } of store.all()) {
    if (!trained) continue;
    const taps = convolution?.taps ?? 1;
    const count = length / taps;
    const laid = network.convolutions.find(({ name }) => `${name}.weight` === shape.name);
    const packed = laid?.descriptor.get('packed') ?? 0;
    for (let tap = 0; tap < taps; tap++) {
      const offset = tap * count * 4;
      const range = new Descriptor(arena, UPDATE_RANGE_FIELDS, {
        values: store.address(shape.name) + offset,
        gradients: store.address(shape.name, 'gradients') + offset,
        first: store.address(shape.name, 'first') + offset,
        second: store.address(shape.name, 'second') + offset,
        count,
        decay: shape.role === 'weight' ? weightDecay : 0,
        packed,
        place: laid?.places[tap] ?? 0,
        taps,
        inputs: convolution?.inputs ?? 0,
        outputs: convolution?.outputs ?? 0,
      });
      ranges.push(range.address);
    }
  }
  return ranges;
}
