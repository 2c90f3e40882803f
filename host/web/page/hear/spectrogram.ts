import { MEL_BANDS } from '../../../core/features/index.js';
import { PROBABILITY_ONE } from '../../../core/quantization/index.js';
import { clockText } from '../../../core/text/index.js';
import { paintMel } from '../drawing/heat.js';
import { surface } from '../drawing/surface.js';
import { theme } from '../drawing/theme.js';
import { type TimeAxis, timeAxis } from '../drawing/time-axis.js';
import { byId, make } from '../element.js';
import { percent } from '../figures.js';
import { FRAMES_PER_SECOND, frameOf, type Heard, HISTORY_FRAMES, type History } from '../history.js';

/** A picture narrower than this shows half of the history, so that flags have room. */
const NARROW_PX = 640;
/** Where the threshold is in the lane of the likeliest word, and how much more than it fits. */
const THRESHOLD_HEIGHT = 0.7;

/** Says what stands on a flag, for people who do not see it. */
export function heardText({ kind, detection, threshold }: Heard): string {
  const { word, score, timeMs } = detection;
  const chance = `${percent(score)} at ${clockText(timeMs)}`;
  return kind === 'detection' ? `${word}, ${chance}` : `almost ${word}, ${chance}, under ${percent(threshold)}`;
}

/** Draws the last seconds: a spectrogram, how near the likeliest word is to its threshold, and a flag for each word. */
export class Spectrogram {
  /** Called with the flag that the user chose. */
  onChoose: (heard: Heard) => void = () => {};
  private readonly canvas = byId('spectrogram', 'canvas');
  private readonly lane = byId('sureness', 'canvas');
  private readonly flags = byId('flags', 'fieldset');
  private readonly axis = byId('axis', 'p');
  private readonly buttons = new Map<Heard, HTMLButtonElement>();
  /** The history as a picture, one pixel per frame and band, in columns as in the history. */
  private readonly ring = make('canvas', { width: HISTORY_FRAMES, height: MEL_BANDS });
  private painted: { history: History; frames: number; colours: object } | null = null;
  private labelled = '';
  private chosen: Heard | null = null;

  /** Marks the flag that is chosen; null: none. */
  choose(heard: Heard | null): void {
    this.chosen = heard;
    for (const [flag, button] of this.buttons) button.ariaPressed = `${flag === heard}`;
  }

  /** @param thresholds of the classes, [class], 0 for those that are not detected */
  draw(history: History, thresholds: readonly number[]): void {
    const span = this.canvas.clientWidth < NARROW_PX ? HISTORY_FRAMES / 2 : HISTORY_FRAMES;
    const axis = timeAxis(history.frames, span);
    this.paint(history);
    this.drawRing(history, axis);
    this.drawLane(history, axis, thresholds);
    this.placeFlags(history, axis);
    this.label(axis);
  }

  /** Brings the ring up to date. */
  private paint(history: History): void {
    const colours = theme();
    const isKnown = this.painted?.history === history && this.painted.colours === colours;
    const from = Math.max(history.oldest, isKnown ? this.painted!.frames : 0);
    const context = this.ring.getContext('2d')!;
    if (!isKnown) context.clearRect(0, 0, HISTORY_FRAMES, MEL_BANDS);
    for (let frame = from; frame < history.frames; ) {
      // to the end of the ring at most
      const column = frame % HISTORY_FRAMES;
      const columns = Math.min(history.frames - frame, HISTORY_FRAMES - column);
      const image = new ImageData(columns, MEL_BANDS);
      for (let k = 0; k < columns; k++) {
        const at = (column + k) * MEL_BANDS;
        paintMel(image.data, columns, k, history.mel.subarray(at, at + MEL_BANDS));
      }
      context.putImageData(image, column, 0);
      frame += columns;
    }
    this.painted = { history, frames: history.frames, colours };
  }

