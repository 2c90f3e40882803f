import { escapeHtml } from '../../core/text/index.js';
import type { EvaluationReport } from '../report.js';
import { scrolling } from './markup.js';

/** The strongest tint of a cell: text on it keeps a contrast of at least 4.5 in both themes. */
const STRONGEST = 0.5;

/**
 * Returns the matrix as a table with the colours of a heat map. Hits and mistakes have different colours. Mistakes also
 * have their own scale, because a few per cent of mistakes would be invisible on the scale of the hits.
 */
export function confusionMatrixTable({ confusion, perClass, labels }: EvaluationReport): string {
  const share = (spoken: number, recognised: number): number =>
    perClass[spoken].clips > 0 ? confusion[spoken][recognised] / perClass[spoken].clips : 0;
  let worst = 0;
  for (const k of labels.keys()) for (const j of labels.keys()) if (j !== k) worst = Math.max(worst, share(k, j));
  const cell = (spoken: number, recognised: number): string => {
    const clips = confusion[spoken][recognised];
    const hit = spoken === recognised;
    if (clips === 0) return hit ? '<td class="hit">0</td>' : '<td></td>';
    const tint = STRONGEST * (hit ? share(spoken, recognised) : share(spoken, recognised) / worst);
    const meaning = `${labels[spoken]} recognised as ${labels[recognised]}: ${clips} of ${perClass[spoken].clips}`;
    return `<td class="${hit ? 'hit' : 'miss'}" style="--tint:${tint.toFixed(3)}" title="${escapeHtml(meaning)}">${clips}</td>`;
  };
  const many = labels.length > 24;
  const percentage = (value: number | null, digits = 1): string =>
    value === null ? '–' : (100 * value).toFixed(digits);
  const head = labels.map((label) => `<th scope="col"><span>${escapeHtml(label)}</span></th>`).join('');
  const rows = labels.map((label, k) => {
    const cells = labels.map((_, j) => cell(k, j)).join('');
    const { clips, recall } = perClass[k];
    return (
      `<tr><th scope="row">${escapeHtml(label)}</th>${cells}` +
      `<td class="margin">${percentage(recall)}</td><td class="margin">${clips}</td></tr>`
    );
  });
  const precision = perClass
    .map((one) => `<td class="margin">${percentage(one.precision, many ? 0 : 1)}</td>`)
    .join('');
  return scrolling(
    'Confusion matrix',
    `<table class="confusion ${many ? 'many' : 'few'}"><thead><tr><td class="corner"></td>${head}` +
      `<th scope="col" class="margin"><span>recall, %</span></th><th scope="col" class="margin"><span>clips</span></th></tr></thead>` +
      `<tbody>${rows.join('\n')}</tbody>` +
      `<tfoot><tr><th scope="row">precision, %</th>${precision}<td></td><td></td></tr></tfoot></table>`,
  );
}
