import { countText, escapeHtml } from '../../core/text/index.js';
import { savings } from '../format.js';
import type { EvaluationReport } from '../report.js';
import { bar, scrolling } from './markup.js';

/** Returns a table with the spike rates and operations of every layer. */
export function layerTable({ layers }: EvaluationReport): string {
  const most = Math.max(...layers.map((layer) => layer.spikesPerNeuron));
  const rows = layers.map(
    (layer) =>
      `<tr><th scope="row">${escapeHtml(layer.name)}</th><td>${countText(layer.neurons)}</td>` +
      `<td>${layer.theta.toFixed(3)}</td><td>${layer.spikesPerNeuron.toFixed(3)}</td>` +
      `<td class="wide">${bar(most > 0 ? layer.spikesPerNeuron / most : 0, 'rate')}</td>` +
      `<td>${countText(layer.synapticOperations)}</td><td>${countText(layer.ordinaryMacs)}</td>` +
      `<td>${savings(layer.ordinaryMacs, layer.synapticOperations)}</td><td>${countText(layer.denseMacs)}</td></tr>`,
  );
  return scrolling(
    'Layers',
    `<table class="figures"><thead><tr><th scope="col">layer</th><th scope="col">neurons</th><th scope="col">θ</th>` +
      `<th scope="col" colspan="2" class="start">spikes per neuron</th>` +
      `<th scope="col">synaptic operations</th><th scope="col">ordinary network</th><th scope="col">ordinary / synaptic</th><th scope="col">dense, T times</th></tr></thead>` +
      `<tbody>${rows.join('\n')}</tbody></table>`,
  );
}
