import type { Detection } from '../core/detection/index.js';
import { clockText, type Ink, PLAIN, textBar } from '../core/text/index.js';

/** The lowest level that the meter shows, in decibels relative to full scale. */
const QUIETEST_DBFS = -60;
/** From this level on, the loudest samples are probably clipped. */
const LOUD_DBFS = -6;
const WIDEST_BAR = 40;
/** The least time between two pictures, so that they do not slow down a fast stream. */
const REDRAW_MS = 80;

const CSI = '\x1b[';
const HIDE_CURSOR = `${CSI}?25l`;
const SHOW_CURSOR = `${CSI}?25h`;
const ERASE_BELOW = `${CSI}J`;

/** Returns a detection as one line of text. */
export function detectionText({ word, score, timeMs }: Detection, ink: Ink = PLAIN): string {
  return `${clockText(timeMs).padStart(9)}  ${ink.heard(word)}  ${score.toFixed(2)}`;
}

/** The values that the picture shows. */
export interface ViewState {
  readonly timeMs: number;
  readonly levelDbfs: number;
  /** [label], 0 to 1 */
  readonly scores: ArrayLike<number>;
}

export interface ViewOptions {
  /** The name of each row, the index of its score, and the score from which on its word is detected. */
  readonly rows: readonly { readonly name: string; readonly label: number; readonly threshold: number }[];
}

/** Returns the picture as lines no wider than `columns`: a level meter, and a bar for every word. */
export function viewLines(state: ViewState, { rows }: ViewOptions, columns: number): string[] {
  const name = Math.max('level'.length, ...rows.map((row) => row.name.length));
  // the rest of the line: name, two gaps, the frame of the bar, and a figure of up to eight characters
  const width = Math.max(1, Math.min(WIDEST_BAR, columns - name - 12));
  const bar = (fraction: number, threshold: number | null): string => {
    const cells = [...textBar(fraction, width).padEnd(width)];
    const mark = threshold === null ? -1 : Math.min(width - 1, Math.round(threshold * width));
    if (cells[mark] === ' ') cells[mark] = '┊';
    return `▕${cells.join('')}▏`;
  };
  const { levelDbfs } = state;
  const loudness = 1 - Math.max(0, Math.min(1, levelDbfs / QUIETEST_DBFS));
  const figure = levelDbfs > LOUD_DBFS ? 'too loud' : `${levelDbfs.toFixed(0).replace('-', '−')} dB`;
  const line = (title: string, shown: string, text: string): string =>
    `${title.padEnd(name)} ${shown} ${text}`.slice(0, columns);
  return [
    line('level', bar(loudness, null), figure),
    ...rows.map((row) =>
      line(row.name, bar(state.scores[row.label], row.threshold), state.scores[row.label].toFixed(2)),
    ),
    clockText(state.timeMs).slice(0, columns),
  ];
}

/** The properties of a terminal's stream that are used here. */
export interface Terminal {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** A picture at the bottom of a terminal that is redrawn in place, with lines of text above it. */
export class ListenView {
  private lines: readonly string[] = [];
  private drawnAt = Number.NEGATIVE_INFINITY;
  private shown = false;

  constructor(
    private readonly terminal: Terminal,
    private readonly options: ViewOptions,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Shows new values, unless the picture was just drawn. */
  update(state: ViewState): void {
    if (this.now() - this.drawnAt < REDRAW_MS) return;
    this.drawnAt = this.now();
    // not the full height: the last line must not scroll the others away
    const room = Math.max(1, (this.terminal.rows ?? 24) - 2);
    const lines = viewLines(state, this.options, this.terminal.columns ?? 80).slice(0, room);
    this.terminal.write((this.shown ? '' : HIDE_CURSOR) + this.erasing() + lines.map((line) => `${line}\n`).join(''));
    this.lines = lines;
    this.shown = true;
  }

  /** Prints lines above the picture: erases it, calls `write`, and draws it again. */
  above(write: () => void): void {
    this.terminal.write(this.erasing());
    write();
    this.terminal.write(this.lines.map((line) => `${line}\n`).join(''));
  }

  /** Erases the picture and shows the cursor again. */
  close(): void {
    if (!this.shown) return;
    this.terminal.write(this.erasing() + SHOW_CURSOR);
    this.lines = [];
    this.shown = false;
  }

  private erasing(): string {
    return this.lines.length === 0 ? '' : `${CSI}${this.lines.length}A\r${ERASE_BELOW}`;
  }
}
