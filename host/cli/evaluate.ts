import { Command, Option } from 'commander';
import { SPLITS, type Split } from '../core/dataset/index.js';
import { DisagreementError, UsageError } from '../core/error.js';
import { ambientText, evaluateAmbient, evaluateStreams, streamText } from '../detection/index.js';
import { boardEvaluationText, disagreementText, evaluateOnBoard, type Sent, withBoard } from '../device/index.js';
import { type EvaluationOptions, evaluateModel, renderReport, renderText } from '../evaluation/index.js';
import { defaultModelPath, writeFileAtomically } from '../system/index.js';
import { boardOptions } from './board-port.js';
import { modelArgument } from './model-argument.js';
import { type Next, nextText, openPage } from './next-command.js';
import { progressBar } from './progress.js';
import { addPointOptions, flagOf, type PointOptions, pointOf, streamOptions } from './stream-options.js';
import { syntheticNote } from './synthetic.js';
import { inkOf, widthOf } from './terminal.js';
import { threadsOption } from './threads-option.js';

interface EvaluateOptions extends PointOptions {
  readonly data?: string;
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
  readonly stream?: boolean;
  readonly hours?: number;
  readonly snr?: readonly number[];
  readonly seed?: number;
  readonly ambient?: string;
  readonly except?: string;
}

const STREAM_DEFAULTS = { hours: 1, snr: [10], seed: 1 } as const;
/** Options that are only for clips, and options that are only for streams. */
const CLIPS_ONLY = ['task', 'checkpoint', 'report', 'clips', 'port', 'send'] as const;
const POINT = ['threshold', 'average', 'count', 'suppression', 'hop', 'falseAccepts', 'words'] as const;
const STREAM_ONLY = ['ambient', 'except', 'hours', 'snr', 'seed', ...POINT] as const;

export function evaluateCommand(): Command {
  const command = new Command('evaluate')
    .description(
      'Run the integer kernel on every clip of a split, or on long streams made from them, and report the results',
    )
    .addArgument(modelArgument())
    .option('--data <folder>', 'recordings, laid out like Speech Commands (required, except with --ambient)')
    .addOption(new Option('--split <split>', 'clips to use').choices(SPLITS).default('validation'))
    .option('--task <task>', "gsc-17, gsc-12, gsc-35, or words separated by commas (default: the model's task)")
    .option(
      '--checkpoint <file>',
      'float network to compare with (default: NAME.safetensors or best.safetensors in the folder of the model)',
    )
    .addOption(threadsOption())
    .option('--resample', 'convert recordings that are not at 16 kHz instead of refusing them (default: off)')
    .option('--report <file>', 'HTML page to write (default: none)')
    .option(
      '--clips <n or names>',
      'either a number: run only this many clips, spread over the split (default: all); or clip names separated by ' +
        'commas: the clips to plot on the --report page (default: some typical and some misrecognised ones)',
    )
    .option(
      '--port [path]',
      'run the clips on the board at this port (without a path: SPIKEWORD_PORT, otherwise the port where a board answers)',
    )
    .addOption(
      new Option(
        '--send <what>',
        'what is sent to the board: samples, or features that the host has computed (default: samples)',
      ).choices(['samples', 'features']),
    )
    .option('--json', 'print the report as one JSON object (default: text)')
    .option(
      '--stream',
      'detect words in long streams: made from the split of --data, with noise and other words, or of --ambient sound (default: off)',
    )
    .addOption(streamOptions.hours(' (default: 1)'))
    .addOption(streamOptions.snr(' (default: 10)'))
    .addOption(streamOptions.seed(' (default: 1)'))
    .addOption(streamOptions.ambient('; counts the false accepts in them (default: none)'))
    .addOption(streamOptions.except());
  return addPointOptions(command).action(async (model: string, options: EvaluateOptions) => {
    const other = (options.stream ? CLIPS_ONLY : STREAM_ONLY).find((name) => options[name] !== undefined);
    if (other !== undefined) {
      throw new UsageError(`evaluate: ${flagOf(other)} ${options.stream ? 'cannot be used with' : 'needs'} --stream`);
    }
    const { data, ambient } = options;
    if (data === undefined && ambient === undefined) {
      throw new UsageError('evaluate: --data is missing, the folder of recordings');
    }
    await (options.stream ? evaluateInStreams(model, options) : evaluateOnClips(model, { ...options, data: data! }));
  });
}

