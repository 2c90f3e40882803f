import { evidenceWarnings, voicesText } from '../core/statistics/index.js';
import {
  binaryBytesText,
  columnsOf,
  countText,
  type Ink,
  left,
  PLAIN,
  percentText,
  right,
  textBar,
  textTable,
  wrapLine,
} from '../core/text/index.js';
import { mainConfusion } from './confusion.js';
import { earlyLines } from './early-report.js';
import { agreementNote, clipRate, neurons, savings, taskText } from './format.js';
import type { EvaluationReport } from './report.js';

/** The name of a figure, the figure and a remark. */
export type TextRow = [what: string, figure: string, remark: string];

export interface TextOptions {
  /** The remark about the clips per second; default: that of the host's kernel. */
  readonly speed?: string;
  /** Additional rows of figures. */
  readonly more?: readonly TextRow[];
  /** Default: no colours. */
  readonly ink?: Ink;
}

/** Returns a report for a terminal of `columns` characters, without the confusion matrix if it does not fit. */
export function renderText(report: EvaluationReport, columns: number, options: TextOptions = {}): string {
  const { speed = `including features, threads: ${report.threads}`, more = [], ink = PLAIN } = options;
  return [
    ...headline(report, columns, speed, more, ink),
    '',
    ...layerTable(report, columns),
    '',
    ...classTable(report, columns, ink),
    '',
    ...confusionTable(report, columns, ink),
    '',
  ].join('\n');
}

function headline(
  report: EvaluationReport,
  columns: number,
  speed: string,
  more: readonly TextRow[],
  ink: Ink,
): string[] {
  const [low, high] = report.accuracyInterval;
  const { neuron, timesteps } = report.network;
  const agreement = report.agreement === null ? 'not measured' : percentText(report.agreement);
  const { ordinaryMacs, denseMacs, synapticOperations } = report;
  const rows: TextRow[] = [
    ['accuracy', percentText(report.accuracy), `95 % interval ${percentText(low)} to ${percentText(high)}`],
    ['', '', `on ${voicesText(report.voices)}`],
    ...evidenceWarnings(report).map((warning): TextRow => ['', '', ink.warning(warning)]),
    ['agreement', agreement, agreementNote(report.agreementWith, report.floatAccuracy)],
    [
      'spikes / neuron',
      report.spikesPerNeuron.toFixed(3),
      `mean of layers, θ = ${report.theta.toFixed(3)}; ${report.spikesPerNeuronWeighted.toFixed(3)} of all neurons`,
    ],
    ['operations', countText(synapticOperations), 'synaptic operations per clip, additions of a weight'],
    ['', '', `ordinary network: ${countText(ordinaryMacs)}, ${savings(ordinaryMacs, synapticOperations)} as many`],
    ['', '', `dense, T times: ${countText(denseMacs)}, ${savings(denseMacs, synapticOperations)} as many`],
    ...(report.early === null ? [] : earlyRows(earlyLines(report.early, report.accuracy))),
    ['speed', `${clipRate(report.clipsPerSecond)} clips/s`, speed],
    ['model', binaryBytesText(report.modelBytes), `and ${binaryBytesText(report.ramBytes)} of RAM`],
    ...more,
  ];
  const name = Math.max(...rows.map((row) => row[0].length));
  const figure = Math.max(...rows.map((row) => columnsOf(row[1])));
  const title =
    `${report.model}: ${taskText(report.task)}, ${report.split} split, ${countText(report.clips)} clips ` +
    `(${neurons(neuron, timesteps)})`;
  return [
    ...wrapLine(title, columns, 2),
    '',
    ...rows.flatMap(([what, value, remark]) => {
      const before = `${what.padEnd(name)}  ${value}${' '.repeat(figure - columnsOf(value))}  `;
      const [first, ...rest] = wrapLine(remark, columns - columnsOf(before), 0);
      return [(before + first).trimEnd(), ...rest.map((text) => ' '.repeat(name + figure + 4) + text)];
    }),
  ];
}

function earlyRows(lines: readonly string[]): TextRow[] {
  return lines.map((line, k): TextRow => [k === 0 ? 'decisions' : '', k === 0 ? 'early' : '', line]);
}

function layerTable({ layers }: EvaluationReport, columns: number): string[] {
  const most = Math.max(...layers.map((layer) => layer.spikesPerNeuron));
  return textTable(
    layers,
    [
      left('layer', (layer) => layer.name),
      right('neurons', (layer) => countText(layer.neurons)),
      right('θ', (layer) => layer.theta.toFixed(3)),
      right('spikes', (layer) => layer.spikesPerNeuron.toFixed(3)),
      left('', (layer) => textBar(most > 0 ? layer.spikesPerNeuron / most : 0, 8)),
      right('operations', (layer) => countText(layer.synapticOperations)),
      right('ordinary', (layer) => countText(layer.ordinaryMacs)),
    ],
    columns,
  );
}

function classTable({ perClass, confusion, labels }: EvaluationReport, columns: number, ink: Ink): string[] {
  const share = (fraction: number | null): string => (fraction === null ? '–' : percentText(fraction, 1));
  const mistaken = (k: number): string => {
    const main = mainConfusion(confusion[k], k);
    return main === null ? '' : ink.miss(`${labels[main.recognised]} (${countText(main.clips)})`);
  };
  return textTable(
    perClass,
    [
      left('class', ({ label }) => label),
      right('clips', ({ clips }) => countText(clips)),
      right('precision', ({ precision }) => share(precision)),
      right('recall', ({ recall }) => share(recall)),
      left('mistaken for', (_, k) => mistaken(k)),
    ],
    columns,
  );
}

function confusionTable({ confusion, labels }: EvaluationReport, columns: number, ink: Ink): string[] {
  const digits = Math.max(...confusion.flat().map((n) => countText(n).length));
  const cell = Math.max(digits, Math.min(5, ...labels.map((label) => label.length)), 3);
  const first = Math.max(...labels.map((label) => label.length));
  if (first + labels.length * (cell + 1) > columns) {
    const size = `${labels.length} × ${labels.length}`;
    return wrapLine(
      `confusion matrix: ${size}, too wide for this terminal; --report draws it, --json lists it`,
      columns,
      2,
    );
  }
  const title = `rows: spoken, columns: recognised`;
  const heads = labels.map((label) => label.slice(0, cell).padStart(cell)).join(' ');
  return [
    title,
    `${' '.repeat(first)} ${heads}`,
    ...confusion.map((row, spoken) => {
      const cells = row.map((n, recognised) => {
        const text = (n === 0 ? '·' : countText(n)).padStart(cell);
        return n > 0 && recognised !== spoken ? ink.miss(text) : text;
      });
      return `${labels[spoken].padEnd(first)} ${cells.join(' ')}`;
    }),
  ];
}
