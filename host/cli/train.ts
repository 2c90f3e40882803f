import { Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../core/error.js';
import { PRESET_NAMES } from '../core/network/index.js';
import { openDataset, ownTask, problemsOf, resolveTask, taskOn } from '../dataset/index.js';
import { DatasetError, expandHome } from '../system/index.js';
import {
  configureTraining,
  defaultText,
  fitBatch,
  newLabelsOf,
  RunFolder,
  readConfig,
  type TrainingConfig,
  type TrainingOption,
  type TrainingOverrides,
  trainingOptions,
  trainRun,
} from '../training/index.js';
import { joinedTraining, torchChoice, torchOptions, torchText } from './engine-options.js';
import { inspectWithBar } from './inspect-with-bar.js';
import { mistakesText } from './mistakes.js';
import { nextText } from './next-command.js';
import { otherOptions } from './other-options.js';
import { progressBar } from './progress.js';
import { inkOf, say, warn } from './terminal.js';
import { EPOCH_TITLES, epochLine, resultText, validationWarnings } from './train-text.js';
import { trainWakeWord } from './wake-word.js';
import { wholeNumber } from './whole-number.js';

/** Options that are not settings of the training: what it starts from, where it writes, and how it runs. */
interface TrainOptions {
  readonly preset?: string;
  readonly from?: string;
  readonly teacher?: string;
  readonly config?: string;
  readonly out?: string;
  readonly resume?: string;
  readonly wakeWord?: string;
  readonly threads?: number;
  readonly json?: boolean;
}

/** What may be given together with --resume, besides the training options that are `resumable`. */
const RESUMABLE: readonly string[] = [
  'resume',
  'threads',
  'json',
  ...torchOptions.map((option) => option.attributeName()),
];

/** The training options that have a flag, with their names. */
const FLAGS = trainingOptions.flatMap(([name, option]) =>
  option.flag === undefined ? [] : [{ name, option, flag: flagOf(option, option.flag) }],
);

function flagOf(option: TrainingOption, flag: string): Option {
  const { type } = option;
  const range = type.range === undefined ? '' : `${type.range}; `;
  const made = new Option(flag, `${option.help} (${range}default: ${defaultText(option)})`);
  if (type.choices !== undefined) return made.choices(type.choices as readonly string[]);
  if (made.isBoolean()) return made;
  return made.argParser((text, before) => {
    const value = type.parse(text);
    if (!type.accepts(value)) throw new InvalidArgumentError(`expected ${type.expected}.`);
    return type.list && Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value;
  });
}

export function trainCommand(): Command {
  const command = new Command('train')
    .description('Train a network on a folder of recordings; the run can be continued and repeated')
    .addOption(new Option('--preset <name>', 'size of the network (default: small)').choices(PRESET_NAMES));
  for (const { flag } of FLAGS) command.addOption(flag);
  command
    .option(
      '--config <file>',
      "config.json of a run to repeat; other options override its values (default: the preset's configuration)",
    )
    .option(
      '--from <checkpoint>',
      'network to start from, .safetensors; words that it does not know are new, and one of relu gets spiking neurons (default: random weights; with --wake-word the bundled commands.safetensors)',
    )
    .option(
      '--teacher <checkpoint>',
      'network to learn from, .safetensors: of the same labels, of any preset and neuron (default: none)',
    )
    .option(
      '--wake-word <words>',
      'make a model for these words, separated by commas, from a few recordings of each in --data, in minutes (default: none)',
    )
    .option('--out <folder>', 'new run folder (required unless --resume; with --wake-word default: the words)')
    .option('--resume <folder>', 'continue this run after its last finished epoch (default: start a new run)')
    .option(
      '--threads <n>',
      'number of threads, 1 to 64; does not affect the weights (default: all cores)',
      wholeNumber(1, 64),
    )
    .option('--json', 'print the result as one JSON object (default: text)');
  for (const option of torchOptions) command.addOption(option);
  return command.action(async (_: unknown, command: Command) => {
    const options = command.opts<TrainOptions>();
    if (await joinedTraining(command)) return;
    if (options.wakeWord !== undefined) {
      await trainWakeWord(options.wakeWord, command);
      return;
    }
    const resumed = options.resume === undefined ? undefined : resume(options.resume, command);
    const torch = torchChoice(command, resumed?.run);
    const { run, config } = resumed ?? (await begin(command));
    if (config.network.neuron === 'relu') {
      say('relu: no board runs this network, but `train --from` makes a spiking one of it');
    }
    let trained = 0;
    const result = await trainRun(config, run, {
      threads: options.threads,
      torch,
      onTorch: (report) => say(torchText(report)),
      stage: progressBar,
      onBegin: (validation) => validationWarnings(validation).forEach(warn),
      onEpoch: (log) => {
        if (trained++ === 0) say(EPOCH_TITLES);
        say(epochLine(log, inkOf(process.stderr)));
      },
    });
    if (trained === 0) {
      const longer = `to train longer, start a new run with --config ${run.file('config')} --epochs <n> --out <folder>`;
      say(`${run.path}: already finished after ${result.epochs} epochs, so nothing was trained; ${longer}`);
    }
    process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : resultText(result, inkOf(process.stdout)));
    const quantize = ['quantize', result.run];
    const spiking = ['train', '--config', run.file('config'), '--from', result.checkpoint];
    spiking.push('--neuron', 'atif-nu', '--epochs', '10', '--out', `${result.run}-spiking`);
    const next = [config.network.neuron === 'relu' ? spiking : quantize, ['report', result.run]];
    if (!options.json) process.stdout.write(nextText(next));
  });
}

