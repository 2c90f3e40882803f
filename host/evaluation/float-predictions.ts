import { type Checkpoint, planNetwork } from '../core/network/index.js';
import { openTrainingEngine } from '../training/index.js';

/** Clips per batch of the engine. */
const BATCH = 64;

/** Returns the classes that a float network predicts for int8 features, [clip][frame][coefficient]. */
export async function floatPredictions(
  { spec, parameters }: Checkpoint,
  features: Int8Array,
  threads: number,
): Promise<Int32Array> {
  const engine = await openTrainingEngine({
    plan: planNetwork(spec),
    batchSize: BATCH,
    threads,
    // never used, because this engine only infers
    optimizer: { kind: 'sgd', weightDecay: 0, momentum: 0, beta1: 0, beta2: 0, epsilon: 1e-8, gradientClip: 0 },
  });
  try {
    engine.setParameters(parameters);
    return engine.infer(features).predictions;
  } finally {
    await engine.close();
  }
}

/** Returns the fraction of clips for which two lists have the same class. */
export function agreementOf(a: Int32Array, b: Int32Array): number {
  let equal = 0;
  for (let clip = 0; clip < a.length; clip++) if (a[clip] === b[clip]) equal++;
  return equal / a.length;
}
