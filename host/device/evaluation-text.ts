import type { CountUnit } from '../core/protocol/index.js';
import { binaryBytesText, countText, decimalText, type Ink, PLAIN } from '../core/text/index.js';
import { renderText, type TextRow } from '../evaluation/index.js';
import type { BoardEvaluationReport } from './evaluate-board.js';

/** The note for a time per instruction. Only an emulator gives each instruction the same time; chips count cycles. */
export const EMULATED_TIME = "in the emulator's time, whatever the board's clock; a chip takes longer";

function boardRows(report: BoardEvaluationReport, ink: Ink): TextRow[] {
  const { countUnit: unit, disagreements, clips } = report;
  const agrees = clips - disagreements.length;
  const rows: TextRow[] = [
    [
      'host and board',
      agrees === clips ? 'agree' : ink.error('DIFFER'),
      `on every spike of ${countText(agrees)} of ${countText(clips)} clips; ${countText(report.spikesCompared)} compared`,
    ],
    [
      'inference',
      `${decimalText(report.millisecondsPerInference, 1)} ms`,
      workText(report.instructionsPerInference, unit),
    ],
  ];
  if (report.instructionsPerSynapticOperation !== null) {
    rows[1][2] += `, ${decimalText(report.instructionsPerSynapticOperation, 2)} per synaptic operation`;
  }
  if (report.millisecondsPerFrame !== null) {
    rows.push([
      'feature frame',
      `${decimalText(report.millisecondsPerFrame, 2)} ms`,
      workText(report.instructionsPerFrame, unit),
    ]);
  }
  if (unit === 'instructions' && report.instructionsPerInference !== null) {
    const nanoseconds = (1e6 * report.millisecondsPerInference) / report.instructionsPerInference;
    rows.push(['instruction', `${nanoseconds.toFixed(1)} ns`, EMULATED_TIME]);
  }
  rows.push(
    [
      'board RAM',
      binaryBytesText(report.boardRamBytes),
      `of which ${binaryBytesText(report.kernelRamBytes)} for the kernel`,
    ],
    ['stack', `${countText(report.stackBytes)} B`, `at most in use, of ${countText(report.stackReservedBytes)}`],
    ['firmware', binaryBytesText(report.firmwareBytes), `without the model; ${report.board} on ${report.port}`],
  );
  return rows;
}

function workText(work: number | null, unit: CountUnit): string {
  return work === null ? 'this board counts no instructions' : `${countText(work)} ${unit}`;
}

/** Returns the message for host and board that differ: the first clip, its first stage, and what to do. */
export function disagreementText({ disagreements, port, clips }: BoardEvaluationReport): string {
  const { clip, stage } = disagreements[0];
  const { where, host, board } = stage.difference!;
  return `${port}: host and board differ on ${countText(disagreements.length)} of ${countText(clips)} clips, first on ${clip}: ${stage.stage}, ${where}: host ${host}, board ${board}; \`spikeword bisect\` shows more`;
}

/** Returns the report as `renderText` does, with the board's figures added. */
export function boardEvaluationText(report: BoardEvaluationReport, columns: number, ink = PLAIN): string {
  const speed = `on the board: ${report.send} sent, every layer read back`;
  return renderText(report, columns, { speed, more: boardRows(report, ink), ink });
}
