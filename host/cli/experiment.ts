import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { SPLITS, type Split } from '../core/dataset/index.js';
import { type NeuronKind, PRESET_NAMES } from '../core/network/index.js';
import { percentText } from '../core/text/index.js';
import {
  ABLATION_DEFAULTS,
  ABLATION_FILES,
  type AblationSettings,
  ablationText,
  measureRobustness,
  ROBUSTNESS_DEFAULTS,
  robustnessText,
  runAblation,
} from '../experiment/index.js';
import { torchChoice, torchOptions, torchText } from './engine-options.js';
import { modelArgument } from './model-argument.js';
import { nextText, openPage } from './next-command.js';
import { progressBar } from './progress.js';
import { syntheticNote } from './synthetic.js';
import { inkOf, say, widthOf } from './terminal.js';
import { threadsOption } from './threads-option.js';
import { EPOCH_TITLES, epochLine } from './train-text.js';
import { wholeNumber } from './whole-number.js';

interface AblationFlags extends Partial<AblationSettings> {
  readonly cells?: readonly string[];
  readonly testing?: boolean;
  readonly threads: number;
  readonly json?: boolean;
}

export function experimentCommand(): Command {
  return new Command('experiment')
    .description("The paper's comparisons as commands: tables of many trainings, and a model in noise")
    .addCommand(ablationCommand())
    .addCommand(robustnessCommand());
}

function list<T>(parse: (text: string) => T): (text: string) => readonly T[] {
  return (text) => (text === '' ? [] : text.split(',').map((part) => parse(part.trim())));
}

function number(text: string): number {
  const value = Number(text);
  if (text === '' || !Number.isFinite(value)) throw new InvalidArgumentError('expected numbers separated by commas.');
  return value;
}

function ablationCommand(): Command {
  const shown = (value: unknown): string => `(default: ${value}, or those of the folder)`;
  const { neurons, timesteps, widths, bits, conversions, seeds, epochs, share, batchSize, task, preset } =
    ABLATION_DEFAULTS;
  const command = new Command('ablation')
    .description(
      'Train networks that differ in one thing, neurons, timesteps, width, bits or seed, with one budget, and write their ' +
        'figures as JSON, a table and a picture. The same command continues an interrupted experiment; nothing that is ' +
        'finished is computed again',
    )
    .argument('<folder>', 'folder of the experiment, new or to continue')
    .option('--data <folder>', 'recordings, laid out like Speech Commands (required for a new experiment)')
    .option('--task <task>', `as of \`train\` ${shown(task)}`)
    .addOption(new Option('--preset <name>', `layers of the networks ${shown(preset)}`).choices(PRESET_NAMES))
    .option(
      '--neurons <kinds>',
      `kinds of neurons ${shown(neurons)}`,
      list((text) => text as NeuronKind),
    )
    .option(
      '--timesteps <list>',
      `timesteps; widths and bits are compared at the first ${shown(timesteps)}`,
      list(number),
    )
    .option(
      '--widths <list>',
      `factors of the channels; all else is compared at the first ${shown(widths)}`,
      list(number),
    )
    .option('--bits <list>', `bits of the weights; all else is compared at the first ${shown(bits)}`, list(number))
    .option(
      '--conversions <list>',
      `timesteps of networks that are converted from relu; may be empty ${shown(conversions)}`,
      list(number),
    )
    .option('--seeds <list>', `random seeds ${shown(seeds)}`, list(number))
    .option('--epochs <n>', `budget: epochs of each training ${shown(epochs)}`, wholeNumber(1, 10_000))
    .option('--share <share>', `budget: share of the training clips of each class ${shown(share)}`, number)
    .option('--batch-size <clips>', `clips per step ${shown(batchSize)}`, wholeNumber(2, 4096))
    .option('--cells <parts>', 'compute only cells with one of these in their name (default: all)', list(String))
    .option('--testing', 'also evaluate on the testing split, each cell once (default: validation only)')
    .addOption(threadsOption())
    .option('--json', 'print the report as one JSON object (default: text)');
  for (const option of torchOptions.filter(({ long }) => ['--engine', '--device', '--nproc'].includes(long ?? ''))) {
    command.addOption(option);
  }
  return command.action(async (folder: string, _: unknown, own: Command) => {
    const { cells, testing, threads, json, ...flags } = own.opts<AblationFlags>();
    const settings = Object.fromEntries(
      Object.keys({ data: '', ...ABLATION_DEFAULTS }).map((name) => [name, flags[name as keyof AblationSettings]]),
    );
    const report = await runAblation(folder, {
      settings: Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)),
      only: cells,
      testing,
      threads,
      torch: torchChoice(own),
      stage: progressBar,
      onTorch: (torch) => say(torchText(torch)),
      onTraining: ({ name }) => say(`${name}\n${EPOCH_TITLES}`),
      onEpoch: (log) => say(epochLine(log, inkOf(process.stderr))),
      onCell: ({ name }, { split, accuracy }) => say(`${name}: ${percentText(accuracy)} on ${split}`),
    });
    process.stdout.write(
      json
        ? `${JSON.stringify(report)}\n`
        : `${ablationText(report, widthOf(process.stdout))}${nextText([openPage(join(folder, ABLATION_FILES.picture))])}`,
    );
  });
}

interface RobustnessFlags {
  readonly data: string;
  readonly split: Split;
  readonly snr?: readonly number[];
  readonly shift?: readonly number[];
  readonly seed: number;
  readonly threads: number;
  readonly resample?: boolean;
  readonly json?: boolean;
}

function robustnessCommand(): Command {
  const { snrDb, shiftsMs, seed } = ROBUSTNESS_DEFAULTS;
  return new Command('robustness')
    .description('Run the integer kernel on the clips of a split as they are, in background noise, and moved in time')
    .addArgument(modelArgument())
    .requiredOption('--data <folder>', 'recordings with _background_noise_, laid out like Speech Commands (required)')
    .addOption(new Option('--split <split>', 'clips to use').choices(SPLITS).default('validation'))
    .option('--snr <dB>', `signal-to-noise ratios, separated by commas (default: ${snrDb})`, list(number))
    .option('--shift <ms>', `shifts, each both earlier and later (default: ${shiftsMs})`, list(number))
    .addOption(
      new Option('--seed <n>', 'random seed: which noise a clip gets')
        .argParser(wholeNumber(0, 2 ** 32 - 1))
        .default(seed),
    )
    .addOption(threadsOption())
    .option('--resample', 'convert recordings that are not at 16 kHz instead of refusing them (default: off)')
    .option('--json', 'print the report as one JSON object (default: text)')
    .action(async (model: string, { snr, shift, json, ...options }: RobustnessFlags) => {
      const report = await measureRobustness({
        ...options,
        model,
        ...(snr !== undefined && { snrDb: snr }),
        ...(shift !== undefined && { shiftsMs: shift }),
        stage: progressBar,
      });
      process.stdout.write(
        json
          ? `${JSON.stringify(report)}\n`
          : robustnessText(report, widthOf(process.stdout)) + syntheticNote(options.data),
      );
    });
}
