import { type Checkpoint, type NetworkSpec, presetNetwork } from '../core/network/index.js';
import { resolveTask, trainedTask } from '../dataset/index.js';
import { abbreviateHome, TrainingConfigError } from '../system/index.js';
import { beginWith } from './beginning.js';
import { checkConfig } from './check-config.js';
import type { TrainingConfig } from './config.js';
import { setAt, valueAt } from './config-path.js';
import { defaultConfig } from './defaults.js';
import {
  DISTILLATION,
  dependsOnTask,
  isForPictures,
  isLive,
  kindOf,
  type OptionName,
  type OptionValue,
  SGD_LEARNING_RATE,
  trainingOptions,
} from './options.js';

/** The settings that a user changes, without nesting; an absent setting stays as it is. */
export type TrainingOverrides = { readonly [N in OptionName]?: OptionValue<N> } & {
  readonly preset?: string;
  /** Checkpoint of the network to start from. */
  readonly from?: string;
  /** Checkpoint of the network to learn from. */
  readonly teacher?: string;
};

function taskBehind({ provenance, labels }: Checkpoint): string {
  return trainedTask(provenance.task, labels).name;
}

/** Returns the layers of a preset with the neurons of another network. */
function reshaped({ classes, neuron, timesteps, surrogateSlope }: NetworkSpec, preset: string): NetworkSpec {
  return { ...presetNetwork(preset, { classes, neuron, timesteps }), surrogateSlope };
}

/**
 * Returns the configuration of a training: `base` (the `config.json` of a run) or the defaults of the preset, with the
 * overrides. Throws `TrainingConfigError`, `NetworkError`, or what `resolveTask` throws.
 */
export function configureTraining(overrides: TrainingOverrides & { data: string }, base: null): TrainingConfig;
export function configureTraining(overrides: TrainingOverrides, base: TrainingConfig): TrainingConfig;
export function configureTraining(overrides: TrainingOverrides, base: TrainingConfig | null): TrainingConfig {
  const data = abbreviateHome(overrides.data ?? base?.data ?? '');
  const begun = overrides.from === undefined ? null : beginWith(overrides.from);
  const task = overrides.task ?? base?.task ?? (begun === null ? 'gsc-17' : taskBehind(begun.checkpoint));
  const classes = resolveTask(task).labels.length;
  const { preset } = overrides;
  const defaults = defaultConfig({ data, task, classes, preset: preset ?? 'small' });
  const from = base ?? defaults;
  const network = preset === undefined ? (begun?.checkpoint.spec ?? from.network) : reshaped(from.network, preset);
  const config = structuredClone({ ...from, network: { ...network, classes } }) as unknown as Record<string, unknown>;
  if (begun !== null) config.from = begun.beginning;
  if (overrides.teacher !== undefined) {
    config.teacher = { ...DISTILLATION, ...base?.teacher, ...beginWith(overrides.teacher).beginning };
  }

  // Live tasks are trained on windows of a stream and other tasks on clips or pictures, so if the kinds of task differ,
  // the settings of `base` that depend on it do not suit this task.
  const kind = kindOf(resolveTask(task));
  if (JSON.stringify(kindOf(resolveTask(from.task))) !== JSON.stringify(kind)) {
    delete (config.augmentation as { live?: unknown }).live;
    delete (config.augmentation as { pictures?: unknown }).pictures;
    delete config.ambient;
    delete config.bestOn;
    for (const [, option] of trainingOptions) {
      const value = valueAt(defaults, option.path);
      if (dependsOnTask(option) && value !== undefined) setAt(config, option.path, value);
    }
  }
  if (overrides.optimizer === 'sgd' && from.optimizer.kind !== 'sgd') {
    setAt(config, 'schedule.learningRate', SGD_LEARNING_RATE);
  }
  for (const [name, option] of trainingOptions) {
    if (overrides[name] === undefined) continue;
    if (isForPictures(option) && !kind.pictures) {
      throw new TrainingConfigError(`training: ${option.path} is only for tasks of pictures; ${task} is for clips`);
    }
    if (isLive(option) && !kind.live) {
      throw new TrainingConfigError(
        `training: ${option.path} is only for tasks that listen, commands and live:WORDS; ${task} is for clips`,
      );
    }
    setAt(config, option.path, overrides[name]);
  }
  if (overrides.ambient !== undefined) config.ambient = overrides.ambient.map(abbreviateHome);
  if (overrides.mistakes !== undefined) config.mistakes = overrides.mistakes.map(abbreviateHome);
  // the configurations of older runs do not have it
  if (config.mistakes !== undefined) config.mistakesWeight ??= defaults.mistakesWeight;
  return checkConfig({ ...config, data, task });
}