async function evaluateInStreams(model: string, options: EvaluateOptions): Promise<void> {
  const { data, split, threads, resample, json, ambient, except } = options;
  const { hours, snr, seed } = { ...STREAM_DEFAULTS, ...options };
  const orphan = (['hours', 'snr'] as const).find((name) => options[name] !== undefined);
  if (data === undefined && orphan !== undefined) {
    throw new UsageError(`evaluate: --${orphan} needs --data; streams of --ambient play every recording once as it is`);
  }
  if (except !== undefined && ambient === undefined) throw new UsageError('evaluate: --except needs --ambient');
  const common = { model, split, resample, seed, threads, point: pointOf(options), stage: progressBar };
  const dense = data === undefined ? null : await evaluateStreams({ ...common, data, hours, snrDb: snr });
  if (dense !== null && !json) process.stdout.write(streamText(dense, inkOf(process.stdout)) + syntheticNote(data));
  const sound = ambient === undefined ? null : await evaluateAmbient({ ...common, ambient, except });
  if (json) {
    process.stdout.write(`${JSON.stringify({ ...dense, ...(sound === null ? {} : { ambient: sound }) })}\n`);
    return;
  }
  if (sound !== null) process.stdout.write(`${dense === null ? '' : '\n'}${ambientText(sound)}`);
  const falseAccepts = sound?.kinds.some((kind) => kind.falseAccepts > 0);
  const next: Next[] = [['listen', ...named(model)]];
  if (falseAccepts) next.unshift(['mine', model, '--ambient', ambient!, '--out', 'mined']);
  if ((dense ?? sound)?.pointFrom === 'default') next.unshift(['tune', model, '--data', data ?? 'FOLDER']);
  process.stdout.write(`\n${nextText(next.slice(0, 2))}`);
}

async function evaluateOnClips(model: string, options: EvaluateOptions & { readonly data: string }): Promise<void> {
  const { report: page, json, port, send, clips, ...rest } = options;
  const count = clips !== undefined && /^[1-9]\d*$/.test(clips) ? Number(clips) : undefined;
  if (clips !== undefined && /^-?\d/.test(clips) && Number(clips) <= 0) {
    throw new UsageError(`evaluate: --clips ${clips}: the number of clips must be 1 or more`);
  }
  const names = count === undefined ? clips?.split(',') : undefined;
  if (names !== undefined && page === undefined) {
    throw new UsageError('evaluate: --clips with names chooses what --report draws, but --report is missing');
  }
  if (send !== undefined && port === undefined) {
    throw new UsageError('evaluate: --send needs a board; give its --port');
  }
  const portray = page === undefined ? [] : (names ?? 'representative');
  const evaluation: EvaluationOptions = { ...rest, model, portray, clips: count, stage: progressBar };
  const { report, portraits, text, fault } = await (port === undefined
    ? onHost(evaluation)
    : onBoard(evaluation, port, send));
  // The figures come first, so that they are not lost if the page cannot be written.
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : text + syntheticNote(options.data));
  if (page !== undefined) writeFileAtomically(page, renderReport(report, portraits));
  if (!json && fault === null) process.stdout.write(`\n${nextText(afterClips(model, options))}`);
  if (fault !== null) throw new DisagreementError(fault);
}

/** Returns the argument for a model, which the bundled one does not need. */
const named = (model: string): readonly string[] => (model === defaultModelPath() ? [] : [model]);

/** Returns what to do after an evaluation on clips: look at the page, or draw it. */
function afterClips(model: string, { data, split, report, port }: EvaluateOptions): Next[] {
  if (report !== undefined) return [openPage(report)];
  const where = port === undefined ? [] : ['--port', ...(port === true ? [] : [port])];
  const clips = ['--data', data ?? 'FOLDER', '--split', split];
  const page = ['evaluate', ...named(model), ...clips, ...where, '--report', 'report.html'];
  return port === undefined ? [page] : [['profile', ...where], page];
}

const columns = (): number => widthOf(process.stdout);

async function onHost(options: EvaluationOptions) {
  const { report, portraits } = await evaluateModel(options);
  return { report, portraits, text: renderText(report, columns(), { ink: inkOf(process.stdout) }), fault: null };
}

function onBoard(options: EvaluationOptions, port: string | true, send: Sent | undefined) {
  return withBoard(boardOptions(port), async (board) => {
    const { report, portraits } = await evaluateOnBoard({ ...options, board, send });
    const fault = report.disagreements.length === 0 ? null : disagreementText(report);
    return { report, portraits, text: boardEvaluationText(report, columns(), inkOf(process.stdout)), fault };
  });
}
