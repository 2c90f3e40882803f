import { Command } from 'commander';
import { averageCheckpoints } from '../core/network/index.js';
import { readCheckpoint, writeCheckpoint } from '../model/index.js';
import { nextText } from './next-command.js';

export function averageCommand(): Command {
  return new Command('average')
    .description(
      'Average networks that were trained on from one another: the mean of their weights often hears new voices better',
    )
    .argument('<checkpoints...>', 'two or more of best.safetensors and last.safetensors, trained with --from')
    .requiredOption('--out <file>', 'checkpoint to write (required)')
    .option('--json', 'print one JSON object (default: text)')
    .action((paths: readonly string[], { out, json }: { readonly out: string; readonly json?: boolean }) => {
      writeCheckpoint(out, averageCheckpoints(paths.map(readCheckpoint), paths));
      process.stdout.write(
        json
          ? `${JSON.stringify({ checkpoint: out, networks: paths.length })}\n`
          : `${out}  mean of ${paths.length} networks\n${nextText([['quantize', out]])}`,
      );
    });
}
