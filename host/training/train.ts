import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { TrainingError } from '../core/error.js';
import {
  type Checkpoint,
  type CheckpointProvenance,
  initialParameters,
  type NetworkPlan,
  type Parameters,
  parameterShapes,
  planNetwork,
} from '../core/network/index.js';
import { type Stage, staged } from '../core/stage.js';
import type { Evidence } from '../core/statistics/index.js';
import {
  type Engine,
  type EngineOptions,
  type EpochResult,
  type InferenceResult,
  type Teacher,
  trainEpoch,
} from '../core/training/index.js';
import { writeCheckpoint } from '../model/index.js';
import { packageVersion, TrainingConfigError } from '../system/index.js';
import { type BeforeAfter, compareBeforeAfter } from './before-after.js';
import { type EpochQuality, isBetter, missRateOf } from './best-epoch.js';
import type { TrainingConfig } from './config.js';
import { describeEnvironment } from './environment.js';
import type { EpochLog } from './epoch-log.js';
import { openTrainingEngine } from './open-engine.js';
import { RunFolder } from './run-folder.js';
import { findPython, type Python, TorchEngine, type TorchOptions, type TorchReport } from './torch/index.js';
import { openTrainingData, type TrainingData } from './training-data.js';
import { readState, type TrainingState, writeState } from './training-state.js';

export interface TrainingOptions {
  readonly stage?: Stage;
  /** Worker threads, default all cores; the weights do not depend on them. */
  readonly threads?: number;
  /** Trains with PyTorch, there; default: in this process, with results that repeat to the byte on any machine. */
  readonly torch?: TorchOptions;
  /** Called when PyTorch is ready, with what computes. */
  onTorch?(report: TorchReport): void;
  /** Called before the first epoch, with what the epochs will be judged by. */
  onBegin?(validation: { readonly clips: number } & Evidence): void;
  /** Called after each finished epoch. */
  onEpoch?(log: EpochLog): void;
}

export interface TrainingResult {
  readonly run: string;
  /** Path of the checkpoint of the epoch that is best on validation. */
  readonly checkpoint: string;
  readonly task: string;
  readonly epochs: number;
  readonly bestEpoch: number;
  /** The fraction of words that the best epoch misses in validation streams; null if they did not choose it. */
  readonly validationMissRate: number | null;
  /** Fraction of the validation clips that the best epoch recognises. */
  readonly validationAccuracy: number;
  readonly validationClips: number;
  /** What is behind the figures on validation. */
  readonly validation: Evidence;
  /** Of the best epoch, on validation: unweighted mean over the layers; null for `relu`. */
  readonly spikesPerNeuron: number | null;
  readonly weights: number;
  /** For a training with mistakes that starts from a network; otherwise null. */
  readonly beforeAfter: BeforeAfter | null;
}

/**
 * Trains a network in a new or empty folder, whose files docs/run-folder.md describes. Keeps the epoch that is best on
 * validation (`isBetter`). The same configuration and recordings give the same weights, byte for byte, on any number of
 * threads; with `torch` on the same devices.
 *
 * Throws `TrainingConfigError`, `TrainingError`, `UsageError` for a folder that is not empty, `RunError` while another
 * process trains in it, `WriteError`, or what reading the recordings throws.
 *
 * @param config from `configureTraining`
 */
export function trainNetwork(
  config: TrainingConfig,
  folder: string,
  options: TrainingOptions = {},
): Promise<TrainingResult> {
  return trainRun(config, RunFolder.create(folder, config), options);
}

/**
 * Continues the training in a folder after its last finished epoch. Its checkpoints are those of a training that was
 * never interrupted, byte for byte. Throws `RunError` for a folder without a training, and what `trainNetwork` throws.
 */
export function resumeTraining(folder: string, options: TrainingOptions = {}): Promise<TrainingResult> {
  const { run, config } = RunFolder.open(folder);
  return trainRun(config, run, options);
}

