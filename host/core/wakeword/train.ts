import type { CompiledModule } from '../compiled-module.js';
import { TrainingError } from '../error.js';
import { type Checkpoint, planNetwork, withNewHead } from '../network/index.js';
import {
  type EpochSettings,
  type StartThreads,
  type StepResult,
  TrainingEngine,
  trainEpoch,
} from '../training/index.js';
import type { CounterExamples } from './counter-examples.js';
import { type WakeWordClip, WindowMaker } from './windows.js';

/** What a wake word is trained with, other than the recordings. */
export interface WakeWordSetting {
  /** A network that listens; the new one keeps all of it but the classifier, and goes on from there. */
  readonly trunk: Checkpoint;
  /** Scaled as the features of the trunk. */
  readonly counterExamples: CounterExamples;
  /** dist/wasm/trainer.wasm and frontend.wasm, compiled. */
  readonly modules: { readonly trainer: CompiledModule; readonly frontEnd: CompiledModule };
  readonly threads: number;
  readonly startThreads?: StartThreads;
  /** int16, a second each: recordings of other words by the same people, if there are any. */
  readonly others?: readonly Int16Array[];
  /** int16: sound without speech from where the words will be said, of any length. */
  readonly background?: readonly Int16Array[];
  /** Default: 1. */
  readonly seed?: number;
  /** Epochs of `WAKE_WORD_WINDOWS` windows; default: `WAKE_WORD_EPOCHS`. */
  readonly epochs?: number;
  /** Called with the number of windows that were trained on, all epochs together. */
  readonly onProgress?: (done: number) => void;
  /** Called with the result of each step, for curves. */
  readonly onStep?: (result: StepResult) => void;
  /** Awaited between steps, so that the caller can do other work. */
  readonly betweenSteps?: () => Promise<void>;
}

/** Enough for twenty recordings: with more, words that sound alike are not told apart any better. */
export const WAKE_WORD_EPOCHS = 15;
/** Windows of an epoch. */
export const WAKE_WORD_WINDOWS = 3072;
/** Epochs in which windows are used before others are drawn. */
const EPOCHS_PER_DRAW = 2;
/** How a wake word is trained. */
const SETTINGS = {
  batchSize: 128,
  schedule: { kind: 'cosine', learningRate: 0.004, warmupEpochs: 1, milestones: [], factor: 1 },
  labelSmoothing: 0,
  spikePenalty: 0.1,
} as const satisfies Partial<EpochSettings>;

/**
 * Trains a network on a few recordings of one or more words, from a network that knows others.
 *
 * @param words the words to hear; labels of the clips are indices into them
 * @throws TrainingError without recordings of a word, or if the training diverges
 */
export async function trainWakeWord(
  words: readonly string[],
  clips: readonly WakeWordClip[],
  setting: WakeWordSetting,
): Promise<Checkpoint> {
  const missing = words.find((_, label) => !clips.some((clip) => clip.label === label));
  if (missing !== undefined) throw new TrainingError(`there is no recording of '${missing}'`);
  const { trunk, counterExamples, modules, threads, startThreads, others = [], background = [], seed = 1 } = setting;
  const { epochs = WAKE_WORD_EPOCHS, onProgress, onStep, betweenSteps } = setting;
  const { spec, labels, parameters } = withNewHead(trunk, [...words, '_unknown_', '_silence_'], seed);
  const maker = new WindowMaker({
    ...{ clips, others, background, words, counterExamples, seed },
    frontEnd: modules.frontEnd,
    parameters: trunk.features,
  });
  const engine = await TrainingEngine.create({
    plan: planNetwork(spec),
    batchSize: SETTINGS.batchSize,
    module: modules.trainer,
    threads,
    startThreads,
    optimizer: {
      kind: 'adamw',
      weightDecay: 0.02,
      ...{ momentum: 0.9, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, gradientClip: 5 },
    },
  });
  try {
    engine.setParameters(parameters);
    let windows = maker.make(WAKE_WORD_WINDOWS, 0);
    for (let epoch = 0; epoch < epochs; epoch++) {
      if (epoch > 0 && epoch % EPOCHS_PER_DRAW === 0) windows = maker.make(WAKE_WORD_WINDOWS, epoch / EPOCHS_PER_DRAW);
      await trainEpoch(engine, { ...SETTINGS, epochs, seed }, windows, epoch, {
        onProgress: (done) => onProgress?.(epoch * WAKE_WORD_WINDOWS + done),
        onStep,
        betweenSteps,
      });
    }
    const { spikeword } = trunk.provenance;
    return {
      ...{ spec, labels, features: trunk.features, parameters: engine.parameters() },
      provenance: {
        spikeword,
        task: `live:${words.join()}`,
        dataset: trunk.provenance.dataset,
        ...{ seed, epochs, validationAccuracy: null },
      },
    };
  } finally {
    await engine.close();
  }
}
