import { describePoint, thresholdText } from '../../core/quantization/index.js';
import { evidenceWarnings, type Interval, voicesText } from '../../core/statistics/index.js';
import {
  countText,
  decimalText,
  type Ink,
  left,
  PLAIN,
  percentText,
  right,
  TEXT_COLUMNS,
  textBar,
  textTable,
  wrapLine,
  wrapText,
} from '../../core/text/index.js';
import type { CurvePoint, StreamFigures, StreamReport } from './evaluate.js';

/** The rates of false accepts for which a terminal shows the curve. */
const RATES = [0, 0.5, 1, 2, 5, 10, 20, 50];
const BAR_WIDTH = 24;

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
  return `${decimalText(low)} to ${decimalText(high)}`;
}

/** Returns the lines of a report with misses, false accepts and latency, what is behind them, and the warnings. */
export function figureLines(figures: StreamFigures, ink: Ink = PLAIN): string[] {
  const { keywords, hits, falseAccepts, latencyMs, otherWords, keywordVoices, otherVoices, missingWords } = figures;
  const [low, high] = figures.missRateInterval;
  const latency =
    latencyMs === null
      ? 'nothing was heard'
      : `median ${countText(latencyMs.median)} ms, 95 % ${countText(latencyMs.p95)} ms, from the end of a word`;
  const misses = percentText(figures.missRate, 1);
  const accepts = `${decimalText(figures.falseAcceptsPerHour)}/h`;
  // what follows each figure starts in one column
  const width = Math.max(misses.length, accepts.length);
  const row = (name: string, figure: string, text: string): string[] => {
    const before = `${name.padEnd(13)}  ${figure.padEnd(width)}  `;
    return wrapLine(before + text, TEXT_COLUMNS, before.length);
  };
  const others =
    otherWords === 0
      ? 'while no other word was said'
      : `while ${countText(otherWords)} other words were said, from ${voicesText(otherVoices)}`;
  const warnings = evidenceWarnings({ voices: keywordVoices, missingWords });
  return [
    ...row('misses', misses, `95 % interval ${(100 * low).toFixed(1)} to ${percentText(high, 1)}`),
    ...row(
      '',
      '',
      `${countText(keywords - hits)} of ${countText(keywords)} keywords, from ${voicesText(keywordVoices)}`,
    ),
    ...row('false accepts', accepts, `95 % interval ${rateIntervalText(figures.falseAcceptsPerHourInterval)}`),
    ...row('', '', `${countText(falseAccepts)} in all, ${others}`),
    `latency        ${latency}`,
    ...warnings.flatMap((warning) => wrapLine(`warning        ${ink.warning(warning)}`, TEXT_COLUMNS, 15)),
  ];
}

/** From this share of misses on, a word is set off: it is missed more often than heard. */
const MOSTLY_MISSED = 0.5;

/** Returns a stream report as text for a terminal. */
export function streamText(report: StreamReport, ink: Ink = PLAIN): string {
  const { model, hours, split, snrDb, seed, keywords, otherWords, point } = report;
  const perHour = (words: number): string => countText(words / hours);
  const missed = (share: number): string =>
    share > MOSTLY_MISSED ? ink.miss(percentText(share, 1)) : percentText(share, 1);
  const lines = [
    `${model}: ${hoursText(hours)} h of stream from the ${split} split at ${snrDb.join(', ')} dB, seed ${seed}`,
    `dense: ${perHour(keywords)} keywords and ${perHour(otherWords)} other words an hour, far more than a room hears`,
    `${describePoint(point)} (${POINT_FROM[report.pointFrom]})`,
    '',
    ...figureLines(report, ink),
    `speed          ${countText((hours * 3600) / report.seconds)} times real time`,
    '',
    ...textTable(report.perWord, [
      left('word', ({ word }) => word),
      right('spoken', ({ said }) => countText(said)),
      right('heard', (word) => countText(word.hits)),
      right('missed', (word) => (word.said === 0 ? '–' : missed(1 - word.hits / word.said))),
      right('false accepts', (word) => countText(word.falseAccepts)),
    ]),
    '',
    ...curveTable(report.curve),
    '',
  ];
  return wrapText(lines.join('\n'));
}

/** Hours without needless digits: `5`, `0.016`. */
export function hoursText(hours: number): string {
  return hours.toLocaleString('en-US', { maximumFractionDigits: 3 });
}
