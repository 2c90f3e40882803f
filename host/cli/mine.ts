import { Command } from 'commander';
import { countText, decimalText, left, right, textTable, wrapText } from '../core/text/index.js';
import { mineAmbient } from '../detection/index.js';
import { furtherTraining } from './further-training.js';
import { nextText } from './next-command.js';
import { progressBar } from './progress.js';
import { decimal, falseAcceptsOption, pointOf, streamOptions } from './stream-options.js';
import { threadsOption } from './threads-option.js';

interface MineCommandOptions {
  readonly ambient: string;
  readonly out: string;
  readonly threshold?: number;
  readonly falseAccepts?: number;
  readonly except?: string;
  readonly seed: number;
  readonly threads: number;
  readonly resample?: boolean;
  readonly json?: boolean;
}

export function mineCommand(): Command {
  return new Command('mine')
    .description(
      'Collect the sounds in the training part of --ambient in which a model falsely detects words, to train with them',
    )
    .argument('<model>', 'model.spkw, model.wasm or run folder')
    .requiredOption('--ambient <folder>', 'training/KIND/SOURCE/FILE.wav, as for train --ambient (required)')
    .requiredOption('--out <folder>', 'new folder for the sounds, for another train --ambient (required)')
    .option(
      '--threshold <p>',
      "lowest average probability that counts as detected; a low one finds more (default: the model's)",
      decimal(0.001, 1),
    )
    .addOption(falseAcceptsOption())
    .addOption(streamOptions.except())
    .addOption(streamOptions.seed().default(1))
    .addOption(threadsOption())
    .option('--resample', 'convert recordings that are not at 16 kHz instead of refusing them (default: off)')
    .option('--json', 'print one JSON object (default: text)')
    .action(async (model: string, { threshold, falseAccepts, json, ...rest }: MineCommandOptions) => {
      const point = pointOf({ threshold, falseAccepts });
      const result = await mineAmbient({ ...rest, model, point, stage: progressBar });
      if (json) {
        process.stdout.write(`${JSON.stringify(result)}\n`);
        return;
      }
      const total = result.kinds.reduce((sum, { stretches }) => sum + stretches, 0);
      const table = textTable(result.kinds, [
        left('sound', ({ kind }) => kind),
        right('hours', ({ hours }) => decimalText(hours, 2)),
        right('sounds kept', ({ stretches }) => countText(stretches)),
      ]);
      const advice = total === 0 ? 'nothing was detected; a lower --threshold finds more' : result.out;
      process.stdout.write(wrapText(`${table.join('\n')}\n\n${advice}\n`));
      if (total > 0) process.stdout.write(nextText([furtherTraining(model, rest.ambient, result.out)]));
    });
}
