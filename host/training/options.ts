import { CLIP_FRAMES } from '../core/audio/index.js';
import { COEFFICIENTS } from '../core/features/index.js';
import {
  MOST_SURROGATE_SLOPE,
  MOST_TIMESTEPS,
  NEURON_KINDS,
  PRESET_NAMES,
  type PresetName,
} from '../core/network/index.js';
import type { TrainingConfig } from './config.js';
import {
  above0,
  choice,
  FRACTIONS,
  interval,
  number,
  type OptionType,
  TEXT,
  whole,
  YES_OR_NO,
} from './option-types.js';

/** What the default of an option may depend on. */
export interface DefaultFor {
  readonly preset: PresetName;
  /** Whether the task is to listen to a stream. */
  readonly live: boolean;
}

/** The dotted paths of the values in T. */
type PathIn<T> = {
  [K in keyof T & string]: NonNullable<T[K]> extends string | number | boolean | readonly unknown[]
    ? K
    : `${K}.${PathIn<NonNullable<T[K]>>}`;
}[keyof T & string];

/** The value at a dotted path. */
type At<T, P extends string> = P extends `${infer K}.${infer Rest}`
  ? K extends keyof T
    ? At<NonNullable<T[K]>, Rest>
    : never
  : P extends keyof T
    ? NonNullable<T[P]>
    : never;

/** One thing that can be set in a training: in its configuration and, with a flag, on the command line. */
export interface TrainingOption<T = unknown> {
  /** Where the value stands in `config.json`. */
  readonly path: string;
  readonly type: OptionType<T>;
  /** Without one the option has to be given, or comes with the preset's network. */
  readonly default?: T | ((choice: DefaultFor) => T);
  /** Without one it is set in a configuration file alone. */
  readonly flag?: string;
  /** As the help says it, without range and default. */
  readonly help?: string;
  /** As the help says it where the default's values do not. */
  readonly defaultText?: string;
  /** Behind the default in the help. */
  readonly defaultNote?: string;
  /** May be given when a run is resumed: it does not decide the weights. */
  readonly resumable?: boolean;
}

/** An option whose path is in a configuration, and whose type is that of the value there. */
function option<P extends PathIn<TrainingConfig>, T extends At<TrainingConfig, P>>(
  path: P,
  settings: Omit<TrainingOption<T>, 'path'>,
): TrainingOption<T> & { readonly path: P } {
  return { path, ...settings };
}

const byTask =
  <T>(clips: T, live: T) =>
  (choice: DefaultFor): T =>
    choice.live ? live : clips;

const byPreset =
  <T>(values: Readonly<Record<PresetName, T>>) =>
  (choice: DefaultFor): T =>
    values[choice.preset];

/** Learning rate that takes the place of a preset's when SGD with momentum does. */
export const SGD_LEARNING_RATE = 0.1;

/**
 * Every option of a training by its name in `configureTraining`, in the order of `config.json`. What is added here is
 * checked, has its flag and its line in the help, gets its default, and may be changed with `--config`.
 */
