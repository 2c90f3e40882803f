import { countText, decimalText, left, percentText, right, textTable } from '../core/text/index.js';
import { damagedText, openDataset, openMistakes, taskOn } from '../dataset/index.js';
import { expandHome } from '../system/index.js';
import type { BeforeAfter, TrainingConfig } from '../training/index.js';

/**
 * Returns what a training uses of each folder of mistakes, and what it leaves out, as lines of text. Throws
 * `DatasetError` as `openMistakes`.
 */
export function mistakesText({ data, task: name, mistakes = [] }: TrainingConfig): string[] {
  if (mistakes.length === 0) return [];
  const task = taskOn(openDataset(expandHome(data)), name);
  return mistakes.flatMap((folder) => {
    const { words, falseAccepts, unreviewed, gone, damaged } = openMistakes(expandHome(folder), task);
    const counts = [
      `${countText(falseAccepts.length)} false accepts`,
      `${countText(words.length)} words`,
      ...(unreviewed > 0 ? [`${countText(unreviewed)} not reviewed, left out`] : []),
      ...(gone > 0 ? [`${countText(gone)} without a recording, left out`] : []),
    ];
    return [...damagedText(folder, damaged), `${folder}: ${counts.join(', ')}`];
  });
}

/** Returns the figures before and after a training with mistakes as lines of text. */
export function beforeAfterText({ thresholdsOf, before, after }: BeforeAfter): string[] {
  const ambient = before.ambientPerHour !== null;
  const rows = [
    { when: 'before', ...before },
    { when: 'after', ...after },
  ];
  return [
    '',
    `validation streams, with ${thresholdsOf === null ? 'a threshold of 0.5' : `the thresholds of ${thresholdsOf}`}`,
    ...textTable(rows, [
      left('', ({ when }) => when),
      right('missed', ({ missRate }) => percentText(missRate, 1)),
      right('false accepts/h', ({ falseAcceptsPerHour }) => decimalText(falseAcceptsPerHour)),
      ...(ambient
        ? [
            right<(typeof rows)[0]>('ambient/h', (row) =>
              row.ambientPerHour === null ? '' : decimalText(row.ambientPerHour),
            ),
          ]
        : []),
      right('missed at 2 to 10/h', ({ missesAtFewFalseAccepts }) => percentText(missesAtFewFalseAccepts, 1)),
    ]),
    '',
  ];
}
