import type { LayerDescription, ModelDescription } from './describe.js';

const percent = (fraction: number | null): string =>
  fraction === null ? 'not measured' : `${(fraction * 100).toFixed(2)} %`;
const range = (low: number, high: number): string => (low === high ? `${low}` : `${low}…${high}`);

/** Columns of one layer; numbers are set to the right. */
function layerRow(layer: LayerDescription): string[] {
  const { bounds } = layer;
  return [
    layer.name,
    layer.output.join(' × '),
    `${layer.kernel.join(' × ')} / ${layer.stride.join(' × ')}`,
    layer.shortcut,
    `${layer.weights}`,
    `${layer.neurons}`,
    range(...layer.thresholds),
    `${bounds.currentMin}…${bounds.currentMax}`,
    `${bounds.membraneMin}…${bounds.membraneMax}`,
  ];
}

const HEADINGS = [
  'layer',
  'channels × frames × bands',
  'kernel / stride',
  'shortcut',
  'weights',
  'neurons',
  'thresholds',
  'current',
  'membrane',
];
const FIRST_NUMBER = 4;

function table(rows: readonly (readonly string[])[]): string {
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column < FIRST_NUMBER ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** What is said behind the name of a file that holds no model itself. */
const MADE = {
  model: '',
  module: ', a module: the kernel with this model',
  'quantised network': ', a quantised network: the model that spikeword build makes of it',
  checkpoint: ', a checkpoint: the model that spikeword quantize and build make of it',
} as const;

/** A description as text for a terminal. */
export function describeText(model: ModelDescription): string {
  const { provenance } = model;
  const input = `${model.frames} frames × ${model.coefficients} coefficients, int8`;
  return `${model.file}${MADE[model.kind]}
  recognises   ${model.labels.join(' ')}
  network      ${model.dimensions}-D, ${model.neuron}, ${model.timesteps} timesteps, ${model.weights} weights; ${input}
  flash        ${model.flashBytes} bytes
  RAM          ${model.ramBytes} bytes
  dense work   ${model.denseMacs} multiply-accumulates a clip

${table([HEADINGS, ...model.layers.map(layerRow)])}
classifier: ${model.classifier.channels} spike counts to ${model.classifier.classes} classes, ${model.classifier.weights} weights
Current and membrane: what no input can leave, proven from the weights.

  made by      spikeword ${provenance.spikeword}, task ${provenance.task}, seed ${provenance.seed}, ${provenance.epochs} epochs
  dataset      ${provenance.dataset}
  validation   ${percent(provenance.validationAccuracy)} in integers, ${percent(provenance.validationAccuracyFloat)} in float
`;
}
