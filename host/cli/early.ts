import { Command } from 'commander';
import { describeEarly } from '../core/quantization/index.js';
import { evidenceWarnings, voicesText } from '../core/statistics/index.js';
import { bytesText, countText, type Ink, PLAIN, percentText, wrapText } from '../core/text/index.js';
import { chooseEarlyDecision, type EarlyResult, earlyLines } from '../evaluation/index.js';
import { nextText } from './next-command.js';
import { progressBar } from './progress.js';
import { decimal } from './stream-options.js';
import { syntheticNote } from './synthetic.js';
import { inkOf } from './terminal.js';
import { threadsOption } from './threads-option.js';

interface EarlyCommandOptions {
  readonly data: string;
  readonly mostLoss: number;
  readonly threads: number;
  readonly resample?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

export function earlyCommand(): Command {
  return new Command('early')
    .description(
      'Use validation clips to choose when a model that classifies clips decides before its last timestep, and store ' +
        'this in the model file',
    )
    .argument('<model>', 'model.spkw, or the run folder that contains it')
    .requiredOption('--data <folder>', 'recordings, laid out like Speech Commands (required)')
    .option('--most-loss <points>', 'greatest loss of accuracy allowed, in percentage points', decimal(0, 100), 0.2)
    .addOption(threadsOption())
    .option('--resample', 'convert recordings that are not at 16 kHz instead of refusing them (default: off)')
    .option('--out <file>', 'file for the model that decides early (default: the model itself)')
    .option('--json', 'print one JSON object (default: text)')
    .action(async (model: string, options: EarlyCommandOptions) => {
      const { json, ...rest } = options;
      const result = await chooseEarlyDecision({ ...rest, model, stage: progressBar });
      if (json) {
        process.stdout.write(`${JSON.stringify(result)}\n`);
        return;
      }
      process.stdout.write(earlyText(result, inkOf(process.stdout)) + syntheticNote(options.data));
      process.stdout.write(
        nextText([
          ['evaluate', result.out, '--data', options.data, '--split', 'testing'],
          ['flash', result.out],
        ]),
      );
    });
}

/** Returns the result as text for a terminal. */
export function earlyText(result: EarlyResult, ink: Ink = PLAIN): string {
  const { out, early, clips, accuracy, accuracyInterval, ramBytes, voices } = result;
  const [low, high] = accuracyInterval;
  const lines = [
    `${out}:`,
    `decides ${describeEarly(early)}`,
    '',
    `on ${countText(clips)} validation clips, ${voicesText(voices)}:`,
    `accuracy ${percentText(accuracy)}, 95 % interval ${percentText(low)} to ${percentText(high)}`,
    ...earlyLines(result, accuracy),
    ...evidenceWarnings(result).map((warning) => ink.warning(warning)),
    `RAM ${bytesText(ramBytes)}`,
    '',
  ];
  return wrapText(lines.join('\n'));
}
