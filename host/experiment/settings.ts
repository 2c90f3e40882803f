import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../core/error.js';
import { MOST_TIMESTEPS, NEURON_KINDS, type NeuronKind, PRESET_NAMES } from '../core/network/index.js';
import { FEWEST_WEIGHT_BITS, WEIGHT_BITS } from '../core/quantization/index.js';
import { abbreviateHome, RunError, writeFileAtomically } from '../system/index.js';

/** What an ablation compares, and the budget that all of its trainings have. */
export interface AblationSettings {
  /** The folder of recordings, the home folder written as `~`. */
  readonly data: string;
  readonly task: string;
  /** The preset whose layers all networks have. */
  readonly preset: string;
  readonly neurons: readonly NeuronKind[];
  /** The first is the one at which widths and bits are compared. */
  readonly timesteps: readonly number[];
  /** Factors of the channels of the preset; the first is the one at which all else is compared. */
  readonly widths: readonly number[];
  /** Bits of the weights; the first is the one at which all else is compared. */
  readonly bits: readonly number[];
  /** Timesteps of spiking networks that are converted from those of `relu`. */
  readonly conversions: readonly number[];
  readonly seeds: readonly number[];
  readonly epochs: number;
  /** Share of the training clips, above 0 and at most 1. */
  readonly share: number;
  readonly batchSize: number;
}

/** The experiment of the paper's tables, as far as it does not depend on the recordings. */
export const ABLATION_DEFAULTS: Omit<AblationSettings, 'data'> = {
  task: 'gsc-17',
  preset: 'small',
  neurons: ['relu', 'if', 'atif-u', 'atif-nu'],
  timesteps: [4, 1, 2, 8],
  widths: [1, 0.5, 0.75, 1.5],
  bits: [8, 6, 4],
  conversions: [4, 8, 16, 32],
  seeds: [1, 2, 3],
  epochs: 15,
  share: 0.1,
  batchSize: 64,
};

const whole =
  (low: number, high: number) =>
  (value: unknown): boolean =>
    Number.isInteger(value) && (value as number) >= low && (value as number) <= high;
const above0 =
  (high: number) =>
  (value: unknown): boolean =>
    typeof value === 'number' && value > 0 && value <= high;
const text = (value: unknown): boolean => typeof value === 'string' && value !== '';

/** Each setting: what its value, or each of its values, must be. Lists may be empty only where `empty` says so. */
const CHECKS: {
  readonly [K in keyof AblationSettings]: { accepts(value: unknown): boolean; expected: string; empty?: true };
} = {
  data: { accepts: text, expected: 'a folder' },
  task: { accepts: text, expected: 'a task' },
  preset: { accepts: (value) => PRESET_NAMES.includes(value as never), expected: PRESET_NAMES.join(', ') },
  neurons: { accepts: (value) => NEURON_KINDS.includes(value as never), expected: NEURON_KINDS.join(', ') },
  timesteps: { accepts: whole(1, MOST_TIMESTEPS), expected: `whole numbers from 1 to ${MOST_TIMESTEPS}` },
  widths: { accepts: above0(8), expected: 'numbers above 0, at most 8' },
  bits: {
    accepts: whole(FEWEST_WEIGHT_BITS, WEIGHT_BITS),
    expected: `whole numbers from ${FEWEST_WEIGHT_BITS} to ${WEIGHT_BITS}`,
  },
  conversions: {
    accepts: whole(1, MOST_TIMESTEPS),
    expected: `whole numbers from 1 to ${MOST_TIMESTEPS}`,
    empty: true,
  },
  seeds: { accepts: whole(0, 2 ** 32 - 1), expected: 'whole numbers from 0 to 4294967295' },
  epochs: { accepts: whole(1, 10_000), expected: 'a whole number from 1 to 10000' },
  share: { accepts: above0(1), expected: 'a number above 0, at most 1' },
  batchSize: { accepts: whole(2, 4096), expected: 'a whole number from 2 to 4096' },
};
const NAMES = Object.keys(CHECKS) as (keyof AblationSettings)[];

function checkSettings(settings: Readonly<Record<string, unknown>>, where: string): AblationSettings {
  for (const name of NAMES) {
    const { accepts, expected, empty } = CHECKS[name];
    const value = settings[name];
    const isList = Array.isArray(ABLATION_DEFAULTS[name as keyof typeof ABLATION_DEFAULTS]);
    const list = isList ? value : [value];
    const fine =
      Array.isArray(list) &&
      (list.length > 0 || empty === true) &&
      list.every(accepts) &&
      new Set(list).size === list.length;
    if (!fine) {
      throw new UsageError(
        `${where}: ${name} is ${value === undefined ? 'missing' : JSON.stringify(value)}, expected ${expected}${isList ? ', each once' : ''}`,
      );
    }
  }
  return settings as unknown as AblationSettings;
}

const fileOf = (folder: string): string => join(folder, 'experiment.json');

/**
 * Returns the settings of the experiment in a folder, and writes them there if it is new. The same settings continue an
 * experiment, and so does leaving them out; the recordings may have moved. Throws `UsageError` for a setting that is
 * wrong or differs from the experiment's, and `RunError` for a file that is not its settings.
 */
export function openExperiment(folder: string, given: Partial<AblationSettings>): AblationSettings {
  const data = given.data === undefined ? {} : { data: abbreviateHome(given.data) };
  if (!existsSync(fileOf(folder))) {
    if (given.data === undefined) throw new UsageError('ablation: the folder of recordings is missing (--data)');
    const settings = checkSettings({ ...ABLATION_DEFAULTS, ...given, ...data }, 'ablation');
    writeFileAtomically(fileOf(folder), `${JSON.stringify(settings, null, 2)}\n`);
    return settings;
  }
  const stored = readSettings(folder);
  for (const name of NAMES) {
    if (name === 'data' || given[name] === undefined) continue;
    const [before, now] = [stored[name], given[name]].map((value) => JSON.stringify(value));
    if (before !== now) {
      throw new UsageError(
        `${folder}: this experiment has ${name} ${before}, not ${now}; leave the option out to continue it, or choose another folder`,
      );
    }
  }
  return { ...stored, ...data };
}

function readSettings(folder: string): AblationSettings {
  const file = fileOf(folder);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new RunError(`${file}: cannot be read as JSON: ${(cause as Error).message}`, { cause });
  }
  if (typeof value !== 'object' || value === null) throw new RunError(`${file}: is not the settings of an experiment`);
  return checkSettings(value as Record<string, unknown>, file);
}
