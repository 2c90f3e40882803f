import { type Command, InvalidArgumentError, Option } from 'commander';
import type { PointChanges } from '../core/detection/index.js';
import { UsageError } from '../core/error.js';
import { wholeNumber } from './whole-number.js';

/** The options that `addPointOptions` adds to a command; undefined: the value in the model. */
export interface PointOptions {
  readonly threshold?: number;
  readonly average?: number;
  readonly count?: number;
  readonly suppression?: number;
  readonly hop?: number;
  readonly falseAccepts?: number;
  readonly words?: readonly string[];
}

/** The names of these options. */
export const POINT_OPTIONS: readonly string[] = [
  ...['threshold', 'average', 'count', 'suppression', 'hop', 'falseAccepts', 'words'],
];

/** Returns the flag of an option: falseAccepts → --false-accepts. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Returns a parser of numbers within bounds; commander reports its error. */
export function decimal(lowest: number, highest: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= lowest && value <= highest) return value;
    throw new InvalidArgumentError(`expected a number from ${lowest} to ${highest}.`);
  };
}

/** Parses signal-to-noise ratios separated by commas. */
export function decibels(text: string): number[] {
  const parse = decimal(-40, 100);
  return text.split(',').map(parse);
}

const MILLISECONDS = wholeNumber(0, 60_000);

/** Parses the time between two inferences, which is a multiple of the 20 ms from one frame to the next. */
export function hopMs(text: string): number {
  const value = wholeNumber(20, 60_000)(text);
  if (value % 20 === 0) return value;
  throw new InvalidArgumentError('expected a multiple of 20.');
}

/** Adds the options that change how words are detected. */
export function addPointOptions(command: Command): Command {
  return command
    .option(
      '--threshold <p>',
      "lowest average probability at which a word is detected, 0.001 to 1; replaces the threshold of every word (default: the model's)",
      decimal(0.001, 1),
    )
    .option('--average <ms>', "time over which probabilities are averaged (default: the model's)", MILLISECONDS)
    .option(
      '--count <n>',
      "smallest number of inferences within the --average time that must name the word (default: the model's)",
      wholeNumber(1, 3000),
    )
    .option('--suppression <ms>', "shortest time from one detection to the next (default: the model's)", MILLISECONDS)
    .option('--hop <ms>', "time from one inference to the next, a multiple of 20 (default: the model's)", hopMs)
    .addOption(falseAcceptsOption())
    .addOption(wordsOption());
}

/** Returns the changes of the operating point that the options ask for. */
export function pointOf(options: PointOptions): PointChanges {
  const { threshold, average, count, suppression, hop, falseAccepts, words } = options;
  if (threshold !== undefined && falseAccepts !== undefined) {
    throw new UsageError('--threshold and --false-accepts both choose thresholds; give only one of them');
  }
  const times = { hopMs: hop, averageMs: average, suppressionMs: suppression };
  return { ...times, threshold, minimumCount: count, falseAccepts, words };
}

/** The options that `flash` has too. */
export const wordsOption = (): Option =>
  new Option(
    '--words <list>',
    'words to detect, separated by commas; all others count as other words (default: all words of the model)',
  ).argParser((text: string) => text.split(',').map((word) => word.trim()));

export const falseAcceptsOption = (): Option =>
  new Option(
    '--false-accepts <n>',
    "pick the thresholds for this many false accepts per hour of validation streams, within the curve that tune stored; tune tries 0.5 to 50 (default: the model's own thresholds)",
  ).argParser(decimal(0, 1000));

/** Options of streams that are made from a dataset. `says` ends the help text where commander knows no default. */
export const streamOptions = {
  hours: (says = '') =>
    new Option('--hours <h>', `length of the streams in hours, 0.01 to 100${says}`).argParser(decimal(0.01, 100)),
  snr: (says = '') =>
    new Option(
      '--snr <dB>',
      `signal-to-noise ratios, separated by commas; one is chosen at random for each scene (10 to 20 seconds of a stream)${says}`,
    ).argParser(decibels),
  seed: (says = '') =>
    new Option('--seed <n>', `seed for the random streams, a whole number${says}`).argParser(
      wholeNumber(0, 2 ** 32 - 1),
    ),
  ambient: (says = '') =>
    new Option(
      '--ambient <folder>',
      `recordings in which no keyword is said, in folders by kind: SPLIT/KIND/…, or KIND/… for every split${says}`,
    ),
  except: () =>
    new Option(
      '--except <file>',
      'text file with the --ambient recordings to leave out, one path per line, relative to the folder (default: none)',
    ),
};
