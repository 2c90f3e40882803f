import { countText } from '../core/text/index.js';

/** The values that an option accepts, on the command line and in a configuration. */
export interface OptionType<T> {
  /** The text after "expected" in a message: `a whole number from 1 to 32`. */
  readonly expected: string;
  /** The range in the help, if it needs one: `1 to 32`. */
  readonly range?: string;
  readonly choices?: readonly T[];
  /** Whether the flag may be repeated: every one adds to the list. */
  readonly list?: true;
  accepts(value: unknown): boolean;
  /** Reads text from the command line; text that makes no sense becomes a value that is not accepted. */
  parse(text: string): unknown;
}

/** A bound as the help shows it, with commas between thousands. */
const shown = (bound: number): string => (bound >= 10_000 ? countText(bound) : `${bound}`);

const parseNumber = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));

/** Numbers between two inclusive bounds. */
export function number(low: number, high: number): OptionType<number> {
  return {
    expected: `a number from ${low} to ${high}`,
    range: `${shown(low)} to ${shown(high)}`,
    accepts: (value) => typeof value === 'number' && value >= low && value <= high,
    parse: parseNumber,
  };
}

/** Whole numbers between two inclusive bounds. */
export function whole(low: number, high: number): OptionType<number> {
  const { accepts } = number(low, high);
  return {
    expected: low === high ? `${low}` : `a whole number from ${low} to ${high}`,
    range: `${shown(low)} to ${shown(high)}`,
    accepts: (value) => Number.isInteger(value) && accepts(value),
    parse: parseNumber,
  };
}

/** Numbers above 0, up to an inclusive bound. */
export function above0(high: number): OptionType<number> {
  return {
    expected: `a number above 0, at most ${high}`,
    range: `up to ${shown(high)}`,
    accepts: (value) => typeof value === 'number' && value > 0 && value <= high,
    parse: parseNumber,
  };
}

export function choice<const T extends string>(choices: readonly T[]): OptionType<T> {
  return {
    expected: choices.join(' or '),
    choices,
    accepts: (value) => choices.includes(value as T),
    parse: (text) => text,
  };
}

/** Two ascending numbers between two inclusive bounds. */
export function interval(low: number, high: number): OptionType<readonly [low: number, high: number]> {
  return {
    expected: `two ascending numbers from ${low} to ${high}`,
    range: `two numbers from ${shown(low)} to ${shown(high)}`,
    accepts: (value) =>
      Array.isArray(value) &&
      value.length === 2 &&
      value.every((bound) => typeof bound === 'number') &&
      value[0] >= low &&
      value[0] <= value[1] &&
      value[1] <= high,
    parse: (text) => text.split(',').map(parseNumber),
  };
}

/** Ascending numbers, each above 0 and below 1. */
export const FRACTIONS: OptionType<readonly number[]> = {
  expected: 'ascending fractions of the run, each above 0 and below 1',
  accepts: (value) =>
    Array.isArray(value) &&
    value.every((n, k) => typeof n === 'number' && n > 0 && n < 1 && (k === 0 || n > value[k - 1])),
  parse: (text) => text.split(',').map(parseNumber),
};

export const TEXT: OptionType<string> = {
  expected: 'text that is not empty',
  accepts: (value) => typeof value === 'string' && value !== '',
  parse: (text) => text,
};

export const YES_OR_NO: OptionType<boolean> = {
  expected: 'true or false',
  accepts: (value) => typeof value === 'boolean',
  parse: (text) => text === 'true' || (text === 'false' ? false : text),
};

export const TEXTS: OptionType<readonly string[]> = {
  expected: 'a list of texts that are not empty',
  list: true,
  accepts: (value) => Array.isArray(value) && value.length > 0 && value.every(TEXT.accepts),
  parse: (text) => [text],
};