export const TRAINING_OPTIONS = {
  data: option('data', {
    type: TEXT,
    flag: '--data <folder>',
    help: 'recordings, laid out as Speech Commands: <word>/<speaker>_nohash_<n>.wav',
    defaultText: 'those of --config or --resume',
    resumable: true,
  }),
  resample: option('resample', {
    type: YES_OR_NO,
    default: false,
    flag: '--resample',
    help: 'convert recordings that are not at 16 kHz instead of refusing them',
  }),
  task: option('task', {
    type: TEXT,
    flag: '--task <task>',
    help: 'gsc-17, gsc-12, gsc-35, words such as yes,no,_unknown_,_silence_, or to listen to a stream: commands, live:yes,no',
    defaultText: 'gsc-17',
  }),
  frames: option('network.input.frames', { type: whole(CLIP_FRAMES - 1, CLIP_FRAMES) }),
  coefficients: option('network.input.coefficients', { type: whole(COEFFICIENTS, COEFFICIENTS) }),
  neuron: option('network.neuron', {
    type: choice(NEURON_KINDS),
    flag: '--neuron <kind>',
    help: 'neurons',
    defaultText: 'atif-u',
  }),
  timesteps: option('network.timesteps', {
    type: whole(1, MOST_TIMESTEPS),
    flag: '--timesteps <n>',
    help: 'timesteps of the network',
    defaultText: '4',
  }),
  surrogateSlope: option('network.surrogateSlope', {
    type: above0(MOST_SURROGATE_SLOPE),
    flag: '--surrogate-slope <alpha>',
    help: 'α of the gradient α·σ′(α(H − Vth)) of a spike',
    defaultText: '2',
  }),
  seed: option('seed', {
    type: whole(0, 2 ** 32 - 1),
    default: 1,
    flag: '--seed <n>',
    help: 'same seed, same weights',
  }),
  epochs: option('epochs', {
    type: whole(1, 10_000),
    default: byPreset({ tiny: 60, small: 60, base: 60, reference: 40, paper: 60 }),
    flag: '--epochs <n>',
    help: 'passes over the training clips',
  }),
  batchSize: option('batchSize', {
    type: whole(2, 4096),
    // `tiny` is for small corpora: small batches make enough steps of few clips.
    default: byPreset({ tiny: 32, small: 128, base: 128, reference: 64, paper: 64 }),
    flag: '--batch <clips>',
    help: 'clips per step',
    defaultNote: ', or all there are where those are fewer',
  }),
  optimizer: option('optimizer.kind', {
    type: choice(['adamw', 'sgd']),
    default: 'adamw',
    flag: '--optimizer <kind>',
    help: 'sgd has momentum 0.9',
  }),
  weightDecay: option('optimizer.weightDecay', {
    type: number(0, 10),
    default: 0.02,
    flag: '--weight-decay <rate>',
    help: 'of convolutions and classifier, per unit of learning rate',
  }),
  momentum: option('optimizer.momentum', { type: number(0, 0.9999), default: 0.9 }),
  beta1: option('optimizer.beta1', { type: number(0, 0.9999), default: 0.9 }),
  beta2: option('optimizer.beta2', { type: number(0, 0.99999), default: 0.999 }),
  epsilon: option('optimizer.epsilon', { type: number(1e-12, 1), default: 1e-8 }),
  gradientClip: option('optimizer.gradientClip', {
    type: number(0, 1e6),
    default: 5,
    flag: '--clip <norm>',
    help: 'largest norm of the whole gradient, 0: unlimited',
  }),
  schedule: option('schedule.kind', {
    type: choice(['cosine', 'step']),
    default: 'cosine',
    flag: '--schedule <kind>',
    help: 'step: a tenth at 1/2, 3/4 and 9/10 of the run',
  }),
  learningRate: option('schedule.learningRate', {
    type: number(1e-8, 10),
    default: byPreset({ tiny: 1e-2, small: 1.5e-2, base: 1.5e-2, reference: 2e-3, paper: 1e-3 }),
    flag: '--lr <rate>',
    help: 'highest learning rate',
    defaultNote: `; sgd ${SGD_LEARNING_RATE}`,
  }),
  warmupEpochs: option('schedule.warmupEpochs', {
    type: number(0, 1000),
    default: 2,
    flag: '--warmup <epochs>',
    help: 'epochs of linear warm-up, at most half of the run',
  }),
  milestones: option('schedule.milestones', {
    type: FRACTIONS,
    default: [0.5, 0.75, 0.9],
    defaultText: '0.5, 0.75, 0.9',
  }),
  factor: option('schedule.factor', { type: number(1e-6, 1), default: 0.1 }),
  // Of a network that listens more is asked than the right winner: a word that it does not know must leave its scores
  // low. Smoothed labels teach it not to be sure, which takes that distance away, and spikes are worth more than they
  // cost.
  labelSmoothing: option('labelSmoothing', {
    type: number(0, 0.9),
    default: byTask(0.1, 0),
    flag: '--label-smoothing <share>',
    help: 'target probability spread over all classes',
  }),
  spikePenalty: option('spikePenalty', {
    type: number(0, 1000),
    default: byTask(0.1, 0.03),
    flag: '--spike-penalty <weight>',
    help: 'loss per spike per neuron, mean over layers',
  }),
  // A microphone may be near or far, its word anywhere in the window, and noise nearly as loud.
  shiftMs: option('augmentation.shiftMs', {
    type: number(0, 500),
    default: byTask(100, 0),
    flag: '--shift <ms>',
    help: 'largest time shift either way, milliseconds',
    defaultText: '100; live tasks: words lie anywhere',
  }),
  gainDb: option('augmentation.gainDb', {
    type: number(0, 40),
    default: byTask(6, 15),
    flag: '--gain <dB>',
    help: 'largest gain either way, decibels',
  }),
  noise: option('augmentation.noise', {
    type: number(0, 1),
    default: byTask(0.7, 0.9),
    flag: '--noise <share>',
    help: 'share of clips with background noise, at 5 to 30 dB SNR, in live tasks at 0 to 25',
  }),
  snrDb: option('augmentation.snrDb', { type: interval(-20, 100), default: byTask([5, 30], [0, 25]) }),
  masks: option('augmentation.masks', {
    type: whole(0, 10),
    default: 0,
    flag: '--masks <n>',
    help: 'masks of up to 6 frames, and as many of 1 coefficient, a clip',
  }),
  maskFrames: option('augmentation.maskFrames', { type: whole(0, CLIP_FRAMES), default: 6 }),
  maskCoefficients: option('augmentation.maskCoefficients', { type: whole(0, COEFFICIENTS), default: 1 }),
  wordInside: option('augmentation.live.wordInside', { type: number(0.1, 1), default: 0.9 }),
  pieceInside: option('augmentation.live.pieceInside', { type: interval(0, 1), default: [0.15, 0.4] }),
  pieces: option('augmentation.live.pieces', { type: number(0, 1), default: 0.2 }),
  joined: option('augmentation.live.joined', { type: number(0, 1), default: 0.3 }),
  neighbour: option('augmentation.live.neighbour', { type: number(0, 1), default: 0.2 }),
  speed: option('augmentation.live.speed', { type: number(0, 0.5), default: 0.1 }),
  silenceDb: option('augmentation.live.silenceDb', { type: interval(-100, 0), default: [-70, -10] }),
} as const;

