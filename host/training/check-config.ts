import { NetworkError } from '../core/error.js';
import { COEFFICIENTS } from '../core/features/index.js';
import { checkSpec } from '../core/network/index.js';
import { augments } from '../core/training/index.js';
import { COLOURS, pictureTask, SIDE } from '../pictures/index.js';
import { TrainingConfigError } from '../system/index.js';
import type { TrainingConfig } from './config.js';
import { valueAt } from './config-path.js';
import { existsFor, trainingOptions } from './options.js';

/** Settings that only tasks that listen have: the path of each, what it is, and its flag. */
const ONLY_LISTENING = [
  ['ambient', 'ambient sound is', '--ambient'],
  ['bestOn', 'what an epoch is best on is', '--best-on'],
] as const;

/** What checkpoints of a configuration are, by path. */
const CHECKPOINT_FIELDS = {
  'from.file': /./,
  'from.sha256': /^[0-9a-f]{64}$/,
  'teacher.file': /./,
  'teacher.sha256': /^[0-9a-f]{64}$/,
} as const;

function fail(path: string, value: unknown, expected: string): never {
  const what = value === undefined ? 'missing' : JSON.stringify(value);
  throw new TrainingConfigError(`training: ${path} is ${what}, expected ${expected}`);
}

/** Refuses keys of a configuration that are not options. The keys of the network are checked with the network. */
function checkKeys(part: object, path: string, known: readonly string[]): void {
  for (const [key, value] of Object.entries(part)) {
    const place = `${path}${key}`;
    if (known.includes(place) || place === 'network') continue;
    const inside = known.filter((option) => option.startsWith(`${place}.`));
    if (inside.length === 0) {
      const siblings = known.filter((option) => option.startsWith(path)).map((option) => option.slice(path.length));
      const names = [...new Set(siblings.map((option) => option.split('.')[0]))].join(', ');
      const whole = path === '' ? 'it' : path.slice(0, -1);
      throw new TrainingConfigError(`training: ${place} is not a known field; ${whole} may have ${names}`);
    }
    if (typeof value !== 'object' || value === null) fail(place, value, 'an object');
    checkKeys(value, `${place}.`, inside);
  }
}

function checkNetwork(network: unknown): void {
  try {
    checkSpec(network);
  } catch (cause) {
    if (!(cause instanceof NetworkError)) throw cause;
    throw new TrainingConfigError(`training: ${cause.message}`, { cause });
  }
}

/** Checks that the network reads the examples of the task, and that nothing is for examples of another kind. */
function checkInput({ network, augmentation, task, mistakes }: TrainingConfig, pictures: boolean): void {
  const { frames, coefficients, channels } = network.input;
  if (pictures) {
    if (frames !== SIDE || coefficients !== SIDE || channels !== COLOURS) {
      fail('network.input', network.input, `${SIDE} × ${SIDE} in ${COLOURS} channels for ${task}: a preset cifar-…`);
    }
    if (augments({ ...augmentation, live: undefined }) || mistakes !== undefined) {
      const flags = '--shift, --gain, --noise, --speed, --masks and --mistakes';
      throw new TrainingConfigError(`training: ${task} is of pictures; leave out what changes sound: ${flags}`);
    }
    return;
  }
  if (coefficients !== COEFFICIENTS) fail('network.input.coefficients', coefficients, `${COEFFICIENTS}`);
  if (channels !== undefined) fail('network.input.channels', channels, `nothing for ${task}, which is of recordings`);
  if (augmentation.pictures !== undefined) {
    throw new TrainingConfigError(
      `training: augmentation.pictures is only for tasks of pictures; ${task} is for clips`,
    );
  }
}

/** Checks a configuration and returns it with its type. Throws `TrainingConfigError` naming the field. */
export function checkConfig(value: unknown): TrainingConfig {
  if (typeof value !== 'object' || value === null) fail('the configuration', value, 'an object');
  checkKeys(value, '', [...trainingOptions.map(([, { path }]) => path), ...Object.keys(CHECKPOINT_FIELDS)]);
  checkNetwork(valueAt(value, 'network'));
  const live = valueAt(value, 'augmentation.live') !== undefined;
  const pictures = pictureTask(`${valueAt(value, 'task')}`) !== undefined;
  for (const [, option] of trainingOptions) {
    const found = valueAt(value, option.path);
    const wanted = existsFor(option, { live, pictures }) && !(option.optional && found === undefined);
    if (wanted && !option.type.accepts(found)) fail(option.path, found, option.type.expected);
  }
  for (const [path, what, flag] of ONLY_LISTENING) {
    if (live || valueAt(value, path) === undefined) continue;
    throw new TrainingConfigError(
      `training: ${what} only for tasks that listen, commands and live:WORDS; leave out ${path} (${flag})`,
    );
  }
  checkInput(value as TrainingConfig, pictures);
  const teacher = valueAt(value, 'teacher');
  if (teacher !== undefined && valueAt(teacher, 'file') === undefined) {
    throw new TrainingConfigError('training: how much is learned from a teacher is given, but no teacher (--teacher)');
  }
  for (const [path, form] of Object.entries(CHECKPOINT_FIELDS)) {
    if (valueAt(value, path.split('.')[0]) === undefined) continue;
    const text = valueAt(value, path);
    if (typeof text !== 'string' || !form.test(text)) fail(path, text, 'a checkpoint and its SHA-256');
  }
  for (const path of ['teacher.weight', 'teacher.temperature']) {
    if (teacher !== undefined && valueAt(value, path) === undefined) fail(path, undefined, 'a number');
  }
  return value as TrainingConfig;
}
