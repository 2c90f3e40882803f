import { setImmediate } from 'node:timers/promises';
import { TrainingError } from '../core/error.js';
import { COEFFICIENTS } from '../core/features/index.js';
import { Random } from '../core/random.js';
import type { TrainingEngine } from '../core/training/index.js';
import { learningRateAt } from '../core/training/index.js';
import type { TrainingConfig } from './config.js';

/** Returns the advice for a loss that is no longer a number. */
export function divergenceAdvice({ schedule, optimizer }: TrainingConfig): string {
  const clip = optimizer.gradientClip === 0 ? ', or limit the gradient with --clip' : '';
  return `use a lower --lr than ${schedule.learningRate}${clip}`;
}

/** Separates the random stream of shuffling from those of weights and augmentation, which have the same seed. */
const STREAM = 0x5f1e;

export interface EpochResult {
  /** Mean over the steps. */
  readonly loss: number;
  readonly accuracy: number;
  /** At the last step. */
  readonly learningRate: number;
  readonly clips: number;
  readonly seconds: number;
}

/** Returns the order of the clips in an epoch, which depends only on seed and epoch. */
export function shuffledClips(count: number, seed: number, epoch: number): Int32Array {
  const order = new Int32Array(count).map((_, clip) => clip);
  return new Random(STREAM, seed, epoch).shuffle(order);
}

/**
 * Trains on all training clips once, in shuffled whole batches. The last clips that do not fill a batch are left out.
 *
 * @param features int8, [clip][frame][coefficient]
 * @param epoch from 0
 * @throws TrainingError if the loss is no longer a number
 */
export async function trainEpoch(
  engine: TrainingEngine,
  config: TrainingConfig,
  features: Int8Array,
  labels: Int32Array,
  epoch: number,
  onProgress?: (done: number, total: number) => void,
): Promise<EpochResult> {
  const { batchSize, epochs, schedule, labelSmoothing, spikePenalty, seed } = config;
  const stepsPerEpoch = Math.floor(labels.length / batchSize);
  const clipSize = config.network.input.frames * COEFFICIENTS;
  const order = shuffledClips(labels.length, seed, epoch);
  const batch = new Int8Array(batchSize * clipSize);
  const batchLabels = new Int32Array(batchSize);
  let loss = 0;
  let correct = 0;
  let learningRate = 0;
  const began = performance.now();
  for (let step = 0; step < stepsPerEpoch; step++) {
    for (let k = 0; k < batchSize; k++) {
      const clip = order[step * batchSize + k];
      batch.set(features.subarray(clip * clipSize, (clip + 1) * clipSize), k * clipSize);
      batchLabels[k] = labels[clip];
    }
    learningRate = learningRateAt(schedule, epoch * stepsPerEpoch + step, epochs * stepsPerEpoch, stepsPerEpoch);
    const result = engine.step(batch, batchLabels, { learningRate, labelSmoothing, spikePenalty });
    if (!Number.isFinite(result.loss)) {
      throw new TrainingError(
        `the loss is ${result.loss} in epoch ${epoch + 1}, step ${step + 1}: ${divergenceAdvice(config)}`,
      );
    }
    loss += result.loss;
    correct += result.correct;
    onProgress?.((step + 1) * batchSize, stepsPerEpoch * batchSize);
    // A step blocks the event loop, so signals and messages of the augmentation workers are handled between steps.
    await setImmediate();
  }
  const clips = stepsPerEpoch * batchSize;
  return {
    loss: loss / stepsPerEpoch,
    accuracy: correct / clips,
    learningRate,
    clips,
    seconds: (performance.now() - began) / 1000,
  };
}
