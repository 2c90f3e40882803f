import { InvalidArgumentError } from 'commander';

/** Parses the value of an option that is a whole number within bounds; commander reports a wrong one. */
export function wholeNumber(lowest: number, highest: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= lowest && value <= highest) return value;
    throw new InvalidArgumentError(`expected a whole number from ${lowest} to ${highest}.`);
  };
}