  private drawRing(history: History, axis: TimeAxis): void {
    const { context, width, height } = surface(this.canvas);
    const scale = width / axis.span;
    const first = Math.max(axis.first, history.oldest);
    for (let frame = first; frame < axis.end; ) {
      const [from, to] = [frame % HISTORY_FRAMES, axis.column(frame)];
      const columns = Math.min(axis.end - frame, HISTORY_FRAMES - from, axis.span - to);
      context.drawImage(this.ring, from, 0, columns, MEL_BANDS, to * scale, 0, columns * scale, height);
      frame += columns;
    }
    drawCursor(context, axis, width, height);
  }

  /** Draws the score of the class that is nearest to its threshold, or farthest above it. */
  private drawLane(history: History, axis: TimeAxis, thresholds: readonly number[]): void {
    const { context, width, height } = surface(this.lane);
    const colours = theme();
    const scale = width / axis.span;
    const level = height * (1 - THRESHOLD_HEIGHT);
    context.fillStyle = colours.accent;
    // one shape: a column is not a whole number of pixels wide, so separate columns would show blurred edges
    context.beginPath();
    for (let frame = Math.max(axis.first, history.oldest); frame < axis.end; frame++) {
      const at = (frame % HISTORY_FRAMES) * history.classes;
      let nearest = 0;
      for (const [k, threshold] of thresholds.entries()) {
        if (threshold > 0) nearest = Math.max(nearest, (history.scores[at + k] * PROBABILITY_ONE) / threshold);
      }
      const tall = Math.min(height, nearest * THRESHOLD_HEIGHT * height);
      context.rect(axis.column(frame) * scale, height - tall, scale, tall);
    }
    context.globalAlpha = 0.8;
    context.fill();
    context.globalAlpha = 1;
    context.strokeStyle = colours.muted;
    context.setLineDash([2, 4]);
    context.beginPath();
    context.moveTo(0, Math.round(level) + 0.5);
    context.lineTo(width, Math.round(level) + 0.5);
    context.stroke();
    context.setLineDash([]);
    drawCursor(context, axis, width, height);
  }

  private placeFlags(history: History, axis: TimeAxis): void {
    const width = this.canvas.clientWidth;
    const seen = new Set<Heard>();
    for (const heard of history.flags) {
      const column = axis.column(frameOf(heard.detection.sample));
      if (column < 0) continue;
      seen.add(heard);
      const button = this.buttons.get(heard) ?? this.flagOf(heard);
      button.style.transform = `translateX(${(((column + 1) * width) / axis.span).toFixed(1)}px)`;
    }
    for (const [heard, button] of this.buttons) {
      if (seen.has(heard)) continue;
      this.buttons.delete(heard);
      button.remove();
    }
  }

  private flagOf(heard: Heard): HTMLButtonElement {
    const { word } = heard.detection;
    const isNear = heard.kind === 'near-miss';
    const button = make('button', { type: 'button', className: isNear ? 'flag near' : 'flag' }, word);
    button.ariaLabel = heardText(heard);
    button.ariaPressed = `${heard === this.chosen}`;
    button.addEventListener('click', () => this.onChoose(heard));
    this.buttons.set(heard, button);
    this.flags.append(button);
    return button;
  }

  private label({ span, cursor }: TimeAxis): void {
    const seconds = span / FRAMES_PER_SECOND;
    const parts =
      cursor >= 0
        ? [`${seconds} seconds; the vertical line is now`]
        : [4, 3, 2, 1, 0].map((k) => (k === 0 ? 'now' : `−${(seconds * k) / 4} s`));
    const text = parts.join();
    if (text === this.labelled) return;
    this.labelled = text;
    this.axis.classList.toggle('still', cursor >= 0);
    this.axis.replaceChildren(...parts.map((part) => make('span', {}, part)));
  }
}

/** Draws the cursor of a picture that does not scroll: the position up to which it has been drawn. */
function drawCursor(
  context: CanvasRenderingContext2D,
  { cursor, span }: TimeAxis,
  width: number,
  height: number,
): void {
  if (cursor < 0) return;
  context.fillStyle = theme().ink;
  context.fillRect(Math.round((cursor * width) / span), 0, 1, height);
}