/** Trains in a run folder, from the start or after its last finished epoch. Throws what `trainNetwork` throws. */
export async function trainRun(
  config: TrainingConfig,
  run: RunFolder,
  options: TrainingOptions = {},
): Promise<TrainingResult> {
  const threads = options.threads ?? availableParallelism();
  // what is missing or cannot be done should be known before anything is read
  if (options.torch !== undefined && config.teacher !== undefined) {
    throw new TrainingConfigError('training: PyTorch does not learn from a teacher: leave out --engine torch');
  }
  const python = options.torch && findPython();
  if (options.torch === undefined && (config.augmentation.pictures?.mixup ?? 0) > 0) {
    throw new TrainingConfigError('training: the wasm engine does not mix pictures: use --engine torch, or --mixup 0');
  }
  const data = await openTrainingData(config, { ...options, threads });
  try {
    const release = await run.occupy();
    try {
      const compare = await compareBeforeAfter(config, data.labels, data.streams, { ...options, threads });
      const result = await trainOnData(config, data, run, { ...options, threads, python });
      return { ...result, beforeAfter: compare && (await compare(result.checkpoint)) };
    } finally {
      release();
    }
  } finally {
    await data.close();
  }
}

/** Everything that does not change while a run trains. */
interface Training {
  readonly config: TrainingConfig;
  readonly data: TrainingData;
  readonly run: RunFolder;
  readonly plan: NetworkPlan;
  readonly engine: Engine;
  readonly teacher?: Teacher;
}

async function trainOnData(
  config: TrainingConfig,
  data: TrainingData,
  run: RunFolder,
  options: EngineChoice & { threads: number },
): Promise<Omit<TrainingResult, 'beforeAfter'>> {
  const plan = planNetwork(config.network);
  const { optimizer, batchSize, epochs, seed } = config;
  const { threads } = options;
  let state = readState(run.file('state')) ?? beforeFirstEpoch(data.beginning ?? initialParameters(plan, seed));
  // The log is written before the state, so a line without its state belongs to an epoch that is trained again.
  const log = run.readLog().filter(({ epoch }) => epoch <= state.epoch);

  const { engine, torch } = await openEngine({ plan, batchSize, threads, optimizer }, options);
  let teacher: (Teacher & { readonly engine: Engine }) | undefined;
  try {
    teacher = await openTeacher(config, data.teacher, threads);
    run.beginSession(data.dataset, describeEnvironment(threads, state.epoch, torch));
    await engine.setParameters(state.parameters);
    if (state.epoch > 0) await engine.setOptimizerState({ step: state.step, tensors: new Map(state.optimizer) });
    options.onBegin?.({ clips: data.validation.labels.length, ...data.evidence });
    const training: Training = { config, data, run, plan, engine, teacher };
    const began = performance.now();
    const first = state.epoch;
    for (let epoch = first; epoch < epochs; epoch++) {
      const result = await runEpoch(training, epoch, options);
      const validation = await validate(training, epoch, { ...options, threads });
      const perEpoch = (performance.now() - began) / 1000 / (epoch + 1 - first);
      const finished = await finishEpoch(
        training,
        state,
        { ...result, ...validation },
        perEpoch * (epochs - epoch - 1),
      );
      log.push(finished.log);
      run.writeLog(log);
      writeState(run.file('state'), finished.state);
      state = finished.state;
      options.onEpoch?.(finished.log);
    }
  } finally {
    await engine.close();
    await teacher?.engine.close();
  }
  return {
    run: run.path,
    checkpoint: run.file('best'),
    task: config.task,
    epochs: state.epoch,
    bestEpoch: state.bestEpoch,
    validationMissRate: state.bestMissRate,
    validationAccuracy: state.bestAccuracy,
    validationClips: data.validation.labels.length,
    validation: data.evidence,
    spikesPerNeuron: log.find(({ epoch }) => epoch === state.bestEpoch)?.spikesPerNeuron?.mean ?? null,
    weights: plan.weights,
  };
}

type EngineChoice = TrainingOptions & { readonly python?: Python };

