import { type Column, textTable } from '../text-table.js';
import { percent } from './format.js';
import type { QuantizationReport } from './quantization-report.js';

const COLUMNS: readonly Column[] = [
  { title: 'layer', align: 'left' },
  { title: 'channels', align: 'right' },
  { title: 'weights', align: 'right' },
  { title: 'thresholds', align: 'right' },
  { title: 'current', align: 'right' },
  { title: 'membrane', align: 'right' },
  { title: 'worst weight, of threshold', align: 'right' },
];

/** The report as a terminal shows it: a table of layers, then the accuracy before and after. */
export function quantizationText({ layers, validation }: QuantizationReport): string {
  const rows = layers.map(({ name, channels, weights, thresholds, bounds, worstWeightError }) => [
    name,
    `${channels}`,
    `${weights}`,
    thresholds.join('…'),
    `${bounds.currentMin}…${bounds.currentMax}`,
    `${bounds.membraneMin}…${bounds.membraneMax}`,
    percent(worstWeightError),
  ]);
  const accuracy =
    validation === null
      ? 'accuracy not measured: no recordings (--data)'
      : `${validation.clips} validation clips: ${percent(validation.floatAccuracy)} in float, ` +
        `${percent(validation.accuracy)} in integers (${(-validation.lossPoints).toFixed(2)} points), ` +
        `same answer on ${percent(validation.agreement)}`;
  return `${textTable(COLUMNS, rows).join('\n')}\n\n${accuracy}\n`;
}