export type OptionName = keyof typeof TRAINING_OPTIONS;

/** The value of an option, by its name. */
export type OptionValue<N extends OptionName> =
  (typeof TRAINING_OPTIONS)[N] extends TrainingOption<infer T> ? T : never;

/** All of a configuration but the shape of its network is an option: the compiler says which is not. */
type Shape = `network.${'dimensions' | 'padding' | 'classes' | 'stages' | `stem.${string}`}`;
type NotAnOption = Exclude<
  PathIn<TrainingConfig>,
  (typeof TRAINING_OPTIONS)[OptionName]['path'] | Shape | `from.${string}`
>;
[] as NotAnOption[] satisfies never[];

/** [name, option] in the order of `config.json`. */
export const trainingOptions = Object.entries(TRAINING_OPTIONS) as readonly (readonly [OptionName, TrainingOption])[];

/** Whether an option is there only when a network is trained to listen. */
export const isLive = ({ path }: TrainingOption): boolean => path.startsWith('augmentation.live.');

/** The default of an option; undefined where it has none. */
export function defaultOf(option: TrainingOption, choice: DefaultFor): unknown {
  return typeof option.default === 'function' ? option.default(choice) : option.default;
}

/** Whether what suits a training on clips is not what suits one that listens. */
export function dependsOnTask(option: TrainingOption): boolean {
  const of = (live: boolean): string => JSON.stringify(defaultOf(option, { preset: 'small', live }) ?? null);
  return isLive(option) || of(false) !== of(true);
}

/** An option's default as the help says it: `tiny 60, small 60, …` or `6; live tasks: 15`. */
export function defaultText(option: TrainingOption): string {
  const of = (preset: PresetName, live: boolean): string => {
    const value = defaultOf(option, { preset, live });
    if (typeof value === 'boolean') return value ? 'on' : 'off';
    return Array.isArray(value) ? value.join(' to ') : `${value}`;
  };
  const [first, ...others] = PRESET_NAMES.map((name) => of(name, false));
  const live = of('small', true);
  const values = others.every((value) => value === first)
    ? `${first}${live === of('small', false) ? '' : `; live tasks: ${live}`}`
    : PRESET_NAMES.map((name) => `${name} ${of(name, false)}`).join(', ');
  return `${option.defaultText ?? values}${option.defaultNote ?? ''}`;
}
