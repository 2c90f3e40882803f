import { HISTORY_FRAMES, type History } from '../history.js';
import { surface } from './surface.js';
import { theme } from './theme.js';
import type { TimeAxis } from './time-axis.js';

/** Draws one class's average probability over time, 0 at the bottom and 1 at the top, and marks detections. */
export function drawScoreStrip(
  canvas: HTMLCanvasElement,
  history: History,
  label: number,
  threshold: number | null,
  axis: TimeAxis,
): void {
  const { context, width, height } = surface(canvas);
  const colours = theme();
  const x = (column: number): number => ((column + 0.5) * width) / HISTORY_FRAMES;
  const y = (score: number): number => height - 1 - score * (height - 3);

  context.fillStyle = threshold === null ? colours.muted : colours.accent;
  // one shape: a column is not a whole number of pixels wide, so separate columns would show blurred edges
  context.beginPath();
  for (let frame = history.oldest; frame < history.frames; frame++) {
    const column = axis.column(frame);
    const score = history.scores[(frame % HISTORY_FRAMES) * history.classes + label];
    if (column < 0 || score < 0.005) continue;
    context.rect(x(column - 0.5), y(score), width / HISTORY_FRAMES, height - 1 - y(score));
  }
  context.fill();
  context.fillStyle = colours.rule;
  context.fillRect(0, height - 1, width, 1);
  if (threshold !== null) {
    context.strokeStyle = colours.muted;
    context.setLineDash([2, 4]);
    context.beginPath();
    context.moveTo(0, Math.round(y(threshold)) + 0.5);
    context.lineTo(width, Math.round(y(threshold)) + 0.5);
    context.stroke();
    context.setLineDash([]);
  }
  context.fillStyle = colours.ink;
  for (const { detection, frame } of history.heard) {
    const column = axis.column(frame);
    if (detection.label !== label || column < 0) continue;
    context.fillRect(x(column) - 1, 0, 2, height);
    context.beginPath();
    context.arc(x(column), 4, 4, 0, 2 * Math.PI);
    context.fill();
  }
  drawCursor(context, axis, width, height);
}

/** Draws the cursor of a picture that does not scroll: the position up to which it has been drawn. */
export function drawCursor(context: CanvasRenderingContext2D, axis: TimeAxis, width: number, height: number): void {
  if (axis.cursor < 0) return;
  context.fillStyle = theme().muted;
  context.fillRect(Math.round((axis.cursor * width) / HISTORY_FRAMES), 0, 1, height);
}
