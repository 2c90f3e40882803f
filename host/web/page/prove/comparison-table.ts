import type { Hello } from '../../../core/protocol/index.js';
import { countText } from '../../../core/text/index.js';
import { make } from '../element.js';
import { labelText } from '../figures.js';
import type { ClipComparison } from './comparison.js';

const COLUMNS = ['clip', 'page', 'board', 'scores', 'differing values', 'board’s time'];

const scoresText = (scores: Int32Array): string => Array.from(scores, countText).join(' ');

/** Returns a table with the answers of page and board for every clip. A row's title lists all scores of both. */
export function comparisonTable(
  results: readonly ClipComparison[],
  labels: readonly string[],
  { countUnit, ticksPerSecond }: Hello,
): HTMLTableElement {
  const head = COLUMNS.map((text, k) => make('th', { scope: 'col', className: k < 3 ? 'word-cell' : '' }, text));
  const rows = results.map(({ clip, page, board, compared, differing }) => {
    const time =
      countUnit === 'none'
        ? `${((1000 * (board.ticks + board.frontEndTicks)) / ticksPerSecond).toFixed(0)} ms`
        : `${countText(board.count + board.frontEndCount)} ${countUnit}`;
    const row = make(
      'tr',
      { className: differing === 0 ? '' : 'different' },
      make('th', { scope: 'row' }, clip),
      make('td', { className: 'word-cell' }, labelText(labels[page.class])),
      make('td', { className: 'word-cell' }, labelText(labels[board.class] ?? `class ${board.class}`)),
      make('td', {}, `${page.scores.length} ${differing === 0 ? 'equal' : 'compared'}`),
      make('td', {}, `${differing} of ${compared}`),
      make('td', {}, time),
    );
    row.title = `page: ${scoresText(page.scores)}\nboard: ${scoresText(board.scores)}`;
    return row;
  });
  return make('table', {}, make('thead', {}, make('tr', {}, ...head)), make('tbody', {}, ...rows));
}
