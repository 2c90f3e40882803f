import { clipsOfSplitText, type Evidence, evidenceWarnings } from '../core/statistics/index.js';
import { columnsOf, countText, decimalText, type Ink, PLAIN, percentText, wrapText } from '../core/text/index.js';
import type { EpochLog, TrainingResult } from '../training/index.js';
import { beforeAfterText } from './mistakes.js';

/** What a cell shows of an epoch. */
type EpochCell = (log: EpochLog, ink: Ink) => string;

/** The columns after the name of an epoch, 80 characters in all: the title, its width, and the text for an epoch. */
const EPOCH_COLUMNS: readonly (readonly [title: string, width: number, of: EpochCell])[] = [
  ['loss', 7, ({ loss }) => decimalText(loss, loss < 100 ? 4 : 0)],
  ['training', 8, ({ trainingAccuracy }) => percentText(trainingAccuracy, 2)],
  ['validation', 10, ({ validationAccuracy }) => percentText(validationAccuracy, 2)],
  ['missed', 7, ({ validationMissRate }) => (validationMissRate === null ? '' : percentText(validationMissRate, 1))],
  ['best', 4, ({ best }, ink) => (best ? ink.best('*') : '')],
  ['spikes', 6, ({ spikesPerNeuron }) => spikesPerNeuron?.mean.toFixed(3) ?? ''],
  ['left', 7, ({ secondsLeft }) => timeText(secondsLeft)],
];
/** Room for `epoch 10000/10000`. */
const NAME_WIDTH = 17;

/** Lays out the name of an epoch and a cell for each column. */
function epochCells(name: string, cells: readonly string[]): string {
  const padded = cells.map((cell, k) => ' '.repeat(Math.max(0, EPOCH_COLUMNS[k][1] - columnsOf(cell))) + cell);
  return [name.padEnd(NAME_WIDTH), ...padded].join('  ').trimEnd();
}

/** The titles above the lines of the epochs. */
export const EPOCH_TITLES = epochCells(
  '',
  EPOCH_COLUMNS.map(([title]) => title),
);

/** Returns the line of an epoch. */
export function epochLine(log: EpochLog, ink: Ink = PLAIN): string {
  const cells = EPOCH_COLUMNS.map(([, , of]) => of(log, ink));
  return epochCells(`epoch ${log.epoch}/${log.epochs}`, cells);
}

function timeText(seconds: number): string {
  if (seconds < 100) return `${seconds} s`;
  if (seconds < 6000) return `${Math.ceil(seconds / 60)} min`;
  const hours = seconds / 3600;
  return `${decimalText(hours, hours < 100 ? 1 : 0)} h`;
}

/** Returns what a user should know about the validation before the first epoch, each on its own. */
export function validationWarnings({ voices, missingWords }: Evidence): string[] {
  const without = missingWords.length === 0 ? [] : [missingText(missingWords)];
  return [...evidenceWarnings({ voices, missingWords: [] }).map((text) => `validation: ${text}`), ...without];
}

const missingText = (words: readonly string[]): string =>
  `no validation clips of ${words.join(' ')}: the best epoch is chosen by the other words, and no figure on ` +
  `validation says anything about ${words.length === 1 ? 'it' : 'them'}; record clips with --split validation`;

/** Returns the epoch that is best, what it is best at, what is behind that, and where it is. */
export function resultText(result: TrainingResult, ink: Ink = PLAIN): string {
  const { bestEpoch, epochs, validationMissRate, validationAccuracy, validationClips, spikesPerNeuron } = result;
  const { voices } = result.validation;
  const figures = [
    ...(validationMissRate === null
      ? []
      : [`missed ${percentText(validationMissRate, 1)} of the words in validation streams`]),
    `recognised ${percentText(validationAccuracy, 2)} of ${clipsOfSplitText(validationClips, 'validation', voices)}`,
    ...(spikesPerNeuron === null ? [] : [`${spikesPerNeuron.toFixed(3)} spikes per neuron`]),
  ];
  const reason = validationMissRate === null ? 'the most accurate' : 'the one that missed least';
  const lines = [
    `epoch ${countText(bestEpoch)} of ${countText(epochs)}, ${reason}: ${figures.join(', ')}`,
    ...evidenceWarnings(result.validation).map((warning) => ink.warning(warning)),
    result.checkpoint,
    ...(result.beforeAfter === null ? [] : beforeAfterText(result.beforeAfter)),
  ];
  return `${wrapText(lines.join('\n'))}\n`;
}
