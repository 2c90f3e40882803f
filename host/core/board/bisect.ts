import { CLIP_SAMPLES, clipWindow } from '../audio/index.js';
import { BoardError } from '../error.js';
import type { Kernel } from '../kernel/index.js';
import { crc32 } from '../model/index.js';
import { countText, left, right, textTable, wrapText } from '../text/index.js';
import type { ConnectedBoard } from './connected-board.js';
import { isRunning } from './running-slot.js';
import { compareFeatures, compareNetwork, compareSamples, compareStemCurrent, type StageComparison } from './stages.js';

/** The same clip on the host and on the board. */
export interface BisectReport {
  readonly board: string;
  readonly port: string;
  readonly clip: string;
  /** Whether the board runs the same model as the host. */
  readonly sameModel: boolean;
  /** In the order of computation, up to the first that differs. */
  readonly stages: readonly StageComparison[];
  readonly agrees: boolean;
}

/**
 * Runs a clip on the host and on the board and compares stage by stage, until one differs: samples, features, current
 * of the stem, the spikes of each layer, scores. Throws `BoardError` if the board's model has another shape, and the
 * errors of a request.
 *
 * @param model bytes of the model file that the host's kernel runs
 * @param clip its name in the report
 * @param recording int16 samples at 16 kHz; only the first second counts, and missing samples are zeros
 */
export async function bisectClip(
  board: ConnectedBoard,
  model: Uint8Array,
  kernel: Kernel,
  clip: string,
  recording: Int16Array,
): Promise<BisectReport> {
  const { client, port } = board;
  // another model may have been flashed since the board was opened
  const hello = await client.hello();
  const samples = new Int16Array(CLIP_SAMPLES);
  samples.set(recording.subarray(0, CLIP_SAMPLES));
  const window = clipWindow(samples, kernel.network.spec.input.frames);
  const shape = await client.sendSamples(samples);
  checkShape(port, kernel, shape);
  const features = kernel.features(samples);
  const trace = kernel.trace(features);
  const bytes = new Uint8Array(window.buffer, window.byteOffset, window.byteLength);
  const stages: StageComparison[] = [];
  const compared: (() => Promise<readonly StageComparison[]>)[] = [
    async () => [await compareSamples(client, window, crc32(bytes))],
    async () => [await compareFeatures(client, kernel, features)],
    async () => [await compareStemCurrent(client, kernel.plan, trace.stemCurrent)],
    () => compareNetwork(client, kernel, trace),
  ];
  for (const next of compared) {
    stages.push(...(await next()));
    if (stages.at(-1)?.difference !== null) break;
  }
  const agrees = stages.every(({ difference }) => difference === null);
  return { board: hello.board, port, clip, sameModel: isRunning(hello, model), stages, agrees };
}

interface Shape {
  readonly frames: number;
  readonly coefficients: number;
  readonly timesteps: number;
  readonly layers: number;
  readonly classes: number;
}

function checkShape(port: string, { network, plan }: Kernel, board: Shape): void {
  const host: Shape = {
    ...network.spec.input,
    timesteps: plan.timesteps,
    layers: plan.layers.length,
    classes: network.spec.classes,
  };
  for (const key of ['frames', 'coefficients', 'timesteps', 'layers', 'classes'] as const) {
    if (host[key] === board[key]) continue;
    throw new BoardError(
      `${port}: the board's model has ${board[key]} ${key}, but the model to compare it with has ${host[key]}; write the latter to the board with \`spikeword flash\``,
    );
  }
}

/** A comparison as text for a terminal. */
export function bisectText(report: BisectReport): string {
  const table = textTable<StageComparison>(report.stages, [
    left('stage', ({ stage }) => stage),
    right('values', ({ values }) => countText(values)),
    left('host and board', ({ difference }) =>
      difference === null ? 'agree' : `${countText(difference.differing)} differ`,
    ),
  ]);
  const note = report.sameModel ? '' : 'The board runs another model than the host: the CRC-32 of the files differ.\n';
  const title = `${report.clip} on ${report.board} (${report.port})`;
  return wrapText(`${title}\n\n${table.join('\n')}\n\n${note}${conclusion(report)}\n`);
}

/** The result in one sentence. */
export function conclusion({ stages, agrees }: BisectReport): string {
  const last = stages.at(-1);
  if (agrees || !last?.difference) return 'host and board agree on every spike';
  const { where, host, board } = last.difference;
  return `first difference: ${last.stage}, ${where}: host ${countText(host)}, board ${countText(board)}`;
}
