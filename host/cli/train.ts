import { Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../core/error.js';
import { NEURON_KINDS, type NeuronKind, PRESET_NAMES } from '../core/network/index.js';
import { percentText } from '../core/text/index.js';
import {
  configureTraining,
  type EpochLog,
  fitBatch,
  presetRecipe,
  RunFolder,
  readConfig,
  SGD_LEARNING_RATE,
  type TrainingConfig,
  type TrainingResult,
  trainNetwork,
} from '../training/index.js';
import { progressBar } from './progress.js';
import { wholeNumber } from './whole-number.js';

interface TrainOptions {
  readonly data?: string;
  readonly resample?: boolean;
  readonly task?: string;
  readonly preset?: string;
  readonly neuron?: NeuronKind;
  readonly timesteps?: number;
  readonly surrogateSlope?: number;
  readonly epochs?: number;
  readonly batch?: number;
  readonly lr?: number;
  readonly seed?: number;
  readonly optimizer?: 'adamw' | 'sgd';
  readonly schedule?: 'cosine' | 'step';
  readonly warmup?: number;
  readonly labelSmoothing?: number;
  readonly weightDecay?: number;
  readonly clip?: number;
  readonly spikePenalty?: number;
  readonly noise?: number;
  readonly shift?: number;
  readonly gain?: number;
  readonly masks?: number;
  readonly from?: string;
  readonly config?: string;
  readonly out?: string;
  readonly resume?: string;
  readonly threads?: number;
  readonly json?: boolean;
}

/** What a resumed run may be given: nothing that decides its weights. */
const RESUMABLE: readonly string[] = ['resume', 'data', 'threads', 'json'];

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('expected a number.');
  return value;
}

/** `default: tiny 60, small 60, …` for a value that differs between presets. */
function perPreset(field: keyof ReturnType<typeof presetRecipe>): string {
  return `default: ${PRESET_NAMES.map((name) => `${name} ${presetRecipe(name)[field]}`).join(', ')}`;
}

export function trainCommand(): Command {
  return new Command('train')
    .description('Train a network on a folder of recordings into a run folder that can be continued and repeated')
    .option(
      '--data <folder>',
      'recordings, laid out as Speech Commands: <word>/<speaker>_nohash_<n>.wav (default: those of --config or --resume)',
    )
    .option('--resample', 'convert recordings that are not at 16 kHz instead of refusing them (default: off)')
    .option(
      '--task <task>',
      'gsc-17, gsc-12, gsc-35, words such as yes,no,_unknown_,_silence_, or to listen: commands, live:yes,no (default: gsc-17)',
    )
    .addOption(new Option('--preset <name>', 'network (default: small)').choices(PRESET_NAMES))
    .addOption(new Option('--neuron <kind>', 'neurons (default: atif-u)').choices(NEURON_KINDS))
    .option('--timesteps <n>', 'timesteps of the network, 1 to 32 (default: 4)', number)
    .option(
      '--surrogate-slope <alpha>',
      'α of the gradient α·σ′(α(H − Vth)) of a spike, up to 100 (default: 2)',
      number,
    )
    .option('--epochs <n>', `passes over the training clips (${perPreset('epochs')})`, number)
    .option(
      '--batch <clips>',
      `clips per step (${perPreset('batchSize')}, or all there are where those are fewer)`,
      number,
    )
    .option('--lr <rate>', `highest learning rate (${perPreset('learningRate')}; sgd ${SGD_LEARNING_RATE})`, number)
    .option('--seed <n>', 'same seed, same weights, whole number (default: 1)', number)
    .addOption(new Option('--optimizer <kind>', 'sgd has momentum 0.9 (default: adamw)').choices(['adamw', 'sgd']))
    .addOption(
      new Option('--schedule <kind>', 'step: a tenth at 1/2, 3/4 and 9/10 of the run (default: cosine)').choices([
        'cosine',
        'step',
      ]),
    )
    .option('--warmup <epochs>', 'epochs of linear warm-up, at most half of the run (default: 2)', number)
    .option(
      '--label-smoothing <share>',
      'target probability spread over all classes, 0 to 0.9 (default: 0.1; to listen 0)',
      number,
    )
    .option(
      '--weight-decay <rate>',
      'of convolutions and classifier, per unit of learning rate (default: 0.02)',
      number,
    )
    .option('--clip <norm>', 'largest norm of the whole gradient, 0: unlimited (default: 5)', number)
    .option(
      '--spike-penalty <weight>',
      'loss per spike per neuron, mean over layers (default: 0.1; to listen 0.03)',
      number,
    )
    .option(
      '--noise <share>',
      'share of clips with background noise at 5 to 30 dB SNR, 0 to 1 (default: 0.7; to listen 0.9, from 0 dB)',
      number,
    )
    .option(
      '--shift <ms>',
      'largest time shift either way, milliseconds (default: 100; to listen, words lie anywhere)',
      number,
    )
    .option('--gain <dB>', 'largest gain either way, decibels (default: 6; to listen 15)', number)
    .option('--masks <n>', 'masks of up to 6 frames, and as many of 1 coefficient, a clip (default: 0)', number)
    .option(
      '--config <file>',
      "config.json of a run to repeat; other options change it (default: the preset's training)",
    )
    .option('--from <checkpoint>', 'network to begin with, .safetensors (default: random weights)')
    .option('--out <folder>', 'new run folder (required unless --resume)')
    .option('--resume <folder>', 'continue this run after its last finished epoch (default: begin anew)')
    .option('--threads <n>', 'threads; the weights do not depend on it (default: all cores)', wholeNumber(1, 64))
    .option('--json', 'print the result as one JSON object (default: text)')
    .action(async (_: unknown, command: Command) => {
      const options = command.opts<TrainOptions>();
      const { run, config } = options.resume === undefined ? begin(options) : resume(options, options.resume, command);
      if (config.network.neuron === 'relu') {
        say('relu: this network is for comparison with spiking ones; it cannot be quantised, nor run on a board');
      }
      let trained = 0;
      const result = await trainNetwork(config, run, {
        threads: options.threads,
        stage: progressBar,
        onEpoch: (log) => {
          trained++;
          say(epochLine(log));
        },
      });
      if (trained === 0) {
        const longer = `to train longer, begin another run with --config ${run.file('config')} --epochs <n> --out <folder>`;
        say(`${run.path}: was finished after ${result.epochs} epochs, nothing was trained; ${longer}`);
      }
      process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : resultText(result));
    });
}

