import { type NetworkSpec, type NeuronKind, presetNetwork } from '../core/network/index.js';
import { resolveTask } from '../dataset/index.js';
import { abbreviateHome } from '../system/index.js';
import { beginWith } from './beginning.js';
import { checkConfig, type TrainingConfig } from './config.js';
import { defaultConfig, SGD_LEARNING_RATE } from './defaults.js';

/** What a user changes of a training, flat; what is absent stays as it is. */
export interface TrainingOverrides {
  readonly data?: string;
  readonly resample?: boolean;
  readonly task?: string;
  readonly preset?: string;
  readonly neuron?: NeuronKind;
  readonly timesteps?: number;
  readonly surrogateSlope?: number;
  /** Checkpoint of a network to begin with. */
  readonly from?: string;
  readonly seed?: number;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly optimizer?: TrainingConfig['optimizer']['kind'];
  readonly learningRate?: number;
  readonly schedule?: TrainingConfig['schedule']['kind'];
  readonly warmupEpochs?: number;
  readonly weightDecay?: number;
  readonly gradientClip?: number;
  readonly labelSmoothing?: number;
  readonly spikePenalty?: number;
  readonly shiftMs?: number;
  readonly gainDb?: number;
  readonly noise?: number;
  readonly masks?: number;
}

/** `part` with the values of `changes` that are not undefined. */
function changed<T extends object>(part: T, changes: { readonly [K in keyof T]?: T[K] | undefined }): T {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  return { ...part, ...Object.fromEntries(given) };
}

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
  const { preset, neuron, timesteps, surrogateSlope } = overrides;
  const from = base ?? defaultConfig({ data, task, classes, preset: preset ?? 'small' });
  const network: NetworkSpec =
    preset === undefined ? (begun?.checkpoint.spec ?? from.network) : reshaped(from.network, preset);
  const sgd = overrides.optimizer === 'sgd' && from.optimizer.kind !== 'sgd';
  const { shiftMs, gainDb, noise, masks } = overrides;
  // A base of the other kind of task was trained on windows of a stream, or on clips: neither suits this one.
  const sameKind = resolveTask(from.task).live === resolveTask(task).live;
  const { augmentation, labelSmoothing, spikePenalty } = sameKind
    ? from
    : defaultConfig({ data, task, classes, preset: 'small' });
  return checkConfig(
    changed(
      {
        ...from,
        data,
        task,
        labelSmoothing,
        spikePenalty,
        network: changed({ ...network, classes }, { neuron, timesteps, surrogateSlope }),
        optimizer: changed(from.optimizer, {
          kind: overrides.optimizer,
          weightDecay: overrides.weightDecay,
          gradientClip: overrides.gradientClip,
        }),
        schedule: changed(from.schedule, {
          kind: overrides.schedule,
          learningRate: overrides.learningRate ?? (sgd ? SGD_LEARNING_RATE : undefined),
          warmupEpochs: overrides.warmupEpochs,
        }),
        augmentation: changed(augmentation, { shiftMs, gainDb, noise, masks }),
      },
      {
        resample: overrides.resample,
        from: begun?.beginning,
        seed: overrides.seed,
        epochs: overrides.epochs,
        batchSize: overrides.batchSize,
        labelSmoothing: overrides.labelSmoothing,
        spikePenalty: overrides.spikePenalty,
      },
    ),
  );
}
