import type { BoardRow } from './row.js';

/** The board and the model of the targets. */
export const TARGET_BOARD = 'mps2-an386';
export const TARGET_MODEL = 'models/gsc-17-small.spkw';

interface Target {
  readonly what: string;
  readonly most: number;
  readonly value: (row: BoardRow) => number;
  readonly digits?: number;
}

const TARGETS: readonly Target[] = [
  { what: 'instructions per inference', most: 5_000_000, value: (row) => row.instructionsPerInference },
  { what: 'per synaptic operation', most: 4, value: (row) => row.instructionsPerSynapticOperation, digits: 2 },
  { what: 'per feature frame', most: 50_000, value: (row) => row.instructionsPerFrame },
  { what: 'times plain C, inference', most: 2, value: (row) => row.nativeRatio ?? 0, digits: 2 },
  { what: 'times plain C, frame', most: 2, value: (row) => row.nativeFrameRatio ?? 0, digits: 2 },
  { what: 'bytes of flash without model', most: 52 * 1024, value: (row) => row.firmwareBytes },
  { what: 'bytes of RAM with stack', most: 64 * 1024, value: (row) => row.ramBytes },
];

const number = (n: number, digits = 0): string =>
  n.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** Returns a line for each target that compares it with the row of its board and model. */
export function targetLines(row: BoardRow): string[] {
  return TARGETS.map(({ what, most, value, digits }) => {
    const measured = number(value(row), digits).padStart(11);
    return `${what.padEnd(30)}${measured}  at most ${number(most).padEnd(9)}  ${value(row) <= most ? 'met' : 'not met'}`;
  });
}
