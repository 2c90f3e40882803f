import { textBar, textTable } from '../text-table.js';
import { mainConfusion } from './confusion.js';
import { agreementNote, binaryBytes, count, neurons, percent, savings } from './format.js';
import type { EvaluationReport } from './report.js';

/** A report for a terminal of `columns` characters; the confusion matrix is left out where it does not fit. */
export function renderText(report: EvaluationReport, columns: number): string {
  return [
    ...headline(report),
    '',
    ...layerTable(report),
    '',
    ...classTable(report),
    '',
    ...confusionTable(report, columns),
    '',
  ].join('\n');
}

function headline(report: EvaluationReport): string[] {
  const [low, high] = report.accuracyInterval;
  const { neuron, timesteps } = report.network;
  const agreement = report.agreement === null ? 'not measured' : percent(report.agreement);
  const rows: [string, string, string][] = [
    ['accuracy', percent(report.accuracy), `95 % interval ${percent(low)} to ${percent(high)}`],
    ['agreement', agreement, agreementNote(report.agreementWith, report.floatAccuracy)],
    [
      'spikes / neuron',
      report.spikesPerNeuron.toFixed(3),
      `mean of layers, θ = ${report.theta.toFixed(3)}; ${report.spikesPerNeuronWeighted.toFixed(3)} over all neurons`,
    ],
    [
      'operations',
      count(report.synapticOperations),
      `synaptic, per clip; a dense network needs ${savings(report.denseMacs, report.synapticOperations)} as many, ${count(report.denseMacs)}`,
    ],
    ['speed', `${count(report.clipsPerSecond)} clips/s`, `features included, threads: ${report.threads}`],
    ['model', binaryBytes(report.modelBytes), `and ${binaryBytes(report.ramBytes)} of RAM`],
  ];
  const name = Math.max(...rows.map((row) => row[0].length));
  const figure = Math.max(...rows.map((row) => row[1].length));
  return [
    `${report.model}: ${report.task}, ${report.split} split, ${count(report.clips)} clips (${neurons(neuron, timesteps)})`,
    '',
    ...rows.map(([a, b, c]) => `${a.padEnd(name)}  ${b.padEnd(figure)}  ${c}`),
  ];
}

function layerTable({ layers }: EvaluationReport): string[] {
  const most = Math.max(...layers.map((layer) => layer.spikesPerNeuron));
  return textTable(
    [
      { title: 'layer', align: 'left' },
      { title: 'neurons', align: 'right' },
      { title: 'θ', align: 'right' },
      { title: 'spikes/neuron', align: 'right' },
      { title: '', align: 'left' },
      { title: 'synaptic ops', align: 'right' },
      { title: 'dense MACs', align: 'right' },
    ],
    layers.map((layer) => [
      layer.name,
      count(layer.neurons),
      layer.theta.toFixed(3),
      layer.spikesPerNeuron.toFixed(3),
      textBar(most > 0 ? layer.spikesPerNeuron / most : 0, 10),
      count(layer.synapticOperations),
      count(layer.denseMacs),
    ]),
  );
}

function classTable({ perClass, confusion, labels }: EvaluationReport): string[] {
  return textTable(
    [
      { title: 'class', align: 'left' },
      { title: 'clips', align: 'right' },
      { title: 'precision', align: 'right' },
      { title: 'recall', align: 'right' },
      { title: 'mistaken for', align: 'left' },
    ],
    perClass.map(({ label, clips, precision, recall }, k) => {
      const mistaken = mainConfusion(confusion[k], k);
      return [
        label,
        count(clips),
        precision === null ? '–' : percent(precision, 1),
        recall === null ? '–' : percent(recall, 1),
        mistaken === null ? '' : `${labels[mistaken.recognised]} (${count(mistaken.clips)})`,
      ];
    }),
  );
}

function confusionTable({ confusion, labels }: EvaluationReport, columns: number): string[] {
  const digits = Math.max(...confusion.flat().map((n) => String(n).length));
  const cell = Math.max(digits, Math.min(5, ...labels.map((label) => label.length)), 3);
  const first = Math.max(...labels.map((label) => label.length));
  if (first + labels.length * (cell + 1) > columns) {
    return [
      `confusion matrix: ${labels.length} × ${labels.length}, too wide for here; --report draws it, --json lists it`,
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
