import { describePoint, thresholdText } from '../../core/quantization/index.js';
import { fewVoicesWarning, type Interval, voicesText } from '../../core/statistics/index.js';
import { countText, left, percentText, right, textBar, textTable } from '../../core/text/index.js';
import type { CurvePoint, StreamReport } from './evaluate.js';
import type { OutcomeIntervals } from './intervals.js';
import type { StreamOutcome } from './score.js';

/** The rates of false accepts for which a terminal shows the curve. */
const RATES = [0, 0.5, 1, 2, 5, 10, 20, 50];
const BAR_WIDTH = 30;

/** Returns the best miss rate for each rate of false accepts, without the rates that no threshold reaches. */
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
    left('threshold', ({ thresholds }) => thresholdText(thresholds)),
    left('', ({ missRate }) => textBar(missRate, BAR_WIDTH)),
  ]);
}

/** Where an operating point comes from, in words. */
export const POINT_FROM = { model: "the model's", default: 'the default', 'command line': 'from the command line' };

/** Returns the interval of a rate per hour: `3.7 to 6.6`. */
export function rateIntervalText([low, high]: Interval): string {
  return `${low.toFixed(1)} to ${high.toFixed(1)}`;
}

/**
 * Returns the lines of a report with misses, false accepts and latency. `behind` says where the keywords and the other
 * words come from.
 */
export function figureLines(
  outcome: Omit<StreamOutcome, 'perLabel'> & OutcomeIntervals,
  behind: { readonly keywords: string; readonly others: string } = { keywords: '', others: '' },
): string[] {
  const { keywords, hits, falseAccepts, latencyMs } = outcome;
  const [low, high] = outcome.missRateInterval;
  const latency =
    latencyMs === null
      ? 'nothing was heard'
      : `median ${latencyMs.median.toFixed(0)} ms, 95 % ${latencyMs.p95.toFixed(0)} ms, from the end of a word`;
  const misses = percentText(outcome.missRate, 1);
  const accepts = `${outcome.falseAcceptsPerHour.toFixed(1)}/h`;
  // what follows each figure starts in one column
  const width = Math.max(misses.length, accepts.length);
  return [
    `misses         ${misses.padEnd(width)}  95 % interval ${(100 * low).toFixed(1)} to ${percentText(high, 1)}`,
    `               ${' '.repeat(width)}  ${countText(keywords - hits)} of ${countText(keywords)} keywords${behind.keywords}`,
    `false accepts  ${accepts.padEnd(width)}  95 % interval ${rateIntervalText(outcome.falseAcceptsPerHourInterval)}`,
    `               ${' '.repeat(width)}  ${countText(falseAccepts)} in all${behind.others}`,
    `latency        ${latency}`,
  ];
}

/** Returns a stream report as text for a terminal. */
export function streamText(report: StreamReport): string {
  const { model, hours, split, snrDb, seed, keywords, otherWords, point } = report;
  const perHour = (words: number): string => countText(words / hours);
  const warning = fewVoicesWarning(report.keywordVoices);
  return [
    `${model}: ${Number(hours.toFixed(3))} h of stream from the ${split} split at ${snrDb.join(', ')} dB, seed ${seed}`,
    `dense: ${perHour(keywords)} keywords and ${perHour(otherWords)} other words an hour, far more than a room hears`,
    `${describePoint(point)} (${POINT_FROM[report.pointFrom]})`,
    '',
    ...figureLines(report, {
      keywords: `, from ${voicesText(report.keywordVoices)}`,
      others:
        otherWords === 0
          ? ', while no other word was said'
          : `, while ${countText(otherWords)} other words were said, from ${voicesText(report.otherVoices)}`,
    }),
    ...(warning === null ? [] : [`warning        ${warning}`]),
    `speed          ${((hours * 3600) / report.seconds).toFixed(0)} times real time`,
    '',
    ...textTable(report.perWord, [
      left('word', ({ word }) => word),
      right('spoken', ({ said }) => said),
      right('heard', (word) => word.hits),
      right('missed', (word) => (word.said === 0 ? '–' : percentText(1 - word.hits / word.said, 1))),
      right('false accepts', (word) => word.falseAccepts),
    ]),
    '',
    ...curveTable(report.curve),
    '',
  ].join('\n');
}
