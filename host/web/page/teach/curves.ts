import { surface } from '../drawing/surface.js';
import { theme } from '../drawing/theme.js';

/** Each point counts so much in the line, which would be too nervous otherwise. */
const FRESH = 0.12;

/** The curves of a training: the share of windows that are recognised, and the loss, each against its own first value. */
export class Curves {
  private readonly points: { at: number; correct: number; loss: number }[] = [];
  private smooth: { correct: number; loss: number } | null = null;
  private firstLoss = 1;

  constructor(private readonly canvas: HTMLCanvasElement) {}

  clear(): void {
    this.points.length = 0;
    this.smooth = null;
  }

  /** @param at the share of the training that is done, 0 to 1 */
  add(at: number, correct: number, loss: number): void {
    if (this.smooth === null) this.firstLoss = loss;
    const before = this.smooth ?? { correct, loss };
    this.smooth = {
      correct: before.correct + FRESH * (correct - before.correct),
      loss: before.loss + FRESH * (loss - before.loss),
    };
    this.points.push({ at, ...this.smooth });
  }

  /** The smoothed share that is recognised. */
  get correct(): number {
    return this.smooth?.correct ?? 0;
  }

  draw(): void {
    const { context, width, height } = surface(this.canvas);
    const { accent, warm, rule } = theme();
    context.fillStyle = rule;
    for (const share of [0, 0.5, 1]) context.fillRect(0, Math.round((height - 1) * (1 - share)), width, 1);
    const line = (colour: string, heightOf: (point: (typeof this.points)[number]) => number): void => {
      context.strokeStyle = colour;
      context.lineWidth = 2;
      context.beginPath();
      this.points.forEach((point, k) => {
        const [x, y] = [point.at * width, (height - 2) * (1 - Math.min(1, Math.max(0, heightOf(point)))) + 1];
        if (k === 0) context.moveTo(x, y);
        else context.lineTo(x, y);
      });
      context.stroke();
    };
    line(warm, ({ loss }) => loss / this.firstLoss);
    line(accent, ({ correct }) => correct);
  }
}
