import { countText, left, percentText, right, textTable } from '../core/text/index.js';
import type { QuantizationReport } from './quantization-report.js';

/** Returns the report as text for a terminal: a table of layers, then the accuracy before and after. */
export function quantizationText({ layers, validation }: QuantizationReport): string {
  const table = textTable(layers, [
    left('layer', ({ name }) => name),
    right('thresholds', ({ thresholds }) => thresholds.join('…')),
    right('current', ({ bounds }) => `${bounds.currentMin}…${bounds.currentMax}`),
    right('membrane', ({ bounds }) => `${bounds.membraneMin}…${bounds.membraneMax}`),
    right('weight error', ({ worstWeightError }) => percentText(worstWeightError)),
  ]);
  const accuracy =
    validation === null
      ? 'accuracy not measured: no recordings (--data)'
      : `${countText(validation.clips)} validation clips: ${percentText(validation.floatAccuracy)} in float, ` +
        `${percentText(validation.accuracy)} in integers\n(${(-validation.lossPoints).toFixed(2)} points), ` +
        `same answer on ${percentText(validation.agreement)}`;
  const note = 'weight error: the worst of a layer, as a share of its threshold';
  return `${table.join('\n')}\n${note}\n\n${accuracy}\n`;
}
