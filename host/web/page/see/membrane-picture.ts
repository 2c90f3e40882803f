import type { MembraneStep } from '../../../core/kernel/index.js';
import { surface } from '../drawing/surface.js';
import { theme } from '../drawing/theme.js';

/** Room above the highest and below the lowest value, as a share of the height, and for the numbers at the bottom. */
const [MARGIN, BOTTOM_PX] = [0.08, 18];

/**
 * Draws what a neuron does: in each timestep its membrane climbs (or falls) by what it receives, the threshold stands
 * across it, and on a spike the membrane is reduced by the threshold.
 */
export function drawMembrane(canvas: HTMLCanvasElement, steps: readonly MembraneStep[]): void {
  const { context, width, height } = surface(canvas);
  if (steps.length === 0) return;
  const colours = theme();
  const values = steps.flatMap(({ reached, threshold, left }) => [reached, threshold, left, 0]);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = (height - BOTTOM_PX) * MARGIN;
  const y = (value: number): number =>
    height - BOTTOM_PX - room - ((value - low) / (high - low)) * (height - BOTTOM_PX - 2 * room);
  const step = width / steps.length;
  const line = (
    colour: string,
    thickness: number,
    dash: number[],
    ...points: readonly (readonly [number, number])[]
  ) => {
    context.strokeStyle = colour;
    context.lineWidth = thickness;
    context.setLineDash(dash);
    context.beginPath();
    for (const [px, py] of points) context.lineTo(px, py);
    context.stroke();
    context.setLineDash([]);
  };
  line(colours.rule, 1, [], [0, y(0)], [width, y(0)]);
  context.font = `12px ${getComputedStyle(canvas).fontFamily}`;
  context.textAlign = 'center';
  let before = 0;
  for (const [t, { reached, threshold, spiked, left }] of steps.entries()) {
    const from = t * step;
    const top = from + step * 0.62;
    line(colours.muted, 1.5, [3, 3], [from + 3, y(threshold)], [from + step - 3, y(threshold)]);
    line(colours.accent, 2.5, [], [from, y(before)], [top, y(reached)]);
    line(colours.accent, 2.5, spiked ? [2, 3] : [], [top, y(reached)], [top, y(left)], [from + step, y(left)]);
    if (spiked) {
      context.fillStyle = colours.warm;
      context.beginPath();
      context.arc(top, y(reached), 5, 0, 2 * Math.PI);
      context.fill();
    }
    context.fillStyle = colours.muted;
    context.fillText(`t = ${t + 1}`, from + step / 2, height - 4);
    before = left;
  }
}
