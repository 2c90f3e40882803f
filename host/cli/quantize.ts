import { Command } from 'commander';

export function quantizeCommand(): Command {
  return new Command('quantize');
}
