import { planNetwork, presetNetwork } from '../core/network/index.js';
import { type Column, compactText, left, right, textTable, wrapText } from '../core/text/index.js';
import { resolveTask } from '../dataset/index.js';
import type { Cell, CellForm } from './cells.js';
import type { Measurement } from './measure.js';
import type { AblationSettings } from './settings.js';

/** A mean over seeds. */
export interface Mean {
  readonly mean: number;
  /** Standard deviation of the sample; null of one value. */
  readonly deviation: number | null;
}

/** One line of the table: the same cell with all seeds that were measured. */
export interface AblationRow {
  readonly neuron: Cell['training']['neuron'];
  /** Of the network that was measured; 1 with ordinary activations. */
  readonly timesteps: number;
  readonly width: number;
  readonly form: CellForm;
  readonly seeds: readonly number[];
  readonly clips: number;
  readonly accuracy: Mean;
  /** As in `Measurement`. */
  readonly theta: Mean | null;
  readonly spikesPerNeuron: Mean | null;
  readonly synapticOperations: Mean | null;
  readonly ordinaryMacs: number;
  readonly weights: number;
}

export interface CellResult {
  readonly cell: Cell;
  readonly result: Measurement;
}

export interface AblationReport {
  readonly settings: AblationSettings;
  readonly validation: readonly AblationRow[];
  readonly testing: readonly AblationRow[];
  /** Each result behind the rows. */
  readonly cells: readonly ({ readonly name: string; readonly seed: number } & Measurement)[];
  /** Names of the cells that are not measured on validation. */
  readonly missing: readonly string[];
}

export function reportOf(
  settings: AblationSettings,
  cells: readonly Cell[],
  results: { readonly validation: readonly CellResult[]; readonly testing: readonly CellResult[] },
): AblationReport {
  const measured = new Set(results.validation.map(({ cell }) => cell.name));
  return {
    settings,
    validation: rowsOf(results.validation),
    testing: rowsOf(results.testing),
    cells: [...results.validation, ...results.testing].map(({ cell, result }) => ({
      name: cell.name,
      seed: cell.training.seed,
      ...result,
    })),
    missing: cells.map(({ name }) => name).filter((name) => !measured.has(name)),
  };
}

