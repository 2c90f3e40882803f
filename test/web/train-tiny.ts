// Trains a small network for a few steps, in Node and in a browser's worker. Imports only the core.
import { bytesOf, concatenated } from '../../host/core/bytes.js';
import type { CompiledModule } from '../../host/core/compiled-module.js';
import { initialParameters, planNetwork, presetNetwork } from '../../host/core/network/index.js';
import { Random } from '../../host/core/random.js';
import { type StartThreads, TrainingEngine } from '../../host/core/training/index.js';

const CLIPS = 24;
const STEPS = 4;
const CLASSES = 6;

/** Returns clips of noise with a different level for each class, so there is something to learn. */
function batch(step: number, clipLength: number): { features: Int8Array; labels: Int32Array } {
  const random = new Random(7, step);
  const labels = Int32Array.from({ length: CLIPS }, () => random.below(CLASSES));
  const features = new Int8Array(CLIPS * clipLength);
  for (let k = 0; k < features.length; k++) {
    features[k] = random.below(64) - 32 + 10 * labels[Math.floor(k / clipLength)];
  }
  return { features, labels };
}

/** Returns the parameters and optimiser state after the steps, as bytes, and the loss of each step. */
export async function trainTiny(
  module: CompiledModule,
  threads: number,
  startThreads?: StartThreads,
): Promise<{ bytes: Uint8Array; losses: number[] }> {
  const plan = planNetwork(presetNetwork('tiny', { classes: CLASSES }));
  const engine = await TrainingEngine.create({
    plan,
    batchSize: CLIPS,
    module,
    threads,
    startThreads,
    optimizer: {
      kind: 'adamw',
      weightDecay: 0.02,
      momentum: 0.9,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      gradientClip: 5,
    },
  });
  engine.setParameters(initialParameters(plan, 1));
  const { frames, coefficients } = plan.spec.input;
  const losses = Array.from({ length: STEPS }, (_, step) => {
    const { features, labels } = batch(step, frames * coefficients);
    return engine.step(features, labels, { learningRate: 0.01, labelSmoothing: 0.1, spikePenalty: 0.1 }).loss;
  });
  const tensors = [...engine.parameters().values(), ...engine.optimizerState().tensors.values()];
  await engine.close();
  return { bytes: concatenated(tensors.map(bytesOf)), losses };
}
