import { Command } from 'commander';

export function featuresCommand(): Command {
  return new Command('features');
}
