import type { Command } from 'commander';

/** Returns the options on the command line that are not among the allowed ones, separated by commas. */
export function otherOptions(command: Command, allowed: readonly string[]): string {
  return command.options
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    .filter((option) => !allowed.includes(option.attributeName()))
    .map(({ long }) => long)
    .join(', ');
}
