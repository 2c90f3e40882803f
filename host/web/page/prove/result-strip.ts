import { surface } from '../drawing/surface.js';
import { reducedMotion, theme } from '../drawing/theme.js';
import { KEPT_RESULTS, type Side } from './twins.js';

/** Columns that are left blank ahead of the cursor of a picture that stands still. */
const GAP = 4;

/**
 * Draws the average probability of classes that are shown as one over the last results, 0 at the bottom and 1 at the
 * top, and marks the words that were heard. If the user prefers reduced motion, results keep their places and a cursor
 * runs through them.
 *
 * @param results how many results the picture has room for up to now, the same for page and board
 */
export function drawResultStrip(
  canvas: HTMLCanvasElement,
  side: Side,
  classes: readonly number[],
  threshold: number | null,
  results: number,
): void {
  const { context, width, height } = surface(canvas);
  const colours = theme();
  const isStill = reducedMotion();
  const first = results - KEPT_RESULTS + (isStill ? GAP : 0);
  const column = (result: number): number => (isStill ? result % KEPT_RESULTS : result - (results - KEPT_RESULTS));
  const x = (result: number): number => (column(result) * width) / KEPT_RESULTS;
  const y = (score: number): number => height - 1 - score * (height - 3);

  context.fillStyle = threshold === null ? colours.muted : colours.accent;
  // one shape: separate columns would show blurred edges
  context.beginPath();
  for (let result = Math.max(0, first, side.oldest); result < side.results; result++) {
    const at = (result % KEPT_RESULTS) * side.classes;
    const score = classes.reduce((sum, k) => sum + side.scores[at + k], 0);
    if (score >= 0.005) context.rect(x(result), y(score), width / KEPT_RESULTS, height - 1 - y(score));
  }
  context.fill();
  context.fillStyle = colours.rule;
  context.fillRect(0, height - 1, width, 1);
  if (threshold !== null) {
    const line = Math.round(y(threshold)) + 0.5;
    context.strokeStyle = colours.muted;
    context.setLineDash([2, 4]);
    context.beginPath();
    context.moveTo(0, line);
    context.lineTo(width, line);
    context.stroke();
    context.setLineDash([]);
  }
  context.fillStyle = colours.ink;
  for (const { detection, result } of side.words) {
    if (!classes.includes(detection.label) || result < first) continue;
    context.fillRect(x(result), 0, 2, height);
    context.beginPath();
    context.arc(x(result) + 1, 4, 4, 0, 2 * Math.PI);
    context.fill();
  }
  if (!isStill) return;
  context.fillStyle = colours.muted;
  context.fillRect(Math.round(x(results)), 0, 1, height);
}
