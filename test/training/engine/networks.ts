import {
  featureCount,
  type NetworkPlan,
  type NetworkSpec,
  parameterShapes,
  planNetwork,
} from '../../../host/core/network/index.js';
import { Random } from '../../../host/core/random.js';
import type { OptimizerSettings, TrainingEngine } from '../../../host/core/training/index.js';
import { openTrainingEngine } from '../../../host/training/index.js';

export const ADAMW: OptimizerSettings = {
  kind: 'adamw',
  weightDecay: 0.01,
  momentum: 0.9,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  gradientClip: 1,
};

export interface Example {
  readonly plan: NetworkPlan;
  readonly parameters: Map<string, Float32Array>;
}

/** Returns parameters with which every layer spikes, and whose running statistics differ from those of the batch. */
export function exampleParameters(plan: NetworkPlan, random: Random): Map<string, Float32Array> {
  const parameters = new Map<string, Float32Array>();
  for (const { name, shape, role } of parameterShapes(plan)) {
    const fanIn = shape.slice(1).reduce((a, b) => a * b, 1);
    const draw = (): number => {
      if (role === 'weight') return random.normal() * Math.sqrt(2 / fanIn);
      if (role === 'gamma') return 0.8 + 0.4 * random.uniform();
      if (role === 'threshold') return plan.spec.neuron === 'if' ? 1 : 0.5 + 0.5 * random.uniform();
      if (name.endsWith('.variance')) return 0.5 + random.uniform();
      return 0.2 * random.normal();
    };
    parameters.set(
      name,
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => draw()),
    );
  }
  return parameters;
}

export function exampleOf(spec: NetworkSpec, seed: number): Example {
  const plan = planNetwork(spec);
  return { plan, parameters: exampleParameters(plan, new Random(seed)) };
}

export function exampleFeatures(plan: NetworkPlan, clips: number, seed: number): Int8Array {
  const random = new Random(seed);
  return Int8Array.from({ length: clips * featureCount(plan.spec) }, () =>
    Math.max(-128, Math.min(127, Math.round(random.normal() * 32))),
  );
}

export function exampleLabels(plan: NetworkPlan, clips: number, seed: number): Int32Array {
  const random = new Random(seed);
  return Int32Array.from({ length: clips }, () => random.below(plan.spec.classes));
}

/** Runs `use` with an engine that has the parameters of the example. */
export async function withEngine<T>(
  { plan, parameters }: Example,
  options: { readonly batchSize: number; readonly threads?: number; readonly optimizer?: OptimizerSettings },
  use: (engine: TrainingEngine) => T | Promise<T>,
): Promise<T> {
  const engine = await openTrainingEngine({ plan, threads: 1, optimizer: ADAMW, ...options });
  try {
    engine.setParameters(parameters);
    return await use(engine);
  } finally {
    await engine.close();
  }
}

/** A 1-D network with strides, channels that do not fill vectors, and both kinds of shortcut. */
export const LINE: NetworkSpec = {
  input: { frames: 13, coefficients: 5 },
  dimensions: 1,
  stem: { channels: 6, kernel: [5, 1], stride: [1, 1] },
  stages: [
    { blocks: 2, channels: 6, kernel: [3, 1], stride: [1, 1] },
    { blocks: 1, channels: 9, kernel: [5, 1], stride: [2, 1] },
  ],
  neuron: 'atif-u',
  timesteps: 3,
  surrogateSlope: 2,
  classes: 5,
};

/** A 2-D network with an even and an odd extent, unequal strides, a stride of 3, and a wide last layer. */
export const SQUARE: NetworkSpec = {
  input: { frames: 9, coefficients: 6 },
  dimensions: 2,
  stem: { channels: 4, kernel: [3, 5], stride: [1, 1] },
  stages: [
    { blocks: 1, channels: 4, kernel: [3, 3], stride: [1, 1] },
    { blocks: 1, channels: 7, kernel: [3, 3], stride: [2, 1] },
    { blocks: 1, channels: 58, kernel: [5, 3], stride: [3, 2] },
  ],
  neuron: 'atif-nu',
  timesteps: 4,
  surrogateSlope: 4,
  classes: 3,
};

/** A network on three channels, of a stage without shortcuts and one with them. */
export const IMAGE: NetworkSpec = {
  ...SQUARE,
  input: { frames: 8, coefficients: 7, channels: 3 },
  stages: [
    { blocks: 3, channels: 6, kernel: [3, 3], stride: [2, 2], shortcuts: false },
    { blocks: 1, channels: 6, kernel: [3, 3], stride: [1, 1] },
    { blocks: 1, channels: 9, kernel: [3, 3], stride: [2, 2], shortcuts: false },
  ],
};

/** The same networks without padding, on as many frames as they need. */
export const LINE_VALID: NetworkSpec = { ...LINE, padding: 'valid', input: { frames: 41, coefficients: 5 } };
export const SQUARE_VALID: NetworkSpec = { ...SQUARE, padding: 'valid', input: { frames: 51, coefficients: 6 } };
