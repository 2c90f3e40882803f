import { escapeHtml } from '../../core/text/index.js';

/** One line of a chart; null where there is no value. */
export interface Series {
  readonly name: string;
  /** [epoch], from the first. */
  readonly values: readonly (number | null)[];
}

export interface Chart {
  readonly title: string;
  readonly series: readonly Series[];
  /** Returns a value as text, for the axis and the tooltips. */
  readonly text: (value: number) => string;
  /** The epoch that is marked, from 1; null: none. */
  readonly marked: number | null;
}

/** Colours of lines, the classes c0 to c9 of the page: a network's layers and their mean are all different. */
const COLOUR_COUNT = 10;
const WIDTH = 560;
const HEIGHT = 240;
const [LEFT, RIGHT, TOP, BOTTOM] = [56, 12, 12, 26];
const TICKS = 4;

/** Returns steps of 1, 2 or 5 times a power of ten that divide a range into about `count` parts. */
export function ticks(low: number, high: number, count: number): number[] {
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= raw * (1 - 1e-9)) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  // a multiple of the step, not a sum of steps, which would gather rounding errors
  return Array.from({ length: last - first + 1 }, (_, k) => Number(((first + k) * step).toPrecision(12)));
}

/** Draws a chart of lines over the epochs as an SVG picture with a legend. */
export function drawChart({ title, series, text, marked }: Chart): string {
  const all = series.flatMap(({ values }) => values.filter((value) => value !== null));
  const epochs = Math.max(...series.map(({ values }) => values.length));
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const margin = most > least ? 0.04 * (most - least) : Math.abs(most) * 0.1 || 1;
  const [low, high] = [least - margin, most + margin];
  const x = (epoch: number): number => LEFT + ((WIDTH - LEFT - RIGHT) * (epoch - 1)) / Math.max(1, epochs - 1);
  const y = (value: number): number => HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * (value - low)) / (high - low);
  const at = (value: number): string => value.toFixed(1);
  const grid = ticks(low, high, TICKS).map(
    (value) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at(y(value))}" y2="${at(y(value))}"/>` +
      `<text class="y" x="${LEFT - 8}" y="${at(y(value) + 4)}">${escapeHtml(text(value))}</text>`,
  );
  const columns = (epochs > 1 ? ticks(1, epochs, 6) : [1])
    .filter((epoch) => Number.isInteger(epoch))
    .map((epoch) => `<text class="x" x="${at(x(epoch))}" y="${HEIGHT - 6}">${epoch}</text>`);
  const mark =
    marked === null
      ? ''
      : `<line class="mark" x1="${at(x(marked))}" x2="${at(x(marked))}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/>`;
  const lines = series.map(({ name, values }, k) => {
    const points = values.flatMap((value, n) => (value === null ? [] : [{ epoch: n + 1, value }]));
    const path = points.map(({ epoch, value }) => `${at(x(epoch))},${at(y(value))}`).join(' ');
    const dots = points.map(
      ({ epoch, value }) =>
        `<circle class="dot" cx="${at(x(epoch))}" cy="${at(y(value))}" r="5"><title>${escapeHtml(`${name}, epoch ${epoch}: ${text(value)}`)}</title></circle>`,
    );
    return `<g class="c${k % COLOUR_COUNT}"><polyline points="${path}"/>${dots.join('')}</g>`;
  });
  const legend = series.map(({ name }, k) => `<li class="c${k % COLOUR_COUNT}"><i></i>${escapeHtml(name)}</li>`);
  return `<section class="card"><h2>${escapeHtml(title)}</h2>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(`${title} over ${epochs} epochs`)}">${grid.join('')}${columns.join('')}${mark}${lines.join('')}</svg>
<ul class="legend">${legend.join('')}</ul></section>`;
}
