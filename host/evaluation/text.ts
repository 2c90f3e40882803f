import { fewVoicesWarning, voicesText } from '../core/statistics/index.js';
import { binaryBytesText, countText, left, percentText, right, textBar, textTable } from '../core/text/index.js';
import { mainConfusion } from './confusion.js';
import { agreementNote, clipRate, missingWordsText, neurons, savings } from './format.js';
import type { EvaluationReport } from './report.js';

/** The name of a figure, the figure and a remark. */
export type TextRow = [what: string, figure: string, remark: string];

/**
 * Returns a report for a terminal of `columns` characters, without the confusion matrix if it does not fit. `speed` is
 * the remark about the clips per second; `more` are additional rows of figures.
 */
export function renderText(
  report: EvaluationReport,
  columns: number,
  speed = `including features, threads: ${report.threads}`,
  more: readonly TextRow[] = [],
): string {
  return [
    ...headline(report, speed, more),
    '',
    ...layerTable(report),
    '',
    ...classTable(report),
    '',
    ...confusionTable(report, columns),
    '',
  ].join('\n');
}

function headline(report: EvaluationReport, speed: string, more: readonly TextRow[]): string[] {
  const [low, high] = report.accuracyInterval;
  const { neuron, timesteps } = report.network;
  const warning = fewVoicesWarning(report.voices);
  const agreement = report.agreement === null ? 'not measured' : percentText(report.agreement);
  const rows: TextRow[] = [
    [
      'accuracy',
      percentText(report.accuracy),
      `95 % interval ${percentText(low)} to ${percentText(high)}; ${voicesText(report.voices)}`,
    ],
    ...(warning === null ? [] : [['', '', warning] satisfies TextRow]),
    ...(report.missingWords.length === 0 ? [] : [['', '', missingWordsText(report)] satisfies TextRow]),
    ['agreement', agreement, agreementNote(report.agreementWith, report.floatAccuracy)],
    [
      'spikes / neuron',
      report.spikesPerNeuron.toFixed(3),
      `mean of layers, θ = ${report.theta.toFixed(3)}; ${report.spikesPerNeuronWeighted.toFixed(3)} over all neurons`,
    ],
    [
      'operations',
      countText(report.synapticOperations),
      `per clip; an ordinary network: ${countText(report.ordinaryMacs)}, ${savings(report.ordinaryMacs, report.synapticOperations)} as many`,
    ],
    ['', '', `dense in every timestep: ${savings(report.denseMacs, report.synapticOperations)} as many`],
    ['speed', `${clipRate(report.clipsPerSecond)} clips/s`, speed],
    ['model', binaryBytesText(report.modelBytes), `and ${binaryBytesText(report.ramBytes)} of RAM`],
    ...more,
  ];
  const name = Math.max(...rows.map((row) => row[0].length));
  const figure = Math.max(...rows.map((row) => row[1].length));
  return [
    `${report.model}: ${report.task}, ${report.split} split, ${countText(report.clips)} clips (${neurons(neuron, timesteps)})`,
    '',
    ...rows.map(([a, b, c]) => `${a.padEnd(name)}  ${b.padEnd(figure)}  ${c}`.trimEnd()),
  ];
}

function layerTable({ layers }: EvaluationReport): string[] {
  const most = Math.max(...layers.map((layer) => layer.spikesPerNeuron));
  return textTable(layers, [
    left('layer', (layer) => layer.name),
    right('neurons', (layer) => countText(layer.neurons)),
    right('θ', (layer) => layer.theta.toFixed(3)),
    right('spikes', (layer) => layer.spikesPerNeuron.toFixed(3)),
    left('', (layer) => textBar(most > 0 ? layer.spikesPerNeuron / most : 0, 8)),
    right('operations', (layer) => countText(layer.synapticOperations)),
    right('ordinary', (layer) => countText(layer.ordinaryMacs)),
  ]);
}

function classTable({ perClass, confusion, labels }: EvaluationReport): string[] {
  const share = (fraction: number | null): string => (fraction === null ? '–' : percentText(fraction, 1));
  const mistaken = (k: number): string => {
    const main = mainConfusion(confusion[k], k);
    return main === null ? '' : `${labels[main.recognised]} (${countText(main.clips)})`;
  };
  return textTable(perClass, [
    left('class', ({ label }) => label),
    right('clips', ({ clips }) => countText(clips)),
    right('precision', ({ precision }) => share(precision)),
    right('recall', ({ recall }) => share(recall)),
    left('mistaken for', (_, k) => mistaken(k)),
  ]);
}

function confusionTable({ confusion, labels }: EvaluationReport, columns: number): string[] {
  const digits = Math.max(...confusion.flat().map((n) => String(n).length));
  const cell = Math.max(digits, Math.min(5, ...labels.map((label) => label.length)), 3);
  const first = Math.max(...labels.map((label) => label.length));
  if (first + labels.length * (cell + 1) > columns) {
    return [
      `confusion matrix: ${labels.length} × ${labels.length}, too wide for this terminal; --report draws it, --json lists it`,
    ];
  }
  const title = `rows: spoken, columns: recognised`;
  const heads = labels.map((label) => label.slice(0, cell).padStart(cell)).join(' ');
  return [
    title,
    `${' '.repeat(first)} ${heads}`,
    ...confusion.map((row, k) => {
      const cells = row.map((n) => (n === 0 ? '·' : String(n)).padStart(cell)).join(' ');
      return `${labels[k].padEnd(first)} ${cells}`;
    }),
  ];
}
