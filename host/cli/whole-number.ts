import { InvalidArgumentError } from 'commander';

/** Returns a parser of whole numbers within bounds; commander reports its error. */
export function wholeNumber(lowest: number, highest: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= lowest && value <= highest) return value;
    throw new InvalidArgumentError(`expected a whole number from ${lowest} to ${highest}.`);
  };
}
