import { left, percentText, right, textTable } from '../core/text/index.js';
import type { QuantizationReport } from './quantization-report.js';

/** Returns the report as text for a terminal: a table of layers, then the accuracy before and after. */
export function quantizationText({ layers, validation }: QuantizationReport): string {
  const table = textTable(layers, [
    left('layer', ({ name }) => name),
    right('channels', ({ channels }) => channels),
    right('weights', ({ weights }) => weights),
    right('thresholds', ({ thresholds }) => thresholds.join('…')),
    right('current', ({ bounds }) => `${bounds.currentMin}…${bounds.currentMax}`),
    right('membrane', ({ bounds }) => `${bounds.membraneMin}…${bounds.membraneMax}`),
    right('worst weight error / threshold', ({ worstWeightError }) => percentText(worstWeightError)),
  ]);
  const accuracy =
    validation === null
      ? 'accuracy not measured: no recordings (--data)'
      : `${validation.clips} validation clips: ${percentText(validation.floatAccuracy)} in float, ` +
        `${percentText(validation.accuracy)} in integers (${(-validation.lossPoints).toFixed(2)} points), ` +
        `same answer on ${percentText(validation.agreement)}`;
  return `${table.join('\n')}\n\n${accuracy}\n`;
}
