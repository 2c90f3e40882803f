import { type NetworkSpec, presetNetwork } from '../core/network/index.js';
import { resolveTask } from '../dataset/index.js';
import { abbreviateHome } from '../system/index.js';
import { beginWith } from './beginning.js';
import { checkConfig } from './check-config.js';
import type { TrainingConfig } from './config.js';
import { setAt, valueAt } from './config-path.js';
import { defaultConfig } from './defaults.js';
import { dependsOnTask, type OptionName, type OptionValue, SGD_LEARNING_RATE, trainingOptions } from './options.js';

/** What a user changes of a training, flat; what is absent stays as it is. */
export type TrainingOverrides = { readonly [N in OptionName]?: OptionValue<N> } & {
  readonly preset?: string;
  /** Checkpoint of a network to begin with. */
  readonly from?: string;
};

/** A preset's layers with the neurons of another network. */
function reshaped({ classes, neuron, timesteps, surrogateSlope }: NetworkSpec, preset: string): NetworkSpec {
  return { ...presetNetwork(preset, { classes, neuron, timesteps }), surrogateSlope };
}

/**
 * The configuration of a training: `base` (a run's `config.json`) or the defaults of the preset, with the overrides.
 * Throws `TrainingConfigError`, `NetworkError`, or what `resolveTask` throws.
 */
export function configureTraining(overrides: TrainingOverrides & { data: string }, base: null): TrainingConfig;
export function configureTraining(overrides: TrainingOverrides, base: TrainingConfig): TrainingConfig;
export function configureTraining(overrides: TrainingOverrides, base: TrainingConfig | null): TrainingConfig {
  const data = abbreviateHome(overrides.data ?? base?.data ?? '');
  const begun = overrides.from === undefined ? null : beginWith(overrides.from);
  const task = overrides.task ?? base?.task ?? begun?.checkpoint.provenance.task ?? 'gsc-17';
  const classes = resolveTask(task).labels.length;
  const { preset } = overrides;
  const defaults = defaultConfig({ data, task, classes, preset: preset ?? 'small' });
  const from = base ?? defaults;
  const network = preset === undefined ? (begun?.checkpoint.spec ?? from.network) : reshaped(from.network, preset);
  const config = structuredClone({ ...from, network: { ...network, classes } }) as unknown as Record<string, unknown>;
  if (begun !== null) config.from = begun.beginning;

  // A base of the other kind of task was trained on windows of a stream, or on clips: neither suits this one.
  if (resolveTask(from.task).live !== resolveTask(task).live) {
    delete (config.augmentation as { live?: unknown }).live;
    for (const [, option] of trainingOptions) {
      const value = valueAt(defaults, option.path);
      if (dependsOnTask(option) && value !== undefined) setAt(config, option.path, value);
    }
  }
  if (overrides.optimizer === 'sgd' && from.optimizer.kind !== 'sgd') {
    setAt(config, 'schedule.learningRate', SGD_LEARNING_RATE);
  }
  for (const [name, option] of trainingOptions) {
    if (overrides[name] !== undefined) setAt(config, option.path, overrides[name]);
  }
  return checkConfig({ ...config, data, task });
}
