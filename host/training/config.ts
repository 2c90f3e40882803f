import { CLIP_FRAMES } from '../core/audio/index.js';
import { NetworkError } from '../core/error.js';
import { COEFFICIENTS } from '../core/features/index.js';
import { checkSpec, type NetworkSpec } from '../core/network/index.js';
import type { AugmentationSettings, OptimizerSettings, ScheduleSettings } from '../core/training/index.js';
import { TrainingConfigError } from '../system/index.js';

/** A network that a training begins with instead of random weights. */
export interface Beginning {
  /** Path of its checkpoint, the home folder written as `~`. */
  readonly file: string;
  /** Of the checkpoint, hexadecimal: the weights that come of it depend on every bit. */
  readonly sha256: string;
}

/**
 * Everything that decides the weights, plain data: the same configuration over the same recordings gives the same
 * checkpoints, byte for byte, on any number of threads.
 */
export interface TrainingConfig {
  /** The folder of recordings as it was given, the home folder written as `~`. */
  readonly data: string;
  /** Whether recordings at other sample rates are resampled instead of refused. */
  readonly resample: boolean;
  /** `gsc-17`, … or a list of words: see `resolveTask`. */
  readonly task: string;
  readonly network: NetworkSpec;
  /** The network to begin with, of the same shape and labels; without one, the weights are random. */
  readonly from?: Beginning;
  readonly seed: number;
  readonly epochs: number;
  /** Clips per step; what remains of an epoch's shuffled clips after the last whole batch is left out. */
  readonly batchSize: number;
  readonly optimizer: OptimizerSettings;
  readonly schedule: ScheduleSettings;
  /** Share of the target probability that is spread over all classes, [0, 1). */
  readonly labelSmoothing: number;
  /** Added to the loss for every spike per neuron, unweighted mean over the layers. */
  readonly spikePenalty: number;
  readonly augmentation: AugmentationSettings;
}

/** [lowest, highest, whole number?] per numeric field: the bounds are inclusive. */
type RangeOf = readonly [low: number, high: number, whole?: 'whole'];
const RANGES: Readonly<Record<string, RangeOf>> = {
  seed: [0, 2 ** 32 - 1, 'whole'],
  epochs: [1, 10_000, 'whole'],
  batchSize: [2, 4096, 'whole'],
  labelSmoothing: [0, 0.9],
  spikePenalty: [0, 1000],
  'optimizer.weightDecay': [0, 10],
  'optimizer.momentum': [0, 0.9999],
  'optimizer.beta1': [0, 0.9999],
  'optimizer.beta2': [0, 0.99999],
  'optimizer.epsilon': [1e-12, 1],
  'optimizer.gradientClip': [0, 1e6],
  'schedule.learningRate': [1e-8, 10],
  'schedule.warmupEpochs': [0, 1000],
  'schedule.factor': [1e-6, 1],
  'augmentation.shiftMs': [0, 500],
  'augmentation.gainDb': [0, 40],
  'augmentation.noise': [0, 1],
  'augmentation.masks': [0, 10, 'whole'],
  'augmentation.maskFrames': [0, 49, 'whole'],
  'augmentation.maskCoefficients': [0, 10, 'whole'],
};

/** The same for the windows of a stream, where there are any. */
const LIVE_RANGES: Readonly<Record<string, RangeOf>> = {
  'augmentation.live.wordInside': [0.1, 1],
  'augmentation.live.pieces': [0, 1],
  'augmentation.live.joined': [0, 1],
  'augmentation.live.neighbour': [0, 1],
  'augmentation.live.speed': [0, 0.5],
};

function fieldAt(config: unknown, path: string): unknown {
  let value: unknown = config;
  for (const key of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[key];
  return value;
}

function fail(path: string, value: unknown, expected: string): never {
  throw new TrainingConfigError(`training: ${path} is ${JSON.stringify(value)}, expected ${expected}`);
}

function checkChoice(config: unknown, path: string, choices: readonly string[]): void {
  const value = fieldAt(config, path);
  if (!choices.includes(value as string)) fail(path, value, choices.join(' or '));
}

function checkInterval(config: unknown, path: string, least: number, most: number): void {
  const value = fieldAt(config, path);
  if (!Array.isArray(value) || value.length !== 2 || !(value[0] >= least && value[0] <= value[1] && value[1] <= most)) {
    fail(path, value, `two ascending numbers from ${least} to ${most}`);
  }
}

function checkNetwork(network: unknown): void {
  try {
    checkSpec(network);
  } catch (cause) {
    if (!(cause instanceof NetworkError)) throw cause;
    throw new TrainingConfigError(`training: ${cause.message}`, { cause });
  }
  const { frames, coefficients } = (network as NetworkSpec).input;
  if (frames !== CLIP_FRAMES && frames !== CLIP_FRAMES - 1) {
    fail('network.input.frames', frames, `${CLIP_FRAMES}, or ${CLIP_FRAMES - 1} without the last`);
  }
  if (coefficients !== COEFFICIENTS) fail('network.input.coefficients', coefficients, `${COEFFICIENTS}`);
}

/** Checks a configuration from outside and returns it typed; throws `TrainingConfigError` naming the field. */
export function checkConfig(value: unknown): TrainingConfig {
  if (typeof value !== 'object' || value === null) fail('the configuration', value, 'an object');
  const live = fieldAt(value, 'augmentation.live') !== undefined;
  for (const [path, [low, high, whole]] of Object.entries<RangeOf>({ ...RANGES, ...(live ? LIVE_RANGES : {}) })) {
    const number = fieldAt(value, path);
    if (typeof number !== 'number' || !(number >= low && number <= high) || (whole && !Number.isInteger(number))) {
      fail(path, number, `a ${whole ? 'whole ' : ''}number from ${low} to ${high}`);
    }
  }
  for (const path of ['data', 'task']) {
    const text = fieldAt(value, path);
    if (typeof text !== 'string' || text === '') fail(path, text, 'a text');
  }
  if (fieldAt(value, 'from') !== undefined) {
    for (const [path, form] of Object.entries({ 'from.file': /./, 'from.sha256': /^[0-9a-f]{64}$/ })) {
      const text = fieldAt(value, path);
      if (typeof text !== 'string' || !form.test(text)) fail(path, text, 'a checkpoint and its SHA-256');
    }
  }
  if (typeof fieldAt(value, 'resample') !== 'boolean') fail('resample', fieldAt(value, 'resample'), 'true or false');
  checkChoice(value, 'optimizer.kind', ['adamw', 'sgd']);
  checkChoice(value, 'schedule.kind', ['cosine', 'step']);
  const config = value as TrainingConfig;
  checkNetwork(config.network);

  const { milestones } = config.schedule;
  const ascending = (n: number, k: number): boolean => n > 0 && n < 1 && (k === 0 || n > milestones[k - 1]);
  if (!Array.isArray(milestones) || !milestones.every(ascending)) {
    fail('schedule.milestones', milestones, 'ascending fractions of the run, each above 0 and below 1');
  }
  checkInterval(config, 'augmentation.snrDb', -20, 100);
  if (live) {
    checkInterval(config, 'augmentation.live.pieceInside', 0, 1);
    checkInterval(config, 'augmentation.live.silenceDb', -100, 0);
  }
  return config;
}