function rowsOf(results: readonly CellResult[]): AblationRow[] {
  const groups = new Map<string, CellResult[]>();
  for (const one of results) {
    const { seed: _, name: __, ...training } = one.cell.training;
    const key = JSON.stringify([training, one.cell.form]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map((group): AblationRow => {
    const [{ cell, result }] = group;
    const { training, form } = cell;
    const over = (value: (one: Measurement) => number | null): Mean | null => {
      const values = group.map((one) => value(one.result));
      return values.every((each) => each !== null) ? meanOf(values) : null;
    };
    return {
      neuron: training.neuron,
      timesteps: form.kind === 'converted' ? form.timesteps : form.kind === 'float' ? 1 : training.timesteps,
      width: training.width,
      form,
      seeds: group.map((one) => one.cell.training.seed),
      clips: result.clips,
      accuracy: meanOf(group.map((one) => one.result.accuracy)),
      theta: over((one) => one.theta),
      spikesPerNeuron: over((one) => one.spikesPerNeuron),
      synapticOperations: over((one) => one.synapticOperations),
      ordinaryMacs: result.ordinaryMacs,
      weights: result.weights,
    };
  });
}

function meanOf(values: readonly number[]): Mean {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: values.length === 1 ? null : Math.sqrt(squares / (values.length - 1)) };
}

/** The order of rows, which is not that in which cells are computed. */
const byTimesteps = (a: AblationRow, b: AblationRow): number => a.timesteps - b.timesteps;

/** The sections of the table: a title, the rows it has, and the columns in which they differ. */
interface Section {
  readonly title: string;
  readonly rows: readonly AblationRow[];
  readonly columns: readonly Column<AblationRow>[];
  /** What must differ between rows; null: nothing. */
  readonly differs: ((row: AblationRow) => number) | null;
}

const neuronColumn = left<AblationRow>('neuron', ({ neuron }) => neuron);

const BALANCE_TEXT = { one: 'all 1', maximum: 'maximum', percentile: '99.9 %' } as const;

/** Splits rows into the sections of the table; those that would compare nothing are left out. */
export function sectionsOf(rows: readonly AblationRow[], settings: AblationSettings): Section[] {
  const [middle] = settings.timesteps;
  const [own] = settings.widths;
  const [precise] = settings.bits;
  const trained = rows.filter(({ form }) => form.kind !== 'converted');
  const isPrecise = ({ form }: AblationRow): boolean => form.kind !== 'integers' || form.bits === precise;
  const isMiddle = ({ neuron, timesteps }: AblationRow): boolean => neuron === 'relu' || timesteps === middle;
  const byNeuron = (of: readonly AblationRow[], order: (a: AblationRow, b: AblationRow) => number): AblationRow[] =>
    settings.neurons.flatMap((neuron) => of.filter((row) => row.neuron === neuron).sort(order));
  const converted = rows.filter(({ form }) => form.kind === 'converted').sort(byTimesteps);
  const conversions = [...new Set(converted.map(conversionText))].flatMap((text) =>
    converted.filter((row) => conversionText(row) === text),
  );
  const integers = trained.filter(({ form, width }) => form.kind === 'integers' && width === own);
  const sections: Section[] = [
    {
      title: `Neurons and timesteps, weights of ${precise} bits`,
      rows: byNeuron(
        trained.filter((row) => row.width === own && isPrecise(row)),
        byTimesteps,
      ),
      columns: [neuronColumn, right<AblationRow>('T', timestepsText)],
      differs: null,
    },
    {
      title: `Widths, as factors of the channels, T = ${middle}`,
      rows: byNeuron(
        trained.filter((row) => isMiddle(row) && isPrecise(row)),
        (a, b) => a.width - b.width,
      ),
      columns: [
        neuronColumn,
        right<AblationRow>('width', ({ width }) => width),
        right<AblationRow>('weights', ({ weights }) => compactText(weights)),
      ],
      differs: ({ width }) => width,
    },
    {
      title: `Bits of the weights, T = ${middle}`,
      rows: byNeuron(integers.filter(isMiddle), (a, b) => bitsOf(b) - bitsOf(a)),
      columns: [neuronColumn, right<AblationRow>('bits', bitsOf)],
      differs: bitsOf,
    },
    {
      title: 'Converted from relu, by thresholds and start',
      rows: conversions,
      columns: [
        left<AblationRow>('thresholds', ({ form }) => (form.kind === 'converted' ? BALANCE_TEXT[form.balance] : '')),
        left<AblationRow>('start', ({ form }) => (form.kind === 'converted' ? form.start : '')),
        right<AblationRow>('T', timestepsText),
      ],
      differs: null,
    },
  ];
  return sections.filter(
    ({ rows: [first, ...others], differs }) =>
      first !== undefined && (differs === null || others.some((row) => differs(row) !== differs(first))),
  );
}

const timestepsText = ({ form, timesteps }: AblationRow): string => (form.kind === 'float' ? '–' : `${timesteps}`);
const bitsOf = ({ form }: AblationRow): number => (form.kind === 'integers' ? form.bits : 0);
const conversionText = ({ form }: AblationRow): string =>
  form.kind === 'converted' ? `${form.balance} ${form.start}` : '';

const decimals =
  (of: (row: AblationRow) => Mean | null, digits: number) =>
  (row: AblationRow): string =>
    of(row)?.mean.toFixed(digits) ?? '–';

/** The columns of figures, which all sections have. */
const FIGURES: readonly Column<AblationRow>[] = [
  right('accuracy %', ({ accuracy: { mean, deviation } }) =>
    deviation === null ? `${(100 * mean).toFixed(2)}` : `${(100 * mean).toFixed(2)} ± ${(100 * deviation).toFixed(2)}`,
  ),
  right('n', ({ seeds }) => seeds.length),
  right(
    'θ',
    decimals(({ theta }) => theta, 3),
  ),
  right(
    'spikes',
    decimals(({ spikesPerNeuron }) => spikesPerNeuron, 3),
  ),
  right('additions', ({ synapticOperations }) =>
    synapticOperations === null ? '–' : compactText(synapticOperations.mean),
  ),
  right('ordinary', ({ ordinaryMacs }) => compactText(ordinaryMacs)),
];

const LEGEND =
  'accuracy: mean and standard deviation over n seeds; spikes: per neuron and clip, as θ the mean of the layers; ' +
  'additions: of one weight, per clip; ordinary: multiplications of the network without spikes, which runs once. ' +
  'relu and membranes that start half full are computed in float, all others in integers.';

/** Says with what budget all networks were trained. */
export function budgetText({ preset, task, epochs, share, batchSize, seeds }: AblationSettings): string {
  const { weights } = planNetwork(presetNetwork(preset, { classes: resolveTask(task).labels.length }));
  return (
    `${task}, ${preset} (${compactText(weights)} weights); budget of every network: ${epochs} epochs with ` +
    `${share === 1 ? 'all' : `${100 * share} % of the`} training clips, batches of ${batchSize}; seeds ${seeds.join(', ')}`
  );
}

const missingText = ({ missing }: AblationReport): string =>
  missing.length === 0 ? 'all cells are measured' : `${missing.length} cells are not measured yet`;

/** Returns the report as text of at most `columns` characters. */
export function ablationText(report: AblationReport, columns: number): string {
  const { settings } = report;
  const parts = splitsOf(report).flatMap(([split, rows]) =>
    sectionsOf(rows, settings).flatMap((section) => [
      '',
      `${section.title} (${split}, ${rows[0].clips} clips)`,
      ...textTable(section.rows, [...section.columns, ...FIGURES], columns),
    ]),
  );
  const legend = parts.length === 0 ? [] : ['', wrapText(LEGEND, columns)];
  return [wrapText(budgetText(settings), columns), ...parts, ...legend, missingText(report), ''].join('\n');
}

/** Returns the report as Markdown. */
export function markdownText(report: AblationReport): string {
  const { settings } = report;
  const parts = splitsOf(report).flatMap(([split, rows]) =>
    sectionsOf(rows, settings).flatMap((section) => [
      `**${section.title}** (${split}, ${rows[0].clips} clips)`,
      '',
      ...markdownTable(section.rows, [...section.columns, ...FIGURES]),
      '',
    ]),
  );
  return [`${budgetText(settings)}.`, '', ...parts, `${LEGEND}`, '', `${missingText(report)}.`, ''].join('\n');
}

function markdownTable(rows: readonly AblationRow[], columns: readonly Column<AblationRow>[]): string[] {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map(({ title }) => title)),
    `|${columns.map(({ align }) => (align === 'left' ? '---' : '--:')).join('|')}|`,
    ...rows.map((row, k) => line(columns.map(({ cell }) => cell(row, k)))),
  ];
}

const splitsOf = (report: AblationReport) =>
  [['validation', report.validation] as const, ['testing', report.testing] as const].filter(
    ([, rows]) => rows.length > 0,
  );
