import { describePoint } from '../../core/quantization/index.js';
import { countText, decimalText, left, right, textTable, wrapText } from '../../core/text/index.js';
import type { AmbientReport } from './ambient-evaluate.js';
import type { AmbientAccept, AmbientOutcome } from './ambient-score.js';
import { POINT_FROM, rateIntervalText } from './text.js';

/** Returns how often each word was detected, the most frequent first: `no 3, up 1`. */
function wordsText(accepts: readonly AmbientAccept[]): string {
  const counts = new Map<string, number>();
  for (const { word } of accepts) counts.set(word, (counts.get(word) ?? 0) + 1);
  const words = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return words.map(([word, count]) => `${word} ${countText(count)}`).join(', ');
}

/** Returns the table of the kinds of sound. */
export function ambientTable(kinds: readonly AmbientOutcome[]): string[] {
  return textTable(kinds, [
    left('sound', ({ kind }) => kind),
    right('hours', ({ hours }) => decimalText(hours, 2)),
    right('files', ({ files }) => countText(files)),
    right('false accepts', ({ falseAccepts }) => countText(falseAccepts)),
    right('per hour', ({ falseAcceptsPerHour }) => decimalText(falseAcceptsPerHour)),
    right('95 % interval', ({ falseAcceptsPerHourInterval }) => rateIntervalText(falseAcceptsPerHourInterval)),
    left('detected', ({ accepts }) => wordsText(accepts)),
  ]);
}

/** Returns a report on ambient sound as text for a terminal. */
export function ambientText({ model, folder, split, excepted, seed, point, pointFrom, kinds }: AmbientReport): string {
  const from = split === null ? folder : `the ${split} part of ${folder}`;
  const without =
    excepted === 0 ? '' : `, without ${countText(excepted)} ${excepted === 1 ? 'exception' : 'exceptions'}`;
  const hours = kinds.reduce((sum, kind) => sum + kind.hours, 0);
  const lines = [
    `${model}: ${decimalText(hours, 2)} h of ambient sound from ${from}${without}, seed ${seed}`,
    'no keyword is said in it, so every detection is a false accept',
    `${describePoint(point)} (${POINT_FROM[pointFrom]})`,
    '',
    ...ambientTable(kinds),
    ...(kinds.some(({ falseAccepts }) => falseAccepts > 0)
      ? [
          '',
          '--json has the file and the time of each detection. If a word was really said there, list the file for --except.',
        ]
      : []),
    '',
  ];
  return wrapText(lines.join('\n'));
}