/** Opens the engine that the options choose, and returns what it says of itself if it is PyTorch. */
async function openEngine(
  settings: Omit<EngineOptions, 'module' | 'startThreads'>,
  { torch, python, onTorch, stage }: EngineChoice,
): Promise<{ engine: Engine; torch: TorchReport | null }> {
  if (torch === undefined || python === undefined) return { engine: await openTrainingEngine(settings), torch: null };
  const engine = await staged(stage, 'starting PyTorch', 1, () =>
    TorchEngine.create({ ...settings, ...torch }, python),
  );
  onTorch?.(engine.report);
  return { engine, torch: engine.report };
}

/** Opens the network that a training learns from. */
async function openTeacher(
  { teacher, batchSize, optimizer }: TrainingConfig,
  checkpoint: Checkpoint | null,
  threads: number,
): Promise<(Teacher & { readonly engine: Engine }) | undefined> {
  if (teacher === undefined || checkpoint === null) return undefined;
  const engine = await openTrainingEngine({ plan: planNetwork(checkpoint.spec), batchSize, threads, optimizer });
  engine.setParameters(checkpoint.parameters);
  return { ...teacher, engine };
}

function beforeFirstEpoch(parameters: Parameters): TrainingState {
  const best = { bestEpoch: 0, bestMissRate: null, bestAccuracy: -1, bestLoss: 0 };
  return { epoch: 0, step: 0, ...best, parameters, optimizer: new Map() };
}

async function runEpoch(
  { config, data, engine, teacher }: Training,
  epoch: number,
  options: TrainingOptions,
): Promise<EpochResult & { readonly idleShare: number | null }> {
  const { source, labels, mixup } = data.training;
  const began = performance.now();
  const result = await staged(
    options.stage,
    `epoch ${epoch + 1}/${config.epochs}`,
    labels.length,
    async (onProgress) => {
      const features = await source.epoch(epoch);
      if (epoch + 1 < config.epochs) source.prepare(epoch + 1);
      return trainEpoch(engine, config, { features, labels, mixup, teacher }, epoch, {
        advice: divergenceAdvice(config),
        onProgress,
        // lets signals and messages of the augmentation workers be handled
        betweenSteps: () => setImmediate(),
      });
    },
  );
  const { deviceSeconds } = result;
  const seconds = (performance.now() - began) / 1000;
  return { ...result, idleShare: deviceSeconds === null ? null : Math.max(0, 1 - deviceSeconds / seconds) };
}

/** Returns the advice for a loss that is no longer a number. */
function divergenceAdvice({ schedule, optimizer }: TrainingConfig): string {
  const clip = optimizer.gradientClip === 0 ? ', or limit the gradient with --clip' : '';
  return `use a lower --lr than ${schedule.learningRate}${clip}`;
}

/** The network after an epoch, and how good it is. */
interface Validated {
  readonly checkpoint: Checkpoint;
  readonly quality: EpochQuality;
  readonly inference: InferenceResult;
}

/** Validates the network after an epoch, from 0. */
async function validate(
  { config, data, engine }: Training,
  epoch: number,
  options: TrainingOptions & { threads: number },
): Promise<Validated> {
  const { labels, features, dataset, validation, streams } = data;
  const inference = await engine.infer(validation.features, validation.labels);
  const accuracy = inference.correct / validation.labels.length;
  const parameters = await engine.parameters();
  refuseDivergence(config, epoch + 1, inference.loss, parameters);
  const provenance: CheckpointProvenance = {
    spikeword: packageVersion(),
    task: config.task,
    dataset: [dataset, ...(dataset.ambient ?? []), ...(dataset.mistakes ?? [])]
      .map(({ name, digest }) => `${name} ${digest}`)
      .join(' + '),
    seed: config.seed,
    epochs: epoch + 1,
    validationAccuracy: accuracy,
  };
  const checkpoint = { spec: config.network, labels, features, parameters, provenance };
  const missRate = streams && (await missRateOf(checkpoint, streams, options));
  return { checkpoint, quality: { missRate, accuracy, loss: inference.loss }, inference };
}

