import { clipsOfSplitText, evidenceWarnings } from '../core/statistics/index.js';
import { countText, type Ink, left, PLAIN, percentText, right, textTable, wrapText } from '../core/text/index.js';
import type { QuantizationReport, QuantizedLayerReport, ValidationComparison } from './quantization-report.js';

const range = (low: number, high: number): string => `${countText(low)}…${countText(high)}`;

/** Returns the report as text for a terminal: a table of layers, then the accuracy before and after. */
export function quantizationText({ layers, validation }: QuantizationReport, ink: Ink = PLAIN): string {
  const table = textTable<QuantizedLayerReport>(layers, [
    left('layer', ({ name }) => name),
    right('thresholds', ({ thresholds }) => range(...thresholds)),
    right('current', ({ bounds }) => range(bounds.currentMin, bounds.currentMax)),
    right('membrane', ({ bounds }) => range(bounds.membraneMin, bounds.membraneMax)),
  ]);
  const worst = layers.reduce((a, b) => (b.worstWeightError > a.worstWeightError ? b : a));
  const error = `weights are rounded by at most ${percentText(worst.worstWeightError)} of a threshold (${worst.name})`;
  return wrapText([...table, error, '', ...accuracyLines(validation, ink), ''].join('\n'));
}

function accuracyLines(validation: ValidationComparison | null, ink: Ink): string[] {
  if (validation === null) return ['accuracy not measured: no recordings (--data)'];
  const { clips, voices, floatAccuracy, accuracy, lossPoints, agreement } = validation;
  return [
    `${clipsOfSplitText(clips, 'validation', voices)}: ${percentText(floatAccuracy)} in float, ` +
      `${percentText(accuracy)} in integers (${(-lossPoints).toFixed(2)} points), same answer on ${percentText(agreement)}`,
    ...evidenceWarnings(validation).map((text) => ink.warning(text)),
  ];
}
