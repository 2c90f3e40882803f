import { Command } from 'commander';

export function datasetCommand(): Command {
  return new Command('dataset');
}
