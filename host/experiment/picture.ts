import { type Axis, Chart, pictureOf } from './chart.js';
import type { AblationReport, AblationRow } from './table.js';

const STYLES: Readonly<Record<AblationRow['neuron'], string>> = {
  relu: 'wanted',
  if: 'fixed',
  'atif-u': 'one',
  'atif-nu': 'many',
};
const CONVERSIONS = [
  ['one empty', 'all 1', 'wanted'],
  ['maximum empty', 'maximum', 'fixed'],
  ['percentile empty', '99.9 %', 'one'],
  ['percentile half full', '99.9 %, half full', 'many'],
] as const;

type Point = readonly [x: number, mean: number, deviation: number];

/** A curve of a panel, or with one point and no other x a level across it. */
interface Curve {
  readonly name: string;
  readonly style: string;
  readonly points: readonly Point[];
}

const WIDTH = 980;
const HEIGHT = 780;

/** Returns the accuracies on validation as one self-contained SVG, in the style of docs/sqnr.svg. */
export function ablationPicture({ settings, validation: rows }: AblationReport): string {
  const [middle] = settings.timesteps;
  const [own] = settings.widths;
  const [precise] = settings.bits;
  const isPrecise = ({ form }: AblationRow): boolean => form.kind === 'integers' && form.bits === precise;
  const pointsOf = (of: readonly AblationRow[], x: (row: AblationRow) => number): Point[] =>
    of
      .map((row): Point => [x(row), 100 * row.accuracy.mean, 100 * (row.accuracy.deviation ?? 0)])
      .sort(([a], [b]) => a - b);
  const ordinary = rows.filter(({ form }) => form.kind === 'float');
  const curves = (of: (row: AblationRow) => boolean, x: (row: AblationRow) => number): Curve[] =>
    settings.neurons.map((neuron) => ({
      name: neuron,
      style: STYLES[neuron],
      points: pointsOf(
        rows.filter((row) => row.neuron === neuron && row.neuron !== 'relu' && of(row)),
        x,
      ),
    }));
  const level: Curve = {
    name: 'relu',
    style: STYLES.relu,
    points: pointsOf(
      ordinary.filter(({ width }) => width === own),
      () => 0,
    ),
  };
  const panels: readonly (readonly [title: string, x: string, curves: readonly Curve[], level: Curve | null])[] = [
    [
      'Timesteps',
      'timesteps T',
      curves(
        (row) => row.width === own && isPrecise(row),
        ({ timesteps }) => timesteps,
      ),
      level,
    ],
    [
      `Widths, T = ${middle}`,
      'thousand weights',
      [
        ...curves(
          (row) => row.timesteps === middle && isPrecise(row),
          ({ weights }) => weights / 1000,
        ),
        { name: 'relu', style: STYLES.relu, points: pointsOf(ordinary, ({ weights }) => weights / 1000) },
      ],
      null,
    ],
    [
      `Bits of the weights, T = ${middle}`,
      'bits',
      curves(
        ({ timesteps, width, form }) => timesteps === middle && width === own && form.kind === 'integers',
        ({ form }) => (form.kind === 'integers' ? form.bits : 0),
      ),
      level,
    ],
    [
      'Converted from relu, by their thresholds',
      'timesteps T',
      CONVERSIONS.map(([key, name, style]) => ({
        name,
        style,
        points: pointsOf(
          rows.filter(({ form }) => form.kind === 'converted' && `${form.balance} ${form.start}` === key),
          ({ timesteps }) => timesteps,
        ),
      })),
      level,
    ],
  ];
  const charts = panels.flatMap(([title, x, all, across], k) => {
    const present = all.filter(({ points }) => points.length > 0);
    if (present.length === 0) return [];
    const place = { left: 24 + (k % 2) * 474, top: 16 + Math.floor(k / 2) * 378, width: 458, height: 364 };
    return [panel(place, title, x, present, across?.points.length ? across : null)];
  });
  return pictureOf('Accuracy on validation of networks that differ in one thing', WIDTH, HEIGHT, charts);
}

function panel(
  place: { left: number; top: number; width: number; height: number },
  title: string,
  xName: string,
  curves: readonly Curve[],
  level: Curve | null,
): Chart {
  const all = curves.flatMap(({ points }) => points);
  const xs = [...new Set(all.map(([x]) => Math.round(x * 10) / 10))].sort((a, b) => a - b);
  const heights = [...all, ...(level?.points ?? [])].flatMap(([, mean, deviation]) => [
    mean - deviation,
    mean + deviation,
  ]);
  const ends = curves.map(({ points }) => points[points.length - 1]);
  // room for the names at the ends of the curves
  const across = xs[xs.length - 1] * (curves.some(({ name }) => name.length > LONG_NAME) ? 1.5 : 1.25);
  const y = percentAxis(Math.min(...heights), Math.max(...heights));
  const chart = new Chart({ ...place, title, x: { name: xName, from: 0, to: across, ticks: xs }, y });
  if (level !== null) {
    const [[, mean]] = level.points;
    chart.line(
      [
        [0, mean],
        [across, mean],
      ],
      level.style,
    );
    chart.label(0, mean, level.name, level.style, 'start', [6, -6]);
  }
  const shifts = apart(ends.map(([, mean]) => (-mean / (y.to - y.from)) * chart.plotHeight));
  for (const [k, { name, style, points }] of curves.entries()) {
    if (points.length > 1)
      chart.line(
        points.map(([x, mean]) => [x, mean] as const),
        style,
      );
    for (const [x, mean, deviation] of points) {
      if (deviation > 0) {
        chart.line(
          [
            [x, mean - deviation],
            [x, mean + deviation],
          ],
          style,
        );
      }
      chart.dot(x, mean, style);
    }
    const [x, mean] = ends[k];
    chart.label(x, mean, name, style, 'start', [9, 4 + shifts[k]]);
  }
  return chart;
}

/** Letters of a name that needs more room. */
const LONG_NAME = 10;
/** Pixels from one line of text to the next. */
const LINE = 14;

/** Returns how far down texts at these heights in pixels must be moved so that none covers another. */
function apart(heights: readonly number[]): number[] {
  const shifts = heights.map(() => 0);
  let free = -Infinity;
  for (const k of [...heights.keys()].sort((a, b) => heights[a] - heights[b])) {
    shifts[k] = Math.max(0, free - heights[k]);
    free = heights[k] + shifts[k] + LINE;
  }
  return shifts;
}

/** Steps of ticks, in percentage points. */
const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20];

/** Returns an axis with about five ticks around a range of percentages. */
function percentAxis(low: number, high: number): Axis {
  const step = STEPS.find((each) => (high - low) / each <= 4) ?? 25;
  const from = Math.floor(low / step) * step;
  const count = Math.max(1, Math.ceil((high - from) / step));
  const ticks = Array.from({ length: count + 1 }, (_, k) => Math.round((from + k * step) * 10) / 10);
  return { name: 'accuracy, %', from, to: from + count * step, ticks };
}
