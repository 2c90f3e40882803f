import type { ConnectedBoard } from '../core/board/index.js';
import { BoardError } from '../core/error.js';
import { planNetwork } from '../core/network/index.js';
import type { CountUnit } from '../core/protocol/index.js';
import { countText, decimalText, left, percentText, right, textBar, textTable, wrapText } from '../core/text/index.js';
import type { ModelFile } from '../model/index.js';
import { EMULATED_TIME } from './evaluation-text.js';

export interface LayerProfile {
  readonly name: string;
  /** Instructions or cycles. */
  readonly count: number;
  readonly spikes: number;
  readonly synapticOperations: number;
  /** Null if the layer received no spikes. */
  readonly perSynapticOperation: number | null;
  /** The layer's fraction of the whole inference. */
  readonly share: number;
}

/** The work of one inference, by layer. */
export interface BoardProfile {
  readonly board: string;
  readonly port: string;
  readonly clip: string;
  readonly countUnit: CountUnit;
  readonly label: string;
  /** The layers, then the classifier. */
  readonly layers: readonly LayerProfile[];
  readonly perInference: number;
  readonly perFrame: number;
  readonly frames: number;
  readonly synapticOperations: number;
  readonly perSynapticOperation: number;
  readonly millisecondsPerInference: number;
  readonly millisecondsPerFrame: number;
}

/**
 * Counts the instructions or cycles of one clip (16,000 int16 samples) on a board, layer by layer. `model` must be the
 * model that runs: it gives the names of the layers. Throws `BoardError` if the board counts nothing.
 */
export async function profileClip(
  board: ConnectedBoard,
  model: ModelFile,
  clip: string,
  samples: Int16Array,
): Promise<BoardProfile> {
  const { client, hello, port } = board;
  if (hello.countUnit === 'none') {
    throw new BoardError(
      `${port}: ${hello.board} counts neither instructions nor cycles; \`spikeword evaluate --port\` gives times`,
    );
  }
  await client.sendSamples(samples);
  const result = await client.infer();
  const plan = planNetwork(model.network.spec);
  const { channels, classes } = plan.classifier;
  const operations = [...result.synapticOperations, channels * classes];
  const layers = [...plan.layers.map(({ name }) => name), 'classifier'].map((name, k) => ({
    name,
    count: result.stepCounts[k],
    spikes: result.spikes[k] ?? 0,
    synapticOperations: operations[k],
    perSynapticOperation: operations[k] > 0 ? result.stepCounts[k] / operations[k] : null,
    share: result.stepCounts[k] / result.count,
  }));
  const synapticOperations = operations.reduce((sum, n) => sum + n, 0);
  const milliseconds = (ticks: number): number => (1000 * ticks) / hello.ticksPerSecond;
  return {
    board: hello.board,
    port,
    clip,
    countUnit: hello.countUnit,
    label: model.network.labels[result.class],
    layers,
    perInference: result.count,
    perFrame: result.frontEndCount / result.framesComputed,
    frames: result.framesComputed,
    synapticOperations,
    perSynapticOperation: result.count / synapticOperations,
    millisecondsPerInference: milliseconds(result.ticks),
    millisecondsPerFrame: milliseconds(result.frontEndTicks) / result.framesComputed,
  };
}

function timeNote({ countUnit, millisecondsPerInference, perInference }: BoardProfile): string {
  if (countUnit !== 'instructions') return '';
  return `instruction    ${((1e6 * millisecondsPerInference) / perInference).toFixed(1)} ns ${EMULATED_TIME}\n`;
}

/** Returns a profile as text for a terminal. */
export function profileText(profile: BoardProfile): string {
  const { countUnit: unit, layers } = profile;
  const most = Math.max(...layers.map(({ share }) => share));
  const table = textTable<LayerProfile>(layers, [
    left('layer', ({ name }) => name),
    right(unit, (layer) => countText(layer.count)),
    right('share', ({ share }) => percentText(share, 1)),
    left('', ({ share }) => textBar(share / most, 10)),
    right('synaptic ops', ({ synapticOperations }) => countText(synapticOperations)),
    right(`${unit}/op`, ({ perSynapticOperation }) =>
      perSynapticOperation === null ? '–' : decimalText(perSynapticOperation, 2),
    ),
  ]);
  return wrapText(`${profile.clip} on ${profile.board} (${profile.port}): ${profile.label}

inference      ${countText(profile.perInference)} ${unit}, ${decimalText(profile.millisecondsPerInference, 1)} ms
feature frame  ${countText(profile.perFrame)} ${unit}, ${decimalText(profile.millisecondsPerFrame, 2)} ms (mean of ${profile.frames})
synaptic op    ${decimalText(profile.perSynapticOperation, 2)} ${unit} (mean of ${countText(profile.synapticOperations)})
${timeNote(profile)}
${table.join('\n')}
`);
}
