import { type Kernel, type Trace, unpackSpikes } from '../kernel/index.js';
import type { LayerPlan, NetworkPlan } from '../network/index.js';
import { type BoardClient, INSPECT } from '../protocol/index.js';

/** The first value of a stage that differs. */
export interface Difference {
  /** Where in the stage: 'frame 3, coefficient 0'. */
  readonly where: string;
  readonly host: number;
  readonly board: number;
  /** How many of the stage's values differ. */
  readonly differing: number;
}

/** One stage of a clip, on the host and on the board. */
export interface StageComparison {
  /** 'samples', 'features', 'stem current', the spikes of a layer by its name, or 'scores'. */
  readonly stage: string;
  /** How many values were compared. */
  readonly values: number;
  /** Null if all agree. */
  readonly difference: Difference | null;
}

type Values = Int32Array | Int8Array | Uint8Array | Uint32Array;

function compare(stage: string, host: Values, board: Values, where: (index: number) => string): StageComparison {
  let first = -1;
  let differing = 0;
  for (let k = 0; k < host.length; k++) {
    if (host[k] === board[k]) continue;
    if (first < 0) first = k;
    differing += 1;
  }
  const difference = first < 0 ? null : { where: where(first), host: host[first], board: board[first], differing };
  return { stage, values: host.length, difference };
}

/** Compares the number and the CRC-32 of the int16 samples that the board has received. */
export async function compareSamples(client: BoardClient, samples: Int16Array, crc: number): Promise<StageComparison> {
  const got = new DataView((await client.inspect(INSPECT.samples)).buffer);
  const values = (crcOfAll: number, count: number): Uint32Array => Uint32Array.of(count, crcOfAll);
  const board = values(got.getUint32(0, true), got.getUint32(4, true));
  const names = ['number of samples', 'CRC-32 of the samples'];
  const { difference } = compare('samples', values(crc, samples.length), board, (k) => names[k]);
  return { stage: 'samples', values: samples.length, difference };
}

/** Compares the int8 features of the clip on the board: [frame][coefficient]. */
export async function compareFeatures(
  client: BoardClient,
  kernel: Kernel,
  features: Int8Array,
): Promise<StageComparison> {
  const board = new Int8Array((await client.inspect(INSPECT.features)).buffer);
  const { coefficients } = kernel.network.spec.input;
  return compare('features', features, board, (k) => {
    return `frame ${Math.floor(k / coefficients)}, coefficient ${k % coefficients}`;
  });
}

/** The position of a neuron's value, for messages; the single band of a 1-D network is left out. */
function position({ convolution }: LayerPlan, channel: number, cell: number): string {
  const { bands } = convolution.output;
  const band = bands === 1 ? '' : `, band ${cell % bands}`;
  return `channel ${channel}, frame ${Math.floor(cell / bands)}${band}`;
}

/** Compares the currents that the stem injects at every timestep: [channel][frame][band]. */
export async function compareStemCurrent(
  client: BoardClient,
  { layers: [stem] }: NetworkPlan,
  current: Int32Array,
): Promise<StageComparison> {
  const { channels, frames, bands } = stem.convolution.output;
  const cells = frames * bands;
  const board = new Int32Array(current.length);
  for (let cell = 0; cell < cells; cell++) {
    const view = new DataView((await client.inspect(INSPECT.stemCurrent, cell)).buffer);
    for (let c = 0; c < channels; c++) board[c * cells + cell] = view.getInt32(4 * c, true);
  }
  return compare('stem current', current, board, (k) => position(stem, Math.floor(k / cells), k % cells));
}

/** Compares the spikes of a layer that the board has computed, [timestep][channel][position], as many as are given. */
async function compareLayer(
  client: BoardClient,
  { layers, timesteps }: NetworkPlan,
  index: number,
  spikes: Uint8Array,
): Promise<StageComparison> {
  const layer = layers[index];
  const board = unpackSpikes(layer.convolution.output, timesteps, await client.inspect(INSPECT.spikes, index));
  const cells = layer.neurons / layer.convolution.output.channels;
  return compare(layer.name, spikes, board, (k) => {
    const inStep = k % layer.neurons;
    return `${position(layer, Math.floor(inStep / cells), inStep % cells)}, timestep ${Math.floor(k / layer.neurons)}`;
  });
}

/** Runs the board's network layer by layer on the clip it has, up to the first layer that differs. */
export async function compareNetwork(client: BoardClient, kernel: Kernel, trace: Trace): Promise<StageComparison[]> {
  const { plan, network } = kernel;
  const stages: StageComparison[] = [];
  // A network that decides early keeps the spikes of all layers until the end. If host and board stop at different
  // timesteps, the cause is in those that both have computed.
  const early = network.early === undefined ? null : await client.infer();
  const timesteps = early === null ? plan.timesteps : Math.min(early.timesteps, trace.inference.timesteps);
  for (const [index, all] of trace.spikes.entries()) {
    if (early === null) await client.step(index);
    const spikes = all.subarray(0, timesteps * plan.layers[index].neurons);
    const comparison = await compareLayer(client, plan, index, spikes);
    stages.push(comparison);
    if (comparison.difference !== null) return stages;
  }
  if (early === null) await client.step(plan.layers.length);
  const view = new DataView((await client.inspect(INSPECT.scores)).buffer);
  const scores = Int32Array.from(trace.inference.scores, (_, k) => view.getInt32(4 * k, true));
  stages.push(compare('scores', trace.inference.scores, scores, (k) => network.labels[k]));
  return stages;
}
