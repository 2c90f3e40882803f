import { countText, escapeHtml, percentText } from '../../core/text/index.js';
import { neurons } from '../format.js';
import type { ClipPortrait } from '../portrait.js';
import type { EvaluationReport } from '../report.js';
import { confusionMatrixTable } from './confusion-matrix.js';
import { headline } from './headline.js';
import { layerTable } from './layer-table.js';
import { bar, scrolling } from './markup.js';
import { portraitFigures } from './portraits.js';
import { STYLE } from './style.js';

function section(title: string, lead: string, body: string): string {
  return `<section class="card"><h2>${title}</h2><p class="lead">${lead}</p>${body}</section>`;
}

function mistakeTable({ mistakes }: EvaluationReport): string {
  const rows = mistakes.map(
    (mistake) =>
      `<tr><th scope="row">${escapeHtml(mistake.clip)}</th><td class="text">${escapeHtml(mistake.spoken)}</td>` +
      `<td class="text">${escapeHtml(mistake.recognised)}</td><td>${percentText(mistake.confidence, 1)}</td>` +
      `<td class="wide">${bar(mistake.confidence, 'wrong')}</td></tr>`,
  );
  return scrolling(
    'Worst mistakes',
    `<table class="figures"><thead><tr><th scope="col">clip</th><th scope="col" class="text">spoken</th>` +
      `<th scope="col" class="text">recognised</th><th scope="col" colspan="2" class="start">confidence</th></tr></thead>` +
      `<tbody>${rows.join('\n')}</tbody></table>`,
  );
}

function provenanceList(report: EvaluationReport): string {
  const { provenance, network } = report;
  const known = (accuracy: number | null): string => (accuracy === null ? 'not measured' : percentText(accuracy));
  const rows: [string, string][] = [
    ['Model', report.model],
    [
      'Network',
      `${neurons(network.neuron, network.timesteps)}, ${network.dimensions}-D, ${countText(network.weights)} weights`,
    ],
    ['Labels', report.labels.join(', ')],
    ['Trained on', `${provenance.task}, ${provenance.dataset}`],
    ['Training', `${provenance.epochs} epochs, seed ${provenance.seed}, spikeword ${provenance.spikeword}`],
    [
      'Validation accuracy',
      `${known(provenance.validationAccuracyFloat)} in float, ${known(provenance.validationAccuracy)} in integers`,
    ],
    ['Evaluated on', `${report.task}, ${report.split} split of ${report.dataset}`],
  ];
  return `<dl class="provenance">${rows.map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`).join('')}</dl>`;
}

/**
 * Renders the report of `evaluateModel` as one HTML page that needs no other file, no network and no script. The page
 * draws the spikes of the clips in `portraits`.
 */
export function renderReport(report: EvaluationReport, portraits: readonly ClipPortrait[] = []): string {
  const title = `${escapeHtml(report.model)}: ${percentText(report.accuracy)} on ${escapeHtml(report.task)}`;
  const sections = [
    section(
      'Confusion',
      'Number of clips, with one row per spoken word and one column per recognised word. Blue is right, orange is wrong. Each colour has its own scale, relative to the clips of the row.',
      confusionMatrixTable(report),
    ),
    section(
      'Layers',
      'Spikes per neuron and clip, averaged over the split. Synaptic operations are the additions that spikes cause. The stem reads analog features and is computed only once.',
      layerTable(report),
    ),
  ];
  if (portraits.length > 0) {
    sections.push(
      section(
        'Clips',
        `The input and the spikes of the network for some clips. In a raster, a column is one of the ${report.network.timesteps} timesteps of a frame, and a row is one channel. Features above their mean are blue, those below it orange.`,
        portraitFigures(portraits),
      ),
    );
  }
  if (report.mistakes.length > 0) {
    sections.push(section('Worst mistakes', 'Wrong answers, the most confident first.', mistakeTable(report)));
  }
  sections.push(section('Provenance', '', provenanceList(report)));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(report.model)}</h1>
<p class="subtitle">${escapeHtml(report.task)}, ${report.split} split, ${countText(report.clips)} clips</p>
${headline(report)}
${sections.join('\n')}
<footer>Evaluated by spikeword ${escapeHtml(report.provenance.spikeword)} with the integer WebAssembly kernel.</footer>
</main>
</body>
</html>
`;
}
