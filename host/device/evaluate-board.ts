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

/** What a board did on one split of a dataset: the report of the host with the board's own figures. */
export interface BoardEvaluationReport extends EvaluationReport {
  readonly board: string;
  readonly port: string;
  readonly send: Sent;
  /** What is counted where it says instructions below. */
  readonly countUnit: CountUnit;
  /** Means; null for a board that counts nothing, or whose front end did nothing. */
  readonly instructionsPerInference: number | null;
  readonly instructionsPerFrame: number | null;
  readonly instructionsPerSynapticOperation: number | null;
  readonly millisecondsPerInference: number;
  readonly millisecondsPerFrame: number | null;
  /** The most bytes of stack that were in use, and those that there are. */
  readonly stackBytes: number;
  readonly stackReservedBytes: number;
  /** All RAM of the firmware, and of it that of the kernel; `ramBytes` is what the model uses of that. */
  readonly boardRamBytes: number;
  readonly kernelRamBytes: number;
  readonly firmwareBytes: number;
  /** Fraction of clips on which every feature, spike, count and score is the host's. */
  readonly hostAgreement: number;
  /** Spikes and silences that were compared, over all clips. */
  readonly spikesCompared: number;
  readonly disagreements: readonly Disagreement[];
}

export interface BoardEvaluation {
  readonly report: BoardEvaluationReport;
  readonly portraits: readonly ClipPortrait[];
}

/**
 * As `evaluateModel`, with every clip on the board, which has to run this very model. Spikes, operations and scores are
 * those that the board counted, and every spike of every layer is compared with the host's. Throws `BoardError` for a
 * board with another model, and what `evaluateModel` and the board's requests throw.
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

/** The board must hold the model whose figures are wanted. */
function checkModel({ hello, port }: ConnectedBoard, path: string): void {
  const { bytes } = readModel(path);
  if (isRunning(hello, bytes)) return;
  const slot = runningSlot(hello);
  const runs =
    slot === null ? 'no model' : `another model (CRC-32 ${crcText(slot.crc)}, ${path} has ${crcText(crc32(bytes))})`;
  throw new BoardError(
    `${port}: the board runs ${runs}; \`spikeword flash ${path} --port ${port}\` puts this one there`,
  );
}
