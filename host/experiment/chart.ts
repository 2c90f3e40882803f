import { escapeHtml } from '../core/text/index.js';

const STYLE = `
svg{font-family:system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;background:#fff}
.page{fill:#fff}.title{font-size:15px;font-weight:600;fill:#1a1d21}.tick{font-size:11.5px;fill:#5d6670}
.label{font-size:12px;fill:#1a1d21}.grid{stroke:#e6e9ec}.axis{stroke:#8b949e}.grid,.axis,.line{fill:none}
.line{stroke-width:2;stroke-linejoin:round}.area{fill:#8b949e;fill-opacity:.13}
.fixed{stroke:#7a828b}.one{stroke:#1f6fd6}.many{stroke:#d1581a}.wanted{stroke:#8b949e;stroke-width:1.2;stroke-dasharray:4 4}
.dot.fixed{fill:#7a828b}.dot.one{fill:#1f6fd6}.dot.many{fill:#d1581a}.dot.wanted{fill:#8b949e}
.dot{stroke:#fff;stroke-width:1.5;stroke-dasharray:none}
.label.fixed{fill:#5d6670;stroke:none}.label.one{fill:#1a5fb8;stroke:none}.label.many{fill:#b84a12;stroke:none}
.label.wanted{fill:#5d6670;stroke:none}
@media (prefers-color-scheme:dark){
svg{background:#14171a}.page{fill:#14171a}.title,.label{fill:#e8eaed}.tick{fill:#9aa4af}.grid{stroke:#282d33}
.axis{stroke:#6b747e}.fixed{stroke:#a0a8b1}.one{stroke:#5aa2f5}.many{stroke:#f08a4b}.dot{stroke:#14171a}
.dot.fixed,.dot.wanted{fill:#a0a8b1;stroke:#14171a}.dot.one{fill:#5aa2f5;stroke:#14171a}.dot.many{fill:#f08a4b;stroke:#14171a}
.label.fixed,.label.wanted{fill:#a9b2bc}.label.one{fill:#7ab5f8}.label.many{fill:#f5a06a}}`;

/** Returns panels as one self-contained SVG, which is light or dark like the reader's system. */
export function pictureOf(title: string, width: number, height: number, charts: readonly Chart[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style><rect class="page" width="${width}" height="${height}"/>
${charts.join('\n')}
</svg>
`;
}

/** One panel of a picture: maps data coordinates to a rectangle of an SVG and draws marks in it. */
export class Chart {
  private readonly marks: string[] = [];
  private readonly plot: { left: number; top: number; width: number; height: number };

  constructor(
    private readonly frame: {
      readonly left: number;
      readonly top: number;
      readonly width: number;
      readonly height: number;
      readonly title: string;
      readonly x: Axis;
      readonly y: Axis;
    },
  ) {
    const { left, top, width, height } = frame;
    this.plot = { left: left + 50, top: top + 54, width: width - 66, height: height - 104 };
  }

  /** Height of the plot without title and ticks, in pixels. */
  get plotHeight(): number {
    return this.plot.height;
  }

  /** Draws a polyline through data points; `style` is a class of the picture's style sheet. */
  line(points: readonly (readonly [x: number, y: number])[], style: string): this {
    const level = ([, y]: readonly [number, number], k: number): boolean =>
      k > 0 && k < points.length - 1 && points[k - 1][1] === y && points[k + 1][1] === y;
    // The points inside a level part add nothing to its ends.
    const kept = points.filter((point, k) => !level(point, k));
    const path = kept.map(([x, y], k) => `${k === 0 ? 'M' : 'L'}${this.at(x, y)}`).join('');
    this.marks.push(`<path class="line ${style}" d="${path}"/>`);
    return this;
  }

  /** Fills the area between a polyline and the x axis. */
  area(points: readonly (readonly [x: number, y: number])[], style: string): this {
    const floor = this.frame.y.from;
    const closed = [[points[0][0], floor], ...points, [points[points.length - 1][0], floor]] as const;
    this.marks.push(
      `<path class="area ${style}" d="${closed.map(([x, y], k) => `${k === 0 ? 'M' : 'L'}${this.at(x, y)}`).join('')}Z"/>`,
    );
    return this;
  }

  dot(x: number, y: number, style: string): this {
    const [cx, cy] = this.at(x, y).split(' ');
    this.marks.push(`<circle class="dot ${style}" cx="${cx}" cy="${cy}" r="4.5"/>`);
    return this;
  }

  /** Writes text with its `anchor` at a data point, moved by `shift` pixels. */
  label(
    x: number,
    y: number,
    text: string,
    style: string,
    anchor = 'start',
    shift: readonly [number, number] = [0, 0],
  ): this {
    const [px, py] = this.at(x, y).split(' ').map(Number);
    const place = `x="${round(px + shift[0])}" y="${round(py + shift[1])}"`;
    this.marks.push(`<text class="label ${style}" ${place} text-anchor="${anchor}">${escapeHtml(text)}</text>`);
    return this;
  }

  toString(): string {
    const { title, x, y, left, top } = this.frame;
    const plot = this.plot;
    const bottom = plot.top + plot.height;
    const parts = [`<text class="title" x="${left}" y="${top + 20}">${escapeHtml(title)}</text>`];
    for (const tick of y.ticks) {
      const [, py] = this.at(x.from, tick).split(' ');
      parts.push(`<path class="grid" d="M${plot.left} ${py}h${plot.width}"/>`);
      parts.push(`<text class="tick" x="${plot.left - 8}" y="${Number(py) + 4}" text-anchor="end">${tick}</text>`);
    }
    for (const tick of x.ticks) {
      const [px] = this.at(tick, y.from).split(' ');
      parts.push(`<path class="axis" d="M${px} ${bottom}v4"/>`);
      parts.push(`<text class="tick" x="${px}" y="${bottom + 18}" text-anchor="middle">${tick}</text>`);
    }
    parts.push(`<path class="axis" d="M${plot.left} ${bottom}h${plot.width}"/>`);
    const middle = plot.left + plot.width / 2;
    parts.push(`<text class="tick" x="${middle}" y="${bottom + 37}" text-anchor="middle">${escapeHtml(x.name)}</text>`);
    parts.push(
      `<text class="tick" x="${plot.left}" y="${plot.top - 10}" text-anchor="middle">${escapeHtml(y.name)}</text>`,
    );
    return `<g>${parts.join('')}${this.marks.join('')}</g>`;
  }

  /** Returns `x y` in pixels. */
  private at(x: number, y: number): string {
    const { plot, frame } = this;
    const across = (x - frame.x.from) / (frame.x.to - frame.x.from);
    const up = (y - frame.y.from) / (frame.y.to - frame.y.from);
    return `${round(plot.left + across * plot.width)} ${round(plot.top + (1 - up) * plot.height)}`;
  }
}

export interface Axis {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
}

function round(pixels: number): number {
  return Math.round(pixels * 100) / 100;
}
