import { type Command, InvalidArgumentError, Option } from 'commander';
import type { OperatingPoint } from '../core/quantization/index.js';
import { wholeNumber } from './whole-number.js';

/** What `addPointOptions` adds to a command's options; undefined: as the model says. */
export interface PointOptions {
  readonly threshold?: number;
  readonly average?: number;
  readonly count?: number;
  readonly suppression?: number;
  readonly hop?: number;
}

/** Parses a number within bounds; commander reports a wrong one. */
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

/** Parses the distance of two inferences; there is a frame every 20 ms. */
export function hopMs(text: string): number {
  const value = wholeNumber(20, 60_000)(text);
  if (value % 20 === 0) return value;
  throw new InvalidArgumentError('expected a multiple of 20.');
}

/** The options that change how words are detected. */
export function addPointOptions(command: Command): Command {
  return command
    .option(
      '--threshold <p>',
      "least average probability of a word, 0.001 to 1 (default: the model's)",
      decimal(0.001, 1),
    )
    .option('--average <ms>', "probabilities are averaged over this long (default: the model's)", MILLISECONDS)
    .option('--count <n>', "inferences in it that named the word (default: the model's)", wholeNumber(1, 3000))
    .option('--suppression <ms>', "no detection for this long after one (default: the model's)", MILLISECONDS)
    .option('--hop <ms>', "from one inference to the next, a multiple of 20 (default: the model's)", hopMs);
}

/** The operating point that the options ask for. */
export function pointOf({ threshold, average, count, suppression, hop }: PointOptions): Partial<OperatingPoint> {
  return { threshold, averageMs: average, minimumCount: count, suppressionMs: suppression, hopMs: hop };
}

/** Options of streams that are made of a dataset; `says` ends the text of one that has no default of commander's. */
export const streamOptions = {
  hours: (says = '') =>
    new Option('--hours <h>', `length of the streams, 0.01 to 100${says}`).argParser(decimal(0.01, 100)),
  snr: (says = '') =>
    new Option('--snr <dB>', `signal-to-noise ratios, separated by commas; each scene draws one${says}`).argParser(
      decibels,
    ),
  seed: (says = '') =>
    new Option('--seed <n>', `what the streams are drawn from, a whole number${says}`).argParser(
      wholeNumber(0, 2 ** 32 - 1),
    ),
};
