import { TrainingError } from '../error.js';
import { Random } from '../random.js';
import type { Engine, StepResult, Teacher } from './engine-interface.js';
import { learningRateAt, type ScheduleSettings } from './schedule.js';

/** How a network is trained in every epoch. */
export interface EpochSettings {
  /** Clips per step. */
  readonly batchSize: number;
  /** Epochs of the whole training. */
  readonly epochs: number;
  readonly schedule: ScheduleSettings;
  /** Share of the target probability that is spread over all classes, [0, 1). */
  readonly labelSmoothing: number;
  /** Added to the loss for every spike per neuron, as an unweighted mean over the layers. */
  readonly spikePenalty: number;
  readonly seed: number;
}

export interface EpochExamples {
  /** int8, [clip][frame][coefficient] */
  readonly features: Int8Array;
  /** [clip] */
  readonly labels: Int32Array;
  /** Share of the steps whose clips are mixed in pairs, with shares that are uniform (mixup with α = 1). Default 0. */
  readonly mixup?: number;
  /** The network to learn from. */
  readonly teacher?: Teacher;
}

export interface EpochOptions {
  /** What to do if the loss is no longer a number. */
  readonly advice?: string;
  readonly onProgress?: (done: number, total: number) => void;
  /** Called with the result of each step. */
  readonly onStep?: (result: StepResult) => void;
  /** Awaited after each step, because a step blocks the event loop. */
  readonly betweenSteps?: () => Promise<void>;
}

export interface EpochResult {
  /** Mean over the steps. */
  readonly loss: number;
  readonly accuracy: number;
  /** At the last step. */
  readonly learningRate: number;
  readonly clips: number;
  readonly seconds: number;
  /** Seconds that the device worked on the steps; null if it is this process's own. */
  readonly deviceSeconds: number | null;
}

/** Separate the random streams of shuffling and mixing from those of weights and augmentation, of the same seed. */
const STREAM = 0x5f1e;
const MIXING_STREAM = 0x3f2b;

/** Returns the order of the clips in an epoch, which depends only on seed and epoch. */
export function shuffledClips(count: number, seed: number, epoch: number): Int32Array {
  const order = new Int32Array(count).map((_, clip) => clip);
  return new Random(STREAM, seed, epoch).shuffle(order);
}

/**
 * Trains on all training clips once, in shuffled whole batches. The last clips that do not fill a batch are left out.
 *
 * @param epoch from 0
 * @throws TrainingError if the loss is no longer a number
 */
export async function trainEpoch(
  engine: Engine,
  { batchSize, epochs, schedule, labelSmoothing, spikePenalty, seed }: EpochSettings,
  { features, labels, mixup = 0, teacher }: EpochExamples,
  epoch: number,
  { advice, onProgress, onStep, betweenSteps }: EpochOptions = {},
): Promise<EpochResult> {
  const stepsPerEpoch = Math.floor(labels.length / batchSize);
  const order = shuffledClips(labels.length, seed, epoch).subarray(0, stepsPerEpoch * batchSize);
  const random = new Random(MIXING_STREAM, seed, epoch);
  const settings = Array.from({ length: stepsPerEpoch }, (_, step) => ({
    ...(mixup > 0 && { ownShare: random.uniform() < mixup ? random.uniform() : 1 }),
    learningRate: learningRateAt(schedule, epoch * stepsPerEpoch + step, epochs * stepsPerEpoch, stepsPerEpoch),
    labelSmoothing,
    spikePenalty,
  }));
  let loss = 0;
  let correct = 0;
  const began = performance.now();
  const deviceSeconds = await engine.takeSteps({ features, labels, order, settings, teacher }, async (result, step) => {
    if (!Number.isFinite(result.loss)) {
      const where = `the loss is ${result.loss} in epoch ${epoch + 1}, step ${step + 1}`;
      throw new TrainingError(advice === undefined ? where : `${where}: ${advice}`);
    }
    loss += result.loss;
    correct += result.correct;
    onStep?.(result);
    onProgress?.((step + 1) * batchSize, stepsPerEpoch * batchSize);
    await betweenSteps?.();
  });
  const clips = stepsPerEpoch * batchSize;
  return {
    loss: loss / stepsPerEpoch,
    accuracy: correct / clips,
    learningRate: settings[stepsPerEpoch - 1].learningRate,
    clips,
    seconds: (performance.now() - began) / 1000,
    deviceSeconds,
  };
}
