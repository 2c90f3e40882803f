import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import { writeFileAtomically } from '../atomic-write.js';
import { SPLITS, type Split } from '../dataset/index.js';
import { UsageError } from '../error.js';
import { evaluateModel, renderReport, renderText } from '../evaluation/index.js';
import { progressBar } from './progress.js';
import { wholeNumber } from './whole-number.js';

interface EvaluateOptions {
  readonly data: string;
  readonly split: Split;
  readonly task?: string;
  readonly checkpoint?: string;
  readonly threads: number;
  readonly resample?: boolean;
  readonly report?: string;
  readonly clips?: string;
  readonly json?: boolean;
}

/** Width of the text where stdout is not a terminal. */
const COLUMNS = 100;

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('Run the integer kernel on every clip of a split and report what it did')
    .argument('<model>', 'model.spkw or model.wasm')
    .requiredOption('--data <folder>', 'recordings, laid out as Speech Commands (required)')
    .addOption(new Option('--split <split>', 'which clips').choices(SPLITS).default('validation'))
    .option('--task <task>', "gsc-17, gsc-12, gsc-35, or words separated by commas (default: the model's task)")
    .option(
      '--checkpoint <file>',
      'float network to compare with (default: NAME.safetensors or best.safetensors beside the model)',
    )
    .addOption(
      new Option('--threads <n>', 'threads, 1 to 64; only the speed depends on it')
        .argParser(wholeNumber(1, 64))
        .default(availableParallelism(), 'all cores'),
    )
    .option('--resample', 'convert recordings that are not at 16 kHz instead of refusing them (default: off)')
    .option('--report <file>', 'HTML page to write (default: none)')
    .option('--clips <names>', 'clips that the page draws, separated by commas (default: some typical, some mistaken)')
    .option('--json', 'print the report as one JSON object (default: text)')
    .action(async (model: string, options: EvaluateOptions) => {
      const { report: page, clips, json, ...rest } = options;
      if (clips !== undefined && page === undefined) {
        throw new UsageError('evaluate: --clips chooses what --report draws, which is missing');
      }
      const portray = page === undefined ? [] : (clips?.split(',') ?? 'representative');
      const { report, portraits } = await evaluateModel({ ...rest, model, portray, stage: progressBar });
      // the figures first: they are not lost where the page cannot be written
      process.stdout.write(
        json ? `${JSON.stringify(report)}\n` : renderText(report, process.stdout.columns ?? COLUMNS),
      );
      if (page !== undefined) writeFileAtomically(page, renderReport(report, portraits));
    });
}
