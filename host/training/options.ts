import { CLIP_FRAMES } from '../core/audio/index.js';
import { COEFFICIENTS } from '../core/features/index.js';
import {
  MOST_BANDS,
  MOST_FRAMES,
  MOST_SURROGATE_SLOPE,
  MOST_TIMESTEPS,
  NEURON_KINDS,
  PRESET_NAMES,
  type PresetName,
} from '../core/network/index.js';
import type { Task } from '../dataset/index.js';
import type { TrainingConfig } from './config.js';
import {
  above0,
  choice,
  FRACTIONS,
  interval,
  number,
  type OptionType,
  TEXT,
  TEXTS,
  whole,
  YES_OR_NO,
} from './option-types.js';

/** Everything that the default of an option may depend on. */
export interface DefaultFor {
  readonly preset: PresetName;
  /** Whether the network will listen to a stream. */
  readonly live: boolean;
  /** Whether the examples are pictures, which have no sound to change. */
  readonly pictures: boolean;
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

/** One setting of a training: in its configuration and, if it has a flag, on the command line. */
export interface TrainingOption<T = unknown> {
  /** The dotted path of the value in `config.json`. */
  readonly path: string;
  readonly type: OptionType<T>;
  /** Without a default, the option must be given, or it comes with the network of the preset. */
  readonly default?: T | ((choice: DefaultFor) => T);
  /** Without a flag, the option can only be set in a configuration file. */
  readonly flag?: string;
  /** The text in the help, without range and default. */
  readonly help?: string;
  /** The default in the help, instead of its values. */
  readonly defaultText?: string;
  /** Text after the default in the help. */
  readonly defaultNote?: string;
  /** Whether a configuration may lack the value. */
  readonly optional?: true;
  /** Whether the option may be given for a resumed run, because it does not decide the weights. */
  readonly resumable?: boolean;
}

/**
 * Returns an option. The compiler checks that its path is in a configuration and that its type is that of the value.
 */
function option<P extends PathIn<TrainingConfig>, T extends At<TrainingConfig, P>>(
  path: P,
  settings: Omit<TrainingOption<T>, 'path'>,
): TrainingOption<T> & { readonly path: P } {
  return { path, ...settings };
}

const byTask =
  <T>(clips: T, live: T, pictures = clips) =>
  (choice: DefaultFor): T =>
    choice.live ? live : choice.pictures ? pictures : clips;

const byPreset =
  <T>(values: Readonly<Record<PresetName, T>>) =>
  (choice: DefaultFor): T =>
    values[choice.preset];

/** Presets with the recipe of the paper, in which everything is off that the paper does not name. */
const RECIPES: readonly PresetName[] = ['paper', 'cifar-resnet-18', 'cifar-vgg-16'];

const byRecipe =
  <T>(own: T | ((choice: DefaultFor) => T), recipe: T) =>
  (choice: DefaultFor): T => {
    if (RECIPES.includes(choice.preset)) return recipe;
    return typeof own === 'function' ? (own as (choice: DefaultFor) => T)(choice) : own;
  };

/** 0.08, times 0.9 every 30 of 900 epochs; `paper`: 10⁻³, times 0.1 every 20 of 80. */
const PICTURE_MILESTONES = Array.from({ length: 29 }, (_, k) => (k + 1) / 30);

/** Learning rate that replaces that of a preset when SGD with momentum is chosen. */
export const SGD_LEARNING_RATE = 0.1;

/** How much is learned from a teacher, unless it is said. */
export const DISTILLATION = { weight: 0.5, temperature: 2 } as const;

/**
 * Every option of a training by its name in `configureTraining`, in the order of `config.json`. An option that is added
 * here is checked, has its flag and its line in the help, gets its default, and can be changed with `--config`.
 */
export const TRAINING_OPTIONS = {
  data: option('data', {
    type: TEXT,
    flag: '--data <folder>',
    help: 'recordings, laid out like Speech Commands: WORD/SPEAKER_nohash_N.wav; for pictures the binary files of CIFAR',
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
    help: 'gsc-17, gsc-12, gsc-35, or words such as yes,no,_unknown_,_silence_; to listen to a stream (live tasks): commands, or live:yes,no, or live:yes,no+on,off with classes for two of the other words; of pictures: cifar-10, cifar-100',
    defaultText: 'gsc-17 if the folder has its words, otherwise the words of the folder',
  }),
  ambient: option('ambient', {
    type: TEXTS,
    flag: '--ambient <folder>',
    help: 'other sound, training/KIND/SOURCE/FILE.wav with the kinds speech, words, music and noise; may be repeated; only for tasks that listen',
    defaultText: 'none',
    optional: true,
    resumable: true,
  }),
  mistakes: option('mistakes', {
    type: TEXTS,
    flag: '--mistakes <folder>',
    help: 'sounds that `listen --keep` has kept and `review` has sorted: false accepts are further _unknown_, and words further clips; may be repeated',
    defaultText: 'none',
    optional: true,
    resumable: true,
  }),
  mistakesWeight: option('mistakesWeight', {
    type: above0(2),
    default: 0.25,
    flag: '--mistakes-weight <share>',
    help: 'with --mistakes: examples of false accepts, and as many of words, as a share of the number of words; each sound is used 1 to 20 times an epoch',
    optional: true,
  }),
  share: option('share', {
    type: above0(1),
    flag: '--share <share>',
    help: 'share of the training clips of each class that is used, drawn by the seed',
    defaultText: '1',
    optional: true,
  }),
  frames: option('network.input.frames', { type: whole(1, MOST_FRAMES) }),
  coefficients: option('network.input.coefficients', { type: whole(1, MOST_BANDS) }),
  neuron: option('network.neuron', {
    type: choice(NEURON_KINDS),
    flag: '--neuron <kind>',
    help: 'kind of neuron',
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
    help: 'α in the gradient of a spike, α·σ′(α(H − Vth))',
    defaultText: '2',
  }),
  bestOn: option('bestOn', {
    type: choice(['streams', 'windows']),
    default: 'streams',
    flag: '--best-on <sound>',
    help: 'live tasks: keep the epoch that misses least in validation streams, or that is most accurate on windows of clips',
    optional: true,
  }),
  distillation: option('teacher.weight', {
    type: above0(1),
    flag: '--distillation <alpha>',
    help: 'with --teacher: its share of the loss, α in (1 − α) · cross-entropy + α · T² · KL(teacher ‖ network)',
    defaultText: `${DISTILLATION.weight}`,
    optional: true,
  }),
  temperature: option('teacher.temperature', {
    type: number(0.1, 100),
    flag: '--distillation-temperature <T>',
    help: 'with --teacher: both networks are compared by softmax(logits / T)',
    defaultText: `${DISTILLATION.temperature}`,
    optional: true,
  }),
  seed: option('seed', {
    type: whole(0, 2 ** 32 - 1),
    default: 1,
    flag: '--seed <n>',
    help: 'random seed; the same seed gives the same weights',
  }),
  epochs: option('epochs', {
    type: whole(1, 10_000),
    default: byPreset({
      tiny: 60,
      small: 60,
      base: 60,
      'listen-small': 60,
      listen: 60,
      reference: 40,
      paper: 80,
      'cifar-resnet-18': 900,
      'cifar-vgg-16': 900,
    }),
    flag: '--epochs <n>',
    help: 'passes over the training clips',
  }),
  batchSize: option('batchSize', {
    type: whole(2, 4096),
    // `tiny` is for small datasets: with small batches, few clips still give enough steps.
    default: byPreset({
      tiny: 32,
      small: 128,
      base: 128,
      'listen-small': 128,
      listen: 128,
      reference: 64,
      paper: 64,
      'cifar-resnet-18': 128,
      'cifar-vgg-16': 128,
    }),
    flag: '--batch <clips>',
    help: 'clips per step',
    defaultNote: ', or all training clips if there are fewer',
  }),
  optimizer: option('optimizer.kind', {
    type: choice(['adamw', 'sgd']),
    default: byRecipe<'adamw' | 'sgd'>('adamw', 'sgd'),
    flag: '--optimizer <kind>',
    help: 'optimiser; sgd has momentum 0.9',
  }),
  weightDecay: option('optimizer.weightDecay', {
    type: number(0, 10),
    default: byRecipe(0.02, 5e-4),
    flag: '--weight-decay <rate>',
    help: 'weight decay of convolutions and classifier, per unit of learning rate',
  }),
  momentum: option('optimizer.momentum', { type: number(0, 0.9999), default: 0.9 }),
  beta1: option('optimizer.beta1', { type: number(0, 0.9999), default: 0.9 }),
  beta2: option('optimizer.beta2', { type: number(0, 0.99999), default: 0.999 }),
  epsilon: option('optimizer.epsilon', { type: number(1e-12, 1), default: 1e-8 }),
  gradientClip: option('optimizer.gradientClip', {
    type: number(0, 1e6),
    default: byRecipe(5, 0),
    flag: '--clip <norm>',
    help: 'largest norm of the whole gradient; 0: no limit',
  }),
  schedule: option('schedule.kind', {
    type: choice(['cosine', 'step']),
    default: byRecipe<'cosine' | 'step'>('cosine', 'step'),
    flag: '--schedule <kind>',
    help: 'how the learning rate falls; step: divided by 10 at 1/2, 3/4 and 9/10 of the run, and in presets of the paper as the paper says',
  }),
  learningRate: option('schedule.learningRate', {
    type: number(1e-8, 10),
    default: byPreset({
      tiny: 1e-2,
      small: 1.5e-2,
      base: 1.5e-2,
      'listen-small': 1.5e-2,
      listen: 1.5e-2,
      reference: 2e-3,
      paper: 1e-3,
      'cifar-resnet-18': 0.08,
      'cifar-vgg-16': 0.08,
    }),
    flag: '--lr <rate>',
    help: 'highest learning rate',
    defaultNote: `; sgd ${SGD_LEARNING_RATE}`,
  }),
  warmupEpochs: option('schedule.warmupEpochs', {
    type: number(0, 1000),
    default: byRecipe(2, 0),
    flag: '--warmup <epochs>',
    help: 'epochs of linear warm-up, at most half of the run',
  }),
  milestones: option('schedule.milestones', {
    type: FRACTIONS,
    default: ({ preset }) => {
      if (preset === 'paper') return [0.25, 0.5, 0.75];
      return RECIPES.includes(preset) ? PICTURE_MILESTONES : [0.5, 0.75, 0.9];
    },
    defaultText: '0.5, 0.75, 0.9; paper 0.25, 0.5, 0.75; cifar-resnet-18 and cifar-vgg-16 every 1/30',
  }),
  factor: option('schedule.factor', {
    type: number(1e-6, 1),
    default: ({ preset }) => (preset.startsWith('cifar-') ? 0.9 : 0.1),
  }),
  // A network that listens must not only recognise its words: its scores must also stay low for words that it does not
  // know. Smoothed labels teach it not to be sure, which makes the scores of known and unknown words more alike. A
  // lower spike penalty allows more spikes, which help more than they cost.
  labelSmoothing: option('labelSmoothing', {
    type: number(0, 0.9),
    default: byRecipe(byTask(0.1, 0), 0),
    flag: '--label-smoothing <share>',
    help: 'share of the target probability that is spread over all classes',
  }),
  spikePenalty: option('spikePenalty', {
    type: number(0, 1000),
    default: byRecipe(byTask(0.1, 0.03), 0),
    flag: '--spike-penalty <weight>',
    help: 'loss added per spike per neuron, averaged over the layers',
  }),
  // For a live task, the speaker may be near or far, the word may be anywhere in the window, and noise may be nearly as
  // loud as the word.
  shiftMs: option('augmentation.shiftMs', {
    type: number(0, 500),
    default: byTask(100, 0, 0),
    flag: '--shift <ms>',
    help: 'largest time shift, earlier or later, in milliseconds',
    defaultText: '100; live tasks: words are placed anywhere in the window',
  }),
  gainDb: option('augmentation.gainDb', {
    type: number(0, 40),
    default: byTask(6, 15, 0),
    flag: '--gain <dB>',
    help: 'largest change of the level, up or down, in decibels',
  }),
  noise: option('augmentation.noise', {
    type: number(0, 1),
    default: byTask(0.7, 0.9, 0),
    flag: '--noise <share>',
    help: 'share of clips that get background noise',
  }),
  snrDb: option('augmentation.snrDb', {
    type: interval(-20, 100),
    default: byTask([5, 30], [0, 30]),
    flag: '--snr <low,high>',
    help: 'signal-to-noise ratio, in decibels, between these',
  }),
  speed: option('augmentation.speed', {
    type: interval(0.5, 2),
    default: byTask([1, 1], [0.8, 1.25]),
    flag: '--speed <low,high>',
    help: 'words are played at a speed between these, which also moves their pitch',
    optional: true,
  }),
  redraw: option('augmentation.redraw', {
    type: whole(1, 10),
    flag: '--redraw <epochs>',
    help: 'draw the changes of a clip again only after this many epochs, which takes less time',
    default: 1,
    optional: true,
  }),
  masks: option('augmentation.masks', {
    type: whole(0, 10),
    default: 0,
    flag: '--masks <n>',
    help: 'time masks per clip, each of up to 6 frames, and the same number of frequency masks, each of 1 coefficient',
  }),
  maskFrames: option('augmentation.maskFrames', { type: whole(0, CLIP_FRAMES), default: 6 }),
  maskCoefficients: option('augmentation.maskCoefficients', { type: whole(0, COEFFICIENTS), default: 1 }),
  crop: option('augmentation.pictures.crop', {
    type: above0(1),
    default: 0.25,
    flag: '--crop <share>',
    help: 'tasks of pictures: the least share of a picture that is cut out and stretched to its size',
  }),
  flip: option('augmentation.pictures.flip', {
    type: number(0, 1),
    default: 0.5,
    flag: '--flip <share>',
    help: 'tasks of pictures: share of the pictures that are mirrored',
  }),
  mixup: option('augmentation.pictures.mixup', {
    type: number(0, 1),
    default: 1,
    flag: '--mixup <share>',
    help: 'tasks of pictures, with --engine torch: share of the steps whose pictures are mixed in pairs, with shares that are uniform',
  }),
  wordInside: option('augmentation.live.wordInside', { type: number(0.1, 1), default: 0.9 }),
  leadMs: option('augmentation.live.leadMs', {
    type: number(0, 2000),
    flag: '--lead <ms>',
    help: 'live tasks: words of the task begin at least so long after the beginning of their window',
    defaultText: 'anywhere',
    optional: true,
  }),
  tailMs: option('augmentation.live.tailMs', {
    type: number(0, 2000),
    flag: '--tail <ms>',
    help: 'live tasks: words of the task end at least so long before the end of their window',
    defaultText: 'anywhere',
    optional: true,
  }),
  pieceInside: option('augmentation.live.pieceInside', { type: interval(0, 1), default: [0.15, 0.4] }),
  pieces: option('augmentation.live.pieces', { type: number(0, 1), default: 0.2 }),
  joined: option('augmentation.live.joined', { type: number(0, 1), default: 0.3 }),
  neighbour: option('augmentation.live.neighbour', { type: number(0, 1), default: 0.2 }),
  silenceDb: option('augmentation.live.silenceDb', { type: interval(-100, 0), default: [-70, -10] }),
  ambientSpeech: option('augmentation.live.ambientSpeech', {
    type: number(0, 2),
    default: 0.25,
    flag: '--ambient-speech <share>',
    help: 'with --ambient: windows of speech, as a share of the number of words',
  }),
  ambientWords: option('augmentation.live.ambientWords', {
    type: number(0, 2),
    default: 0.25,
    flag: '--ambient-words <share>',
    help: 'with --ambient: windows with another word, as a share of the number of words',
  }),
  ambientSilence: option('augmentation.live.ambientSilence', {
    type: number(0, 2),
    default: 0.1,
    flag: '--ambient-silence <share>',
    help: 'with --ambient: windows of music and noise, as a share of the number of words',
  }),
  ambientNoise: option('augmentation.live.ambientNoise', {
    type: number(0, 1),
    default: 0.5,
    flag: '--ambient-noise <share>',
    help: 'with --ambient: share of the noise behind words that is music and noise from there',
  }),
  rooms: option('augmentation.live.rooms', {
    type: number(0, 1),
    default: 0.3,
    flag: '--rooms <share>',
    help: 'live tasks: share of the windows with speech that are heard in a room',
  }),
  bandLimit: option('augmentation.live.bandLimit', {
    type: number(0, 1),
    default: 0.2,
    flag: '--band-limit <share>',
    help: 'live tasks: share of the windows that lose low or high tones, as in a cheap microphone',
  }),
  reversed: option('augmentation.live.reversed', {
    type: number(0, 1),
    default: 0.1,
    flag: '--reversed <share>',
    help: 'live tasks: share of the other words that are played backwards',
  }),
} as const;

export type OptionName = keyof typeof TRAINING_OPTIONS;

/** The type of the value of an option, by the name of the option. */
export type OptionValue<N extends OptionName> =
  (typeof TRAINING_OPTIONS)[N] extends TrainingOption<infer T> ? T : never;

/** All of a configuration but the shape of its network is an option: the compiler says which is not. */
type Shape = `network.${'dimensions' | 'padding' | 'classes' | 'stages' | 'input.channels' | `stem.${string}`}`;
type NotAnOption = Exclude<
  PathIn<TrainingConfig>,
  (typeof TRAINING_OPTIONS)[OptionName]['path'] | Shape | `from.${string}` | 'teacher.file' | 'teacher.sha256'
>;
[] as NotAnOption[] satisfies never[];

/** All options as [name, option], in the order of `config.json`. */
export const trainingOptions = Object.entries(TRAINING_OPTIONS) as readonly (readonly [OptionName, TrainingOption])[];

/** Whether an option exists only for networks that listen. */
export const isLive = ({ path }: TrainingOption): boolean => path === 'bestOn' || path.startsWith('augmentation.live.');

/** Whether an option exists only for tasks of pictures. */
export const isForPictures = ({ path }: TrainingOption): boolean => path.startsWith('augmentation.pictures.');

/** The kind of a task, on which options and their defaults depend. */
export const kindOf = ({ live, pictures }: Task): Omit<DefaultFor, 'preset'> => ({
  live: live === true,
  pictures: pictures === true,
});

/** Whether an option exists for a kind of task. */
export const existsFor = (option: TrainingOption, { live, pictures }: Omit<DefaultFor, 'preset'>): boolean =>
  (live || !isLive(option)) && (pictures || !isForPictures(option));

/** Returns the default of an option; undefined if it has none. */
export function defaultOf(option: TrainingOption, choice: DefaultFor): unknown {
  return typeof option.default === 'function' ? option.default(choice) : option.default;
}

/** Whether an option has different defaults for clips, for networks that listen, and for pictures. */
export function dependsOnTask(option: TrainingOption): boolean {
  const of = (live: boolean, pictures: boolean): string =>
    JSON.stringify(defaultOf(option, { preset: 'small', live, pictures }) ?? null);
  const clips = of(false, false);
  return isLive(option) || isForPictures(option) || of(true, false) !== clips || of(false, true) !== clips;
}

/**
 * Returns the default of an option as it is in the help, that of `small` first: `60; reference: 40; paper: 80` or
 * `6; live tasks: 15`.
 */
export function defaultText(option: TrainingOption): string {
  const of = (preset: PresetName, kind: Partial<DefaultFor> = {}): string => {
    const value = defaultOf(option, { preset, live: false, pictures: false, ...kind });
    if (typeof value === 'boolean') return value ? 'on' : 'off';
    return Array.isArray(value) ? value.join(' to ') : `${value}`;
  };
  const usual = of('small');
  const others = [...new Set(PRESET_NAMES.map((name) => of(name)))].filter((value) => value !== usual);
  const exceptions = others.map((value): [string, string] => [
    PRESET_NAMES.filter((name) => of(name) === value).join(', '),
    value,
  ]);
  exceptions.push(['live tasks', of('small', { live: true })]);
  if (!isLive(option)) exceptions.push(['pictures', of('small', { pictures: true })]);
  const rest = exceptions.filter(([, value]) => value !== usual).map(([whom, value]) => `; ${whom}: ${value}`);
  return `${option.defaultText ?? usual + rest.join('')}${option.defaultNote ?? ''}`;
}
