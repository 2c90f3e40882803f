import { type ConnectedBoard, isRunning, runningSlot } from '../core/board/index.js';
import { BoardError } from '../core/error.js';
import { crc32 } from '../core/model/index.js';
import type { CountUnit } from '../core/protocol/index.js';
import { crcText } from '../core/text/index.js';
import type { ClipPortrait, EvaluationOptions, EvaluationReport } from '../evaluation/index.js';
import { evaluateModel } from '../evaluation/index.js';
import { readModel } from '../model/index.js';
import { type BoardWork, boardRunner, type Disagreement, type Sent } from './board-runner.js';

export interface BoardEvaluationOptions extends Omit<EvaluationOptions, 'runner'> {
  readonly board: ConnectedBoard;
  /** Default: samples. */
  readonly send?: Sent;
}

/** The results of a board on one split of a dataset: the host's report and the board's own figures. */
export interface BoardEvaluationReport extends EvaluationReport {
  readonly board: string;
  readonly port: string;
  readonly send: Sent;
  /** The unit of the counts below, which are called instructions even if the board counts cycles. */
  readonly countUnit: CountUnit;
  /** Means. Null if the board counts nothing; the second is also null if its front end did nothing. */
  readonly instructionsPerInference: number | null;
  readonly instructionsPerFrame: number | null;
  readonly instructionsPerSynapticOperation: number | null;
  readonly millisecondsPerInference: number;
  readonly millisecondsPerFrame: number | null;
  /** The most bytes of stack in use so far, and the size of the stack. */
  readonly stackBytes: number;
  readonly stackReservedBytes: number;
  /** All RAM of the firmware, and the kernel's part of it. `ramBytes` is how much of that the model uses. */
  readonly boardRamBytes: number;
  readonly kernelRamBytes: number;
  readonly firmwareBytes: number;
  /** Fraction of clips on which every feature, spike, count and score equals the host's. */
  readonly hostAgreement: number;
  /** Number of spike values (0 or 1) that were compared, over all clips. */
  readonly spikesCompared: number;
  readonly disagreements: readonly Disagreement[];
}

export interface BoardEvaluation {
  readonly report: BoardEvaluationReport;
  readonly portraits: readonly ClipPortrait[];
}

/**
 * Evaluates a model like `evaluateModel`, but runs every clip on the board, which must run this model. Spikes,
 * operations and scores come from the board, and every spike of every layer is compared with the host's. Throws
 * `BoardError` if the board runs another model, and what `evaluateModel` and the board's requests throw.
 */
export async function evaluateOnBoard(options: BoardEvaluationOptions): Promise<BoardEvaluation> {
  const { board, send = 'samples', ...evaluation } = options;
  checkModel(board, options.model);
  const work: BoardWork = {
    clips: 0,
    count: 0,
    ticks: 0,
    framesComputed: 0,
    frontEndCount: 0,
    frontEndTicks: 0,
    spikesCompared: 0,
    disagreements: [],
  };
  const { report, portraits } = await evaluateModel({ ...evaluation, runner: boardRunner(board, send, work) });
  const { hello, client } = board;
  const statistics = await client.statistics();
  const counted = (count: number, of: number): number | null =>
    hello.countUnit === 'none' || of === 0 ? null : count / of;
  const milliseconds = (ticks: number): number => (1000 * ticks) / hello.ticksPerSecond;
  return {
    report: {
      ...report,
      board: hello.board,
      port: board.port,
      send,
      countUnit: hello.countUnit,
      instructionsPerInference: counted(work.count, work.clips),
      instructionsPerFrame: counted(work.frontEndCount, work.framesComputed),
      instructionsPerSynapticOperation: counted(work.count, report.synapticOperations * work.clips),
      millisecondsPerInference: milliseconds(work.ticks) / work.clips,
      millisecondsPerFrame: work.framesComputed === 0 ? null : milliseconds(work.frontEndTicks) / work.framesComputed,
      stackBytes: statistics.stackHighWater,
      stackReservedBytes: hello.stackBytes,
      boardRamBytes: hello.ramBytes,
      kernelRamBytes: hello.kernelRamBytes,
      firmwareBytes: hello.firmwareBytes,
      hostAgreement: 1 - work.disagreements.length / work.clips,
      spikesCompared: work.spikesCompared,
      disagreements: work.disagreements,
    },
    portraits,
  };
}

/** Throws `BoardError` unless the board runs the model in the file. */
function checkModel({ hello, port }: ConnectedBoard, path: string): void {
  const { bytes } = readModel(path);
  if (isRunning(hello, bytes)) return;
  const slot = runningSlot(hello);
  const runs =
    slot === null
      ? 'no model'
      : `another model (CRC-32 ${crcText(slot.crc)}; that of ${path} is ${crcText(crc32(bytes))})`;
  throw new BoardError(
    `${port}: the board runs ${runs}; write this model to the board with \`spikeword flash ${path} --port ${port}\``,
  );
}
