import { SAMPLE_RATE_HZ, samplesOfFrames } from '../core/audio/index.js';
import { describeEarly, describePoint } from '../core/quantization/index.js';
import { countText, left, percentText, right, textTable, wrapText } from '../core/text/index.js';
import type { LayerDescription, ModelDescription } from './describe.js';

const percent = (fraction: number | null): string => (fraction === null ? 'not measured' : percentText(fraction, 2));
const range = (low: number, high: number): string =>
  low === high ? countText(low) : `${countText(low)}…${countText(high)}`;
/** The first digits of each digest: they tell datasets apart, and --json has the others. */
const shortDigests = (text: string): string => text.replace(/\b([0-9a-f]{8})[0-9a-f]{24,}\b/g, '$1…');

function layerTable(layers: readonly LayerDescription[]): string[] {
  return textTable(layers, [
    left('layer', ({ name }) => name),
    left('output', ({ output }) => output.join(' × ')),
    left('kernel', ({ kernel, stride }) => `${kernel.join('×')} / ${stride.join('×')}`),
    left('shortcut', ({ shortcut }) => shortcut),
    right('weights', ({ weights }) => countText(weights)),
    right('neurons', ({ neurons }) => countText(neurons)),
  ]);
}

function integerTable(layers: readonly LayerDescription[]): string[] {
  return textTable(layers, [
    left('layer', ({ name }) => name),
    right('thresholds', ({ thresholds }) => range(...thresholds)),
    right('current', ({ bounds }) => range(bounds.currentMin, bounds.currentMax)),
    right('membrane', ({ bounds }) => range(bounds.membraneMin, bounds.membraneMax)),
  ]);
}

/** The remark after the name of a file that is not a model file itself. */
const MADE = {
  model: '',
  module: ', a module: the kernel with this model',
  checkpoint: ', a checkpoint: the model that spikeword quantize makes from it',
} as const;

/** The line about a network that listens, if it does. */
function listening({ hopMs, frames }: ModelDescription): string {
  if (hopMs === null) return '';
  const seconds = samplesOfFrames(frames) / SAMPLE_RATE_HZ;
  return `\n  listens      to a stream: a result every ${hopMs} ms, from the last ${seconds.toFixed(2)} s`;
}

/** The line about early decisions, if there are any. */
function decides({ early }: ModelDescription): string {
  return early === null ? '' : `\n  decides      early: ${describeEarly(early)}`;
}

/** Returns a description as text for a terminal. */
export function describeText(model: ModelDescription): string {
  const { provenance, detection } = model;
  const several = model.channels === 1 ? '' : ` × ${model.channels} channels`;
  const input = `${model.frames} frames × ${model.coefficients} coefficients${several}, int8`;
  return wrapText(`${model.file}${MADE[model.kind]}
  recognises   ${model.labels.join(' ')}
  network      ${model.dimensions}-D, ${model.neuron}, ${model.timesteps} timesteps, ${countText(model.weights)} weights
               ${input}${listening(model)}
  flash        ${countText(model.flashBytes)} bytes
  RAM          ${countText(model.ramBytes)} bytes
  work         ${countText(model.ordinaryMacs)} multiply-accumulates per ${model.hopMs === null ? 'clip' : 'window'} in an ordinary network

${layerTable(model.layers).join('\n')}
output: channels × frames × bands; kernel: size / stride

${integerTable(model.layers).join('\n')}

classifier: ${model.classifier.channels} spike counts to ${model.classifier.classes} classes, ${countText(model.classifier.weights)} weights
Current and membrane: ranges that no input can leave, proven from the weights.

  made by      spikeword ${provenance.spikeword}, task ${provenance.task.replaceAll(',', ', ')}, seed ${provenance.seed}, ${countText(provenance.epochs)} epochs
  dataset      ${shortDigests(provenance.dataset)}
  validation   ${percent(provenance.validationAccuracy)} in integers, ${percent(provenance.validationAccuracyFloat)} in float
  detection    ${detection === null ? 'not tuned (spikeword tune)' : describePoint(detection)}${decides(model)}
`);
}
