import { Chart, pictureOf } from '../../host/experiment/index.js';
import { COURSE_INTERVAL_STEPS } from './learn.js';
import { spikeCount } from './neuron.js';
import { demandedSpikes } from './quantization-points.js';
import { type NeuronQuantizer, quantize } from './quantizer.js';
import type { SqnrReport } from './sqnr.js';

const WIDTH = 980;
const HEIGHT = 780;

/** Returns the report as one self-contained SVG, which is light or dark like the reader's system. */
export function renderPicture(report: SqnrReport): string {
  const place = (column: number, row: number) => ({
    left: 24 + column * 474,
    top: 16 + row * 378,
    width: 458,
    height: 364,
  });
  const charts = [
    ratioChart(report, place(0, 0)),
    courseChart(report, place(1, 0)),
    staircaseChart(report, place(0, 1)),
    equationChart(report, place(1, 1)),
  ];
  return pictureOf('Learned thresholds of one spiking neuron: signal to quantisation noise', WIDTH, HEIGHT, charts);
}

type Place = { left: number; top: number; width: number; height: number };

function ratioChart(report: SqnrReport, place: Place): Chart {
  const { timesteps } = report.settings;
  const { uniform, perTimestep, fixed, fixedTimestepsToMatch } = report;
  const chart = new Chart({
    ...place,
    title: 'A threshold that fits is worth many timesteps',
    x: { name: 'timesteps T', from: 0, to: 24, ticks: [1, 4, 8, 12, 16, 20, 24] },
    y: { name: 'SQNR, dB', from: 0, to: 16, ticks: [0, 4, 8, 12, 16] },
  });
  if (fixedTimestepsToMatch !== null) {
    chart.line(
      [
        [timesteps, uniform.sqnrDb],
        [fixedTimestepsToMatch, uniform.sqnrDb],
      ],
      'wanted',
    );
    chart.label(fixedTimestepsToMatch, uniform.sqnrDb, `T = ${fixedTimestepsToMatch}`, 'fixed', 'start', [8, 14]);
  }
  const curve = report.fixedByTimesteps.map((point) => [point.timesteps, point.sqnrDb] as const);
  return chart
    .line(curve, 'fixed')
    .label(13, 7.8, 'Vth = 1', 'fixed', 'start', [10, 10])
    .dot(timesteps, fixed.sqnrDb, 'fixed')
    .label(timesteps, fixed.sqnrDb, `${fixed.sqnrDb.toFixed(2)} dB`, 'fixed', 'end', [-7, -9])
    .dot(timesteps, uniform.sqnrDb, 'one')
    .label(timesteps, uniform.sqnrDb, `one learned: ${uniform.sqnrDb.toFixed(2)} dB`, 'one', 'start', [10, -7])
    .dot(timesteps, perTimestep.sqnrDb, 'many')
    .label(
      timesteps,
      perTimestep.sqnrDb,
      `one per timestep: ${perTimestep.sqnrDb.toFixed(2)} dB`,
      'many',
      'start',
      [10, 4],
    );
}

function courseChart(report: SqnrReport, place: Place): Chart {
  const { steps, deviation } = report.settings;
  const course = (values: readonly number[]) => values.map((value, k) => [k * COURSE_INTERVAL_STEPS, value] as const);
  return new Chart({
    ...place,
    title: 'It ends near the deviation of the input',
    x: {
      name: 'training steps',
      from: 0,
      to: steps,
      ticks: [0, 1000, 2000, 3000, 4000].filter((tick) => tick <= steps),
    },
    y: { name: 'Vth', from: 0, to: 1, ticks: [0, 0.2, 0.4, 0.6, 0.8, 1] },
  })
    .line(
      [
        [0, deviation],
        [steps, deviation],
      ],
      'wanted',
    )
    .label(steps, deviation, `σ = ${deviation}`, 'wanted', 'end', [0, 16])
    .line(course(report.perTimestep.course), 'many')
    .line(course(report.uniform.course), 'one')
    .label(steps, report.uniform.amplitude, `one: ${report.uniform.amplitude.toFixed(3)}`, 'one', 'end', [0, 14])
    .label(
      steps,
      report.perTimestep.amplitude,
      `mean of four: ${report.perTimestep.amplitude.toFixed(3)}`,
      'many',
      'end',
      [0, -10],
    );
}

function staircaseChart(report: SqnrReport, place: Place): Chart {
  const { deviation } = report.settings;
  const most = 3 * deviation;
  const staircase = (quantizer: NeuronQuantizer) => grid(most).map((x) => [x, quantize(quantizer, x)] as const);
  return new Chart({
    ...place,
    title: 'The neuron as a quantiser',
    x: { name: 'constant input', from: 0, to: most, ticks: [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3] },
    y: { name: 'output', from: 0, to: most, ticks: [0, 0.1, 0.2, 0.3] },
  })
    .area(
      grid(most).map((x) => [x, 0.5 * most * Math.exp((-x * x) / (2 * deviation ** 2))] as const),
      'density',
    )
    .label(0.012, 0.16, 'density of the input', 'wanted')
    .line(
      [
        [0, 0],
        [most, most],
      ],
      'wanted',
    )
    .line(staircase(report.fixed), 'fixed')
    .line(staircase(report.uniform), 'one')
    .line(staircase(report.perTimestep), 'many')
    .label(0.012, 0.282, 'one per timestep', 'many')
    .label(0.012, 0.262, 'one learned', 'one')
    .label(0.012, 0.242, 'Vth = 1', 'fixed');
}

function equationChart(report: SqnrReport, place: Place): Chart {
  const { points, printed, general } = report.equation19.uniformPoints;
  const most = 1.25;
  const failing = printed.failures.map(({ from, to, demanded }) => ({ middle: (from + to) / 2, demanded }));
  const chart = new Chart({
    ...place,
    title: 'Eq. 19 as printed, for uniform points',
    x: { name: 'constant input, in units of p₁', from: 0, to: most, ticks: [0, 0.25, 0.5, 0.75, 1, 1.25] },
    y: { name: 'spikes', from: 0, to: 4.5, ticks: [0, 1, 2, 3, 4] },
  })
    .line(
      grid(most).map((x) => [x, demandedSpikes(points, x)] as const),
      'wanted',
    )
    .line(
      grid(most).map((x) => [x, spikeCount(x, general.thresholds)] as const),
      'one',
    )
    .line(
      grid(most).map((x) => [x, spikeCount(x, printed.thresholds)] as const),
      'many',
    )
    .label(0.02, 3.62, 'general solution: as demanded', 'one')
    .label(0.02, 3.28, `as printed, Vp₂ = ${printed.thresholds[1]}·Vth`, 'many');
  for (const { middle, demanded } of failing) chart.label(middle, demanded, 'too few', 'many', 'middle', [0, -8]);
  return chart;
}

/** Inputs from 0 to `most`, so dense that the risers of a staircase look vertical. */
function grid(most: number): number[] {
  return Array.from({ length: 1201 }, (_, k) => (k / 1200) * most);
}