/** Tells the user something that is no result. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function begin(options: TrainOptions): { run: RunFolder; config: TrainingConfig } {
  const { data, out } = options;
  if (out === undefined) throw new UsageError('train: --out is missing, the folder for the run');
  const overrides = {
    ...options,
    batchSize: options.batch,
    learningRate: options.lr,
    warmupEpochs: options.warmup,
    gradientClip: options.clip,
    shiftMs: options.shift,
    gainDb: options.gain,
  };
  if (options.config !== undefined) {
    const config = configureTraining(overrides, readConfig(options.config));
    return { run: RunFolder.create(out, config), config };
  }
  if (data === undefined) throw new UsageError('train: --data is missing, the folder of recordings');
  const configured = configureTraining({ ...overrides, data }, null);
  const config = options.batch === undefined ? fitBatch(configured) : configured;
  const run = RunFolder.create(out, config);
  if (config.batchSize !== configured.batchSize) {
    say(
      `a step takes ${config.batchSize} clips: there are fewer training clips than the ${configured.batchSize} of the preset`,
    );
  }
  return { run, config };
}

function resume(options: TrainOptions, folder: string, command: Command): { run: RunFolder; config: TrainingConfig } {
  const changing = command.options
    .map((option) => option.attributeName())
    .filter((name) => command.getOptionValueSource(name) === 'cli' && !RESUMABLE.includes(name));
  if (changing.length > 0) {
    throw new UsageError(`train: --resume continues a run as it was configured; leave out ${changing.join(', ')}`);
  }
  const { run, config } = RunFolder.open(folder);
  return { run, config: options.data === undefined ? config : { ...config, data: options.data } };
}

function epochLine(log: EpochLog): string {
  const spikes = log.spikesPerNeuron === null ? '' : `  spikes/neuron ${log.spikesPerNeuron.mean.toFixed(3)}`;
  return (
    `epoch ${log.epoch}/${log.epochs}  loss ${log.loss.toFixed(4)}  training ${percentText(log.trainingAccuracy, 2)}` +
    `  validation ${percentText(log.validationAccuracy, 2)}${log.best ? '*' : ''}${spikes}` +
    `  ${log.clipsPerSecond} clips/s  ${timeText(log.secondsLeft)} left`
  );
}

const timeText = (seconds: number): string => (seconds < 100 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`);

function resultText(result: TrainingResult): string {
  const spikes = result.spikesPerNeuron === null ? '' : `, ${result.spikesPerNeuron.toFixed(3)} spikes per neuron`;
  return (
    `${percentText(result.validationAccuracy, 2)} of ${result.validationClips} validation clips in epoch ` +
    `${result.bestEpoch} of ${result.epochs}${spikes}\n${result.checkpoint}\n`
  );
}
