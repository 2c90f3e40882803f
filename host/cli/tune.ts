import { Command } from 'commander';
import { UsageError } from '../core/error.js';
import { describePoint, thresholdText } from '../core/quantization/index.js';
import { type Ink, left, PLAIN, percentText, right, textTable, wrapText } from '../core/text/index.js';
import { ambientTable, figureLines, hoursText, type TuneResult, tuneModel } from '../detection/index.js';
import { nextText } from './next-command.js';
import { progressBar } from './progress.js';
import { decimal, hopMs, streamOptions, wordsOption } from './stream-options.js';
import { inkOf } from './terminal.js';
import { threadsOption } from './threads-option.js';

interface TuneCommandOptions {
  readonly data: string;
  readonly falseAccepts: number;
  readonly ambient?: string;
  readonly except?: string;
  readonly ambientFalseAccepts?: number;
  readonly hours: number;
  readonly snr: readonly number[];
  readonly seed: number;
  readonly hop: number;
  readonly words?: readonly string[];
  readonly threads: number;
  readonly resample?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

export function tuneCommand(): Command {
  return new Command('tune')
    .description(
      'Use validation streams to choose when a model counts a word as detected, and store this in the model file',
    )
    .argument('<model>', 'model.spkw, or the run folder that contains it')
    .requiredOption('--data <folder>', 'recordings, laid out like Speech Commands (required)')
    .option('--false-accepts <n>', 'highest number of false accepts allowed per hour', decimal(0, 1000), 1)
    .addOption(streamOptions.ambient('; limits the false accepts in them as well (default: none)'))
    .option(
      '--ambient-false-accepts <n>',
      'highest number of false accepts allowed per hour in each kind of --ambient sound except words (default: 1)',
      decimal(0, 1000),
    )
    .addOption(streamOptions.except())
    .addOption(streamOptions.hours().default(2))
    .addOption(streamOptions.snr().default([10], '10'))
    .addOption(streamOptions.seed().default(1))
    .option(
      '--hop <ms>',
      "time from one inference to the next, a multiple of 20 (default: 40, or the network's own)",
      hopMs,
    )
    .addOption(wordsOption())
    .addOption(threadsOption())
    .option('--resample', 'convert recordings that are not at 16 kHz instead of refusing them (default: off)')
    .option('--out <file>', 'file for the tuned model (default: the model itself)')
    .option('--json', 'print one JSON object (default: text)')
    .action(async (model: string, options: TuneCommandOptions) => {
      const { falseAccepts, ambientFalseAccepts, snr, hop, json, out, ...rest } = options;
      const orphan = options.except !== undefined ? 'except' : 'ambient-false-accepts';
      if (options.ambient === undefined && (options.except ?? ambientFalseAccepts) !== undefined) {
        throw new UsageError(`tune: --${orphan} needs --ambient`);
      }
      const result = await tuneModel({
        ...rest,
        ...{
          model,
          out,
          snrDb: snr,
          hopMs: hop,
          budget: falseAccepts,
          ambientBudget: ambientFalseAccepts,
          stage: progressBar,
        },
      });
      if (json) {
        process.stdout.write(`${JSON.stringify(result)}\n`);
        return;
      }
      process.stdout.write(tuneText(result, inkOf(process.stdout)));
      process.stdout.write(
        nextText([
          ['listen', result.out],
          ['flash', result.out],
        ]),
      );
    });
}

/** Returns the result as text for a terminal. */
export function tuneText(
  { out, point, temperature, ratio, validation, ambient }: TuneResult,
  ink: Ink = PLAIN,
): string {
  const lines = [
    `${out}:`,
    `${describePoint(point)}, temperature ${temperature}`,
    '',
    `on ${hoursText(validation.hours)} h of validation stream:`,
    ...figureLines(validation, ink),
    ...(ratio === null ? [] : ['', ratioText(ratio)]),
    '',
    ...textTable(point.curve, [
      right('false accepts/h', ({ falseAcceptsPerHour }) => falseAcceptsPerHour),
      right('missed', ({ missRate }) => percentText(missRate, 1)),
      left('threshold', ({ thresholds }) => thresholdText(thresholds)),
    ]),
    ...(ambient === undefined ? [] : ['', 'on the ambient sound:', ...ambientTable(ambient.kinds)]),
    '',
  ];
  return wrapText(lines.join('\n'));
}

function ratioText(ratio: number): string {
  const times = `On the other half of the speakers the thresholds gave ${ratio.toFixed(2)} times as many false accepts as allowed`;
  return ratio > 1 ? `${times}, so stricter ones were stored.` : `${times}.`;
}
