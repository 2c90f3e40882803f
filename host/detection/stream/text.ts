import { describePoint } from '../../core/quantization/index.js';
import { left, percentText, right, textBar, textTable } from '../../core/text/index.js';
import type { StreamReport } from './evaluate.js';
import type { CurvePoint } from './score.js';

/** Rates of false accepts at which the curve is read off in a terminal. */
const RATES = [0, 0.5, 1, 2, 5, 10, 20, 50];
const BAR_WIDTH = 30;

/** The best miss rate at no more than each of the rates of false accepts; rates that nothing reaches are left out. */
function curveTable(curve: readonly CurvePoint[]): string[] {
  const rows = RATES.flatMap((rate) => {
    const within = curve.filter((point) => point.falseAcceptsPerHour <= rate);
    if (within.length === 0) return [];
    const best = within.reduce((a, b) => (b.missRate < a.missRate ? b : a));
    return [{ rate, ...best }];
  });
  return textTable(rows, [
    right('false accepts/h', ({ rate }) => `≤ ${rate}`),
    right('miss rate', ({ missRate }) => percentText(missRate, 1)),
    right('threshold', ({ threshold }) => threshold),
    left('', ({ missRate }) => textBar(missRate, BAR_WIDTH)),
  ]);
}

/** A stream report for a terminal. */
export function streamText(report: StreamReport): string {
  const { model, hours, split, snrDb, seed, keywords, otherWords, hits, falseAccepts, latencyMs, point } = report;
  const from = { model: "the model's", default: 'the default', 'command line': 'as asked for' };
  const latency =
    latencyMs === null
      ? 'nothing was heard'
      : `median ${latencyMs.median.toFixed(0)} ms, 95 % ${latencyMs.p95.toFixed(0)} ms`;
  return [
    `${model}: ${Number(hours.toFixed(3))} h of stream from the ${split} split at ${snrDb.join(', ')} dB, seed ${seed}`,
    `${describePoint(point)} (${from[report.pointFrom]})`,
    '',
    `misses         ${percentText(report.missRate, 1)}  ${keywords - hits} of ${keywords} keywords`,
    `false accepts  ${report.falseAcceptsPerHour.toFixed(2)}/h  ${falseAccepts}, with ${otherWords} other words said`,
    `latency        ${latency}, from the end of a word`,
    `speed          ${((hours * 3600) / report.seconds).toFixed(0)} times real time`,
    '',
    ...textTable(report.perWord, [
      left('word', ({ word }) => word),
      right('said', ({ said }) => said),
      right('heard', (word) => word.hits),
      right('missed', (word) => (word.said === 0 ? '–' : percentText(1 - word.hits / word.said, 1))),
      right('false accepts', (word) => word.falseAccepts),
    ]),
    '',
    ...curveTable(report.curve),
    '',
  ].join('\n');
}
