import { type Column, textTable } from '../text-table.js';
import type { LayerDescription, ModelDescription } from './describe.js';

const percent = (fraction: number | null): string =>
  fraction === null ? 'not measured' : `${(fraction * 100).toFixed(2)} %`;
const range = (low: number, high: number): string => (low === high ? `${low}` : `${low}…${high}`);

/** The cells of one layer, under `COLUMNS`. */
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

const COLUMNS: readonly Column[] = [
  { title: 'layer', align: 'left' },
  { title: 'channels × frames × bands', align: 'left' },
  { title: 'kernel / stride', align: 'left' },
  { title: 'shortcut', align: 'left' },
  { title: 'weights', align: 'right' },
  { title: 'neurons', align: 'right' },
  { title: 'thresholds', align: 'right' },
  { title: 'current', align: 'right' },
  { title: 'membrane', align: 'right' },
];

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

${textTable(COLUMNS, model.layers.map(layerRow)).join('\n')}

classifier: ${model.classifier.channels} spike counts to ${model.classifier.classes} classes, ${model.classifier.weights} weights
Current and membrane: what no input can leave, proven from the weights.

  made by      spikeword ${provenance.spikeword}, task ${provenance.task}, seed ${provenance.seed}, ${provenance.epochs} epochs
  dataset      ${provenance.dataset}
  validation   ${percent(provenance.validationAccuracy)} in integers, ${percent(provenance.validationAccuracyFloat)} in float
`;
}
