import { FRAME_MS } from '../../../core/audio/index.js';
import { PROBABILITY_ONE } from '../../../core/quantization/index.js';
import { paintFeatures } from '../drawing/feature-picture.js';
import { drawScoreStrip } from '../drawing/score-strip.js';
import { timeAxis } from '../drawing/time-axis.js';
import { byId, make } from '../element.js';
import { labelText } from '../figures.js';
import { HISTORY_FRAMES } from '../history.js';
import type { Session } from '../session.js';
import type { ThresholdChoice } from './threshold-choice.js';

interface Strip {
  readonly item: HTMLLIElement;
  readonly canvas: HTMLCanvasElement;
  readonly value: HTMLElement;
}

/** Shows the scores and features of the last seconds on one time axis. */
export class ScoresPanel {
  private readonly list = byId('strips', 'ol');
  private readonly features = byId('features', 'canvas');
  private strips: readonly Strip[] = [];

  constructor(private readonly choice: ThresholdChoice) {}

  /** Lays out a row for every class of a session's model, and gives the session the thresholds that the user chose. */
  begin({ detector, model }: Session): void {
    const { labels } = detector;
    const point = model.network.detection ?? detector.point;
    this.choice.begin(point);
    this.choice.onChange = (thresholds) => detector.setThresholds(thresholds);
    detector.setThresholds(this.choice.thresholds);
    this.strips = labels.map((label, k) => {
      const canvas = make('canvas');
      canvas.setAttribute('aria-hidden', 'true');
      const value = make('span', {}, '–');
      return { item: make('li', { className: 'strip' }, this.nameOf(label, k), canvas, value), canvas, value };
    });
    this.list.replaceChildren(...this.strips.map(({ item }) => item));
    const hopMs = point.hop * FRAME_MS;
    byId('point', 'p').textContent =
      `every ${hopMs} ms, averaged over ${point.average * hopMs} ms, 0 to 100 %; a word is heard from its dotted line on, if it is ticked`;
    byId('features-note', 'small').textContent =
      `${model.network.spec.input.coefficients} coefficients every 20 ms as the network reads them, the first on top: blue above the mean, orange below`;
  }

  /** The name of a class; a word has a box that switches it off. */
  private nameOf(label: string, k: number): HTMLElement {
    if (!this.choice.isWord(k)) return make('span', { className: 'other' }, labelText(label));
    const box = make('input', { type: 'checkbox', checked: this.choice.isOn(k) });
    box.addEventListener('change', () => this.choice.switchWord(k, box.checked));
    return make('label', {}, box, label);
  }

  draw({ history, detector }: Session): void {
    const axis = timeAxis(history.frames);
    const { thresholds } = detector.point;
    for (const [label, { canvas }] of this.strips.entries()) {
      const threshold = thresholds[label] > 0 ? thresholds[label] / PROBABILITY_ONE : null;
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