/** Returns the settings that the command line gives, by the names of the options. */
function overridesOf(command: Command): TrainingOverrides {
  const { preset, from, teacher } = command.opts<TrainOptions>();
  const given = FLAGS.map(({ name, flag }) => [name, command.getOptionValue(flag.attributeName())] as const);
  return { preset, from, teacher, ...Object.fromEntries(given.filter(([, value]) => value !== undefined)) };
}

async function begin(command: Command): Promise<{ run: RunFolder; config: TrainingConfig }> {
  const { out, config: file } = command.opts<TrainOptions>();
  if (out === undefined) throw new UsageError('train: --out is missing; give the folder for the run');
  const overrides = overridesOf(command);
  if (file !== undefined) {
    const config = configureTraining(overrides, readConfig(file));
    // nothing is written yet, but a folder that cannot be used is refused before anything is read
    const run = RunFolder.create(out, config);
    await checkRecordings(config);
    return { run, config };
  }
  const { data } = overrides;
  if (data === undefined) throw new UsageError('train: --data is missing; give the folder of recordings');
  const task = overrides.task ?? (overrides.from === undefined ? folderTask(data) : undefined);
  const configured = configureTraining({ ...overrides, data, task }, null);
  const config = overrides.batchSize === undefined ? fitBatch(configured) : configured;
  const run = RunFolder.create(out, config);
  await checkRecordings(config);
  if (config.batchSize !== configured.batchSize) {
    say(
      `batches have ${config.batchSize} clips: there are fewer training clips than the ${configured.batchSize} of the preset`,
    );
  }
  return { run, config };
}

/** Returns the task that a folder has without --task, and says which words it is. */
function folderTask(data: string): string {
  const dataset = openDataset(expandHome(data));
  const task = ownTask(dataset);
  const { labels } = resolveTask(task);
  const chosen = task.includes(',') ? `the words of ${data}` : `${task}, because ${data} has all of its words`;
  say(`no --task, so ${chosen}: ${labels.join(' ')}`);
  return task;
}

/**
 * Reads every recording before a training, so that all bad ones are named at once. Says what else a user should know.
 * Throws `DatasetError` if one cannot be read.
 */
async function checkRecordings(config: TrainingConfig): Promise<void> {
  const { data, task: name, resample } = config;
  if (resolveTask(name).pictures) return;
  for (const line of mistakesText(config)) say(line);
  const dataset = openDataset(expandHome(data));
  const task = taskOn(dataset, name);
  const labels = newLabelsOf(config, task.labels);
  if (labels !== null) {
    say(
      `${config.from?.file}: every layer is kept, and ${labels.kept.length === 0 ? 'no label' : `the labels ${labels.kept.join(' ')}`}; new: ${labels.added.join(' ') || 'none'}`,
    );
  }
  const problems = problemsOf(dataset, await inspectWithBar(dataset), { task, resample });
  const stopping = problems.filter(({ kind, wrong }) => kind === 'unreadable' || (kind === 'sample rate' && wrong));
  if (stopping.length > 0) {
    const parts = stopping.map(({ text, files }) => `${text}\n  ${files.join('\n  ')}`);
    throw new DatasetError(`${data}: ${parts.join('\n')}`);
  }
  for (const { kind, wrong, text, files } of problems) {
    // the words of a task and the splits are few, and all of them matter
    const which =
      kind === 'word without clips' || kind === 'few voices' ? ` (${files.join(', ')})` : `; for example ${files[0]}`;
    if (wrong) warn(text + which);
    else say(`note: ${text}${which}`);
  }
  if (problems.length > 0) say(`\`spikeword dataset info ${data}\` lists them all`);
}

function resume(folder: string, command: Command): { run: RunFolder; config: TrainingConfig } {
  const resumable = FLAGS.filter(({ option }) => option.resumable).map(({ flag }) => flag.attributeName());
  const others = otherOptions(command, [...RESUMABLE, ...resumable]);
  if (others !== '') {
    throw new UsageError(`train: --resume continues a run with its own configuration; leave out ${others}`);
  }
  const { run, config } = RunFolder.open(folder);
  const { data = config.data, ambient = config.ambient, mistakes = config.mistakes } = overridesOf(command);
  const moved = { ...(ambient !== undefined && { ambient }), ...(mistakes !== undefined && { mistakes }) };
  return { run, config: { ...config, data, ...moved } };
}
