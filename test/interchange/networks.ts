import { type Checkpoint, type NetworkSpec, planNetwork } from '../../host/core/network/index.js';
import { Random } from '../../host/core/random.js';
import { inFloat64, randomCheckpoint, referenceInput } from '../quantization/checkpoints.js';
import { forward } from '../reference/index.js';

/** Bell-shaped int8 features, [frame][coefficient]. */
export function randomFeatures({ input: { frames, coefficients } }: NetworkSpec, seed: number): Int8Array {
  const random = new Random(seed, 0x66656174);
  const draw = (): number => Math.max(-127, Math.min(127, Math.round(random.normal() * 32)));
  return Int8Array.from({ length: frames * coefficients }, draw);
}

/** A network whose layers fire, none of them always. */
export function firingCheckpoint(spec: NetworkSpec, seed: number): Checkpoint {
  return randomCheckpoint(
    spec,
    seed,
    [1, 2].map((clip) => randomFeatures(spec, 100 * seed + clip)),
  );
}

/** What the plain float64 network of `test/reference` computes: spikes by layer, [timestep][channel][position]. */
export function referenceSpikes(
  { spec, parameters }: Checkpoint,
  features: Int8Array,
): { spikes: Map<string, Float64Array>; logits: Float64Array } {
  const plan = planNetwork(spec);
  const { layers, logits } = forward(plan, inFloat64(parameters), referenceInput(plan, features), 1, 'running');
  return { spikes: new Map(plan.layers.map(({ name }, k) => [name, layers[k].neurons.spikes])), logits };
}