/** Writes the checkpoints of an epoch, and returns its line in the log and the state to continue from. */
async function finishEpoch(
  { config, data, run, plan, engine }: Training,
  before: TrainingState,
  { checkpoint, quality, inference, ...result }: Awaited<ReturnType<typeof runEpoch>> & Validated,
  secondsLeft: number,
): Promise<{ log: EpochLog; state: TrainingState }> {
  const epoch = before.epoch + 1;
  const { parameters } = checkpoint;
  const best = before.bestEpoch === 0 || isBetter(quality, bestOf(before));
  if (best) writeCheckpoint(run.file('best'), checkpoint);
  writeCheckpoint(run.file('last'), checkpoint);

  const log: EpochLog = {
    epoch,
    epochs: config.epochs,
    loss: result.loss,
    trainingAccuracy: result.accuracy,
    validationLoss: quality.loss,
    validationAccuracy: quality.accuracy,
    validationMissRate: quality.missRate,
    best,
    learningRate: result.learningRate,
    spikesPerNeuron: describeSpikes(plan, inference, data.validation.labels.length),
    thresholds: thresholdsOf(plan, parameters),
    clipsPerSecond: Math.round(result.clips / result.seconds),
    seconds: Number(result.seconds.toFixed(3)),
    secondsLeft: Math.round(secondsLeft),
    ...(result.idleShare !== null && { idleShare: Number(result.idleShare.toFixed(4)) }),
  };
  const { step, tensors } = await engine.optimizerState();
  const { missRate, accuracy, loss } = best ? quality : bestOf(before);
  const bestEpoch = best ? epoch : before.bestEpoch;
  return {
    log,
    state: {
      ...{ epoch, step, bestEpoch, bestMissRate: missRate, bestAccuracy: accuracy, bestLoss: loss },
      ...{ parameters, optimizer: tensors },
    },
  };
}

const bestOf = ({ bestMissRate, bestAccuracy, bestLoss }: TrainingState): EpochQuality => ({
  missRate: bestMissRate,
  accuracy: bestAccuracy,
  loss: bestLoss,
});

/** Throws if the weights have diverged. The losses of the steps do not show this for the last step of an epoch. */
function refuseDivergence(config: TrainingConfig, epoch: number, loss: number, parameters: Parameters): void {
  const broken = [...parameters].find(([, tensor]) => !tensor.every(Number.isFinite))?.[0];
  if (broken === undefined && Number.isFinite(loss)) return;
  const what = broken === undefined ? `the loss on validation is ${loss}` : `${broken} is no longer finite`;
  throw new TrainingError(`${what} after epoch ${epoch}: ${divergenceAdvice(config)}`);
}

/** Returns the spikes per neuron and clip, summed over the timesteps: θ · T (Eq. 20 of the paper times T). */
function describeSpikes(plan: NetworkPlan, { spikes }: InferenceResult, clips: number): EpochLog['spikesPerNeuron'] {
  if (plan.spec.neuron === 'relu') return null;
  const perLayer = plan.layers.map((layer, k) => spikes[k] / (layer.neurons * clips));
  const neurons = plan.layers.reduce((sum, layer) => sum + layer.neurons, 0);
  return {
    mean: perLayer.reduce((a, b) => a + b, 0) / perLayer.length,
    weighted: plan.layers.reduce((sum, layer, k) => sum + perLayer[k] * layer.neurons, 0) / neurons,
    layers: Object.fromEntries(plan.layers.map((layer, k) => [layer.name, perLayer[k]])),
  };
}

function thresholdsOf(plan: NetworkPlan, parameters: Parameters): Record<string, number[]> {
  const thresholds = parameterShapes(plan).filter(({ role }) => role === 'threshold');
  return Object.fromEntries(
    thresholds.map(({ name }) => [name.slice(0, -'.thresholds'.length), [...(parameters.get(name) ?? [])]]),
  );
}
