import { FRAME_MS } from '../../../core/audio/index.js';
import { PROBABILITY_ONE } from '../../../core/quantization/index.js';
import { paintFeatures } from '../drawing/feature-picture.js';
import { drawScoreStrip } from '../drawing/score-strip.js';
import { timeAxis } from '../drawing/time-axis.js';
import { byId, make } from '../element.js';
import { labelText } from '../figures.js';
import { HISTORY_FRAMES } from '../history.js';
import type { Session } from '../session.js';

interface Strip {
  readonly item: HTMLLIElement;
  readonly canvas: HTMLCanvasElement;
  readonly value: HTMLElement;
  readonly threshold: number | null;
}

/** Shows the scores and features of the last seconds on one time axis. */
export class ScoresPanel {
  private readonly list = byId('strips', 'ol');
  private readonly features = byId('features', 'canvas');
  private strips: readonly Strip[] = [];

  /** Lays out a row for every class of a session's model. */
  begin({ detector, model }: Session): void {
    const { point, labels } = detector;
    this.strips = labels.map((label, k) => {
      const canvas = make('canvas');
      canvas.setAttribute('aria-hidden', 'true');
      const value = make('span', {}, '–');
      const name = make('span', { className: point.thresholds[k] > 0 ? '' : 'other' }, labelText(label));
      return {
        item: make('li', { className: 'strip' }, name, canvas, value),
        canvas,
        value,
        threshold: point.thresholds[k] > 0 ? point.thresholds[k] / PROBABILITY_ONE : null,
      };
    });
    this.list.replaceChildren(...this.strips.map(({ item }) => item));
    const hopMs = point.hop * FRAME_MS;
    byId('point', 'p').textContent =
      `every ${hopMs} ms, averaged over ${point.average * hopMs} ms, 0 to 100 %; a word is heard from its dotted line on`;
    byId('features-note', 'small').textContent =
      `${model.network.spec.input.coefficients} coefficients every 20 ms as the network reads them, the first on top: blue above the mean, orange below`;
  }

  draw({ history }: Session): void {
    const axis = timeAxis(history.frames);
    for (const [label, { canvas, threshold }] of this.strips.entries()) {
      drawScoreStrip(canvas, history, label, threshold, axis);
    }
    const frameAt = new Int32Array(HISTORY_FRAMES).fill(-1);
    for (let frame = history.oldest; frame < history.frames; frame++) {
      const column = axis.column(frame);
      if (column >= 0) frameAt[column] = frame;
    }
    const { features, coefficients } = history;
    paintFeatures(
      this.features,
      HISTORY_FRAMES,
      coefficients,
      (column, c) => features[(frameAt[column] % HISTORY_FRAMES) * coefficients + c],
      (column) => frameAt[column] >= 0,
    );
  }

  /** Writes the latest scores as numbers. */
  write({ history }: Session): void {
    if (history.frames === 0) return;
    const at = ((history.frames - 1) % HISTORY_FRAMES) * history.classes;
    const scores = history.scores.subarray(at, at + history.classes);
    const most = scores.reduce((top, score, k) => (score > scores[top] ? k : top), 0);
    for (const [k, { item, value }] of this.strips.entries()) {
      value.textContent = `${Math.round(scores[k] * 100)}\u00a0%`;
      item.classList.toggle('top', k === most && scores[k] > 0);
    }
  }
}
