import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type NeuronKind, PRESET_NAMES } from '../core/network/index.js';
import { percentText } from '../core/text/index.js';
import {
  ABLATION_DEFAULTS,
  ABLATION_FILES,
  type AblationSettings,
  ablationText,
  runAblation,
} from '../experiment/index.js';
import { torchChoice, torchOptions, torchText } from './engine-options.js';
import { nextText, openPage } from './next-command.js';
import { progressBar } from './progress.js';
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
    .addCommand(ablationCommand());
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
