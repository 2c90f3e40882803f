import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import { writeFileAtomically } from '../atomic-write.js';
import {
  boardEvaluationText,
  DisagreementError,
  disagreementText,
  evaluateOnBoard,
  type Sent,
  withBoard,
} from '../board/index.js';
import { SPLITS, type Split } from '../dataset/index.js';
import { UsageError } from '../error.js';
import { type EvaluationOptions, evaluateModel, renderReport, renderText } from '../evaluation/index.js';
import { boardOptions } from './board-port.js';
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
  readonly port?: string | true;
  readonly send?: Sent;
  readonly json?: boolean;
}

/** Width of the text where stdout is not a terminal. */
const COLUMNS = 100;

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('Run the integer kernel on every clip of a split and report what it did')
    .argument('<model>', 'model.spkw or model.wasm, or the folder of a run that was built')
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
    .option(
      '--clips <n or names>',
      'a number: so many clips, spread over the split (default: all); names separated by commas: what the page draws ' +
        '(default: some typical, some mistaken)',
    )
    .option(
      '--port [path]',
      'run the clips on the board at this port (without a path: SPIKEWORD_PORT, else the one that answers)',
    )
    .addOption(
      new Option(
        '--send <what>',
        "what goes to the board; with features the host's front end works (default: samples)",
      ).choices(['samples', 'features']),
    )
    .option('--json', 'print the report as one JSON object (default: text)')
    .action(async (model: string, options: EvaluateOptions) => {
      const { report: page, json, port, send, clips, ...rest } = options;
      const count = clips !== undefined && /^[1-9]\d*$/.test(clips) ? Number(clips) : undefined;
      if (clips !== undefined && /^-?\d/.test(clips) && Number(clips) <= 0) {
        throw new UsageError(`evaluate: --clips ${clips}: a number of clips is 1 or more`);
      }
      const names = count === undefined ? clips?.split(',') : undefined;
      if (names !== undefined && page === undefined) {
        throw new UsageError('evaluate: --clips with names chooses what --report draws, which is missing');
      }
      if (send !== undefined && port === undefined) {
        throw new UsageError('evaluate: --send is for a board, name its --port');
      }
      const portray = page === undefined ? [] : (names ?? 'representative');
      const evaluation: EvaluationOptions = { ...rest, model, portray, clips: count, stage: progressBar };
      const { report, portraits, text, fault } = await (port === undefined
        ? onHost(evaluation)
        : onBoard(evaluation, port, send));
      // the figures first: they are not lost where the page cannot be written
      process.stdout.write(json ? `${JSON.stringify(report)}\n` : text);
      if (page !== undefined) writeFileAtomically(page, renderReport(report, portraits));
      if (fault !== null) throw new DisagreementError(fault);
    });
}

const columns = (): number => process.stdout.columns ?? COLUMNS;

async function onHost(options: EvaluationOptions) {
  const { report, portraits } = await evaluateModel(options);
  return { report, portraits, text: renderText(report, columns()), fault: null };
}

function onBoard(options: EvaluationOptions, port: string | true, send: Sent | undefined) {
  return withBoard(boardOptions(port), async (board) => {
    const { report, portraits } = await evaluateOnBoard({ ...options, board, send });
    const fault = report.disagreements.length === 0 ? null : disagreementText(report);
    return { report, portraits, text: boardEvaluationText(report, columns()), fault };
  });
}
