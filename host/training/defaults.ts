import { NetworkError } from '../core/error.js';
import { type NeuronKind, PRESET_NAMES, type PresetName, presetNetwork } from '../core/network/index.js';
import { resolveTask } from '../dataset/index.js';
import type { TrainingConfig } from './config.js';
import { setAt } from './config-path.js';
import { defaultOf, existsFor, kindOf, trainingOptions } from './options.js';

/** The choices that a preset leaves open. */
export interface TrainingChoice {
  readonly data: string;
  readonly task: string;
  /** Number of labels of the task. */
  readonly classes: number;
  readonly preset: string;
  /** Default `atif-u`. */
  readonly neuron?: NeuronKind;
  /** Default 4. */
  readonly timesteps?: number;
}

/** Returns the default configuration of a preset. Throws `NetworkError` for a name that is not a preset. */
export function defaultConfig(choice: TrainingChoice): TrainingConfig {
  const { data, task, preset, ...network } = choice;
  if (!PRESET_NAMES.includes(preset as PresetName)) {
    throw new NetworkError(`preset ${JSON.stringify(preset)} does not exist; choose from ${PRESET_NAMES.join(', ')}`);
  }
  const kind = kindOf(resolveTask(task));
  const config: Record<string, unknown> = { data, resample: false, task, network: presetNetwork(preset, network) };
  for (const [, option] of trainingOptions) {
    const value = defaultOf(option, { preset: preset as PresetName, ...kind });
    if (value !== undefined && existsFor(option, kind)) setAt(config, option.path, value);
  }
  return config as unknown as TrainingConfig;
}
