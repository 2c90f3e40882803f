import { FEATURE_SCALE } from '../../host/core/features/index.js';
import {
  type Checkpoint,
  type NetworkPlan,
  type NetworkSpec,
  parameterShapes,
  planNetwork,
} from '../../host/core/network/index.js';
import { Random } from '../../host/core/random.js';
import { forward } from '../reference/index.js';

const provenance = {
  spikeword: '0.0.0',
  task: 'random',
  dataset: 'none',
  seed: 1,
  epochs: 0,
  validationAccuracy: null,
};

export function checkpointOf(spec: NetworkSpec, parameters: ReadonlyMap<string, Float32Array>): Checkpoint {
  const perCoefficient = (value: number): number[] => Array.from({ length: 10 }, () => value);
  return {
    spec,
    labels: Array.from({ length: spec.classes }, (_, k) => `word${k}`),
    features: { frames: spec.input.frames, mean: perCoefficient(0), multiplier: perCoefficient(4096) },
    parameters,
    provenance,
  };
}

export const inFloat64 = (parameters: ReadonlyMap<string, Float32Array>): Map<string, Float64Array> =>
  new Map([...parameters].map(([name, data]) => [name, Float64Array.from(data)]));

/** Returns int8 features [frame][coefficient] as the reference's input [channel][frame][band]. */
export function referenceInput({ spec }: NetworkPlan, features: Int8Array): Float64Array {
  const { frames, coefficients } = spec.input;
  const input = Float64Array.from(features, (feature) => feature * FEATURE_SCALE);
  if (spec.dimensions === 2) return input;
  return input.map((_, at) => features[(at % frames) * coefficients + Math.floor(at / frames)] * FEATURE_SCALE);
}

/** A network at the start of its training: bell-shaped weights, and statistics that normalise the given features. */
export function randomCheckpoint(spec: NetworkSpec, seed: number, features: readonly Int8Array[]): Checkpoint {
  const random = new Random(seed, 0x636b7074);
  const plan = planNetwork(spec);
  const parameters = new Map<string, Float32Array>();
  for (const { name, shape, role } of parameterShapes(plan)) {
    const length = shape.reduce((a, b) => a * b, 1);
    const fanIn = length / shape[0];
    const draw = {
      weight: () => random.normal() * Math.sqrt(2 / fanIn),
      bias: () => random.normal() * 0.1,
      gamma: () => 0.7 + 0.6 * random.uniform(),
      beta: () => random.normal() * 0.2,
      threshold: () => (spec.neuron === 'if' ? 1 : 0.6 + 0.8 * random.uniform()),
      statistic: () => 0,
    }[role];
    parameters.set(name, Float32Array.from({ length }, draw));
  }
  // the statistics of this batch become the running statistics
  const clips = features.length;
  const input = features.flatMap((clip) => [...referenceInput(plan, clip)]);
  const { layers } = forward(plan, inFloat64(parameters), Float64Array.from(input), clips, 'batch');
  for (const [k, { name }] of plan.layers.entries()) {
    parameters.set(`${name}.bn.mean`, Float32Array.from(layers[k].main.norm.mean));
    parameters.set(`${name}.bn.variance`, Float32Array.from(layers[k].main.norm.variance));
    const projection = layers[k].projection;
    if (projection === null) continue;
    parameters.set(`${name}.shortcut.bn.mean`, Float32Array.from(projection.norm.mean));
    parameters.set(`${name}.shortcut.bn.variance`, Float32Array.from(projection.norm.variance));
  }
  return checkpointOf(spec, parameters);
}

/** The values of every layer of `representableCheckpoint`, in units of a channel's scale. */
export const REPRESENTABLE = { threshold: 37, weightStep: 31, shorterThreshold: 6 } as const;

/**
 * A float network whose weights are whole multiples of the scale that quantisation chooses, so that nothing is rounded
 * and every spike must be the same in float and in integers. A membrane that meets its threshold exactly could fall on
 * either side in float. That never happens here: weights are multiples of 31, biases are 1 and thresholds 6 modulo 31,
 * and with T ≤ 4 no t − 6j with 1 ≤ t ≤ 4, |j| ≤ 5 is a multiple of 31. The greatest weight, 124, keeps θ at 37,
 * as 38 · 124 / 37 > 127. An identity shortcut adds a threshold, which only changes j.
 */
export function representableCheckpoint(spec: NetworkSpec, seed: number): Checkpoint {
  const random = new Random(seed, 0x65786163);
  const plan = planNetwork(spec);
  const { threshold, shorterThreshold, weightStep } = REPRESENTABLE;
  const parameters = new Map<string, Float32Array>();
  const shapes = new Map(parameterShapes(plan).map(({ name, shape }) => [name, shape.reduce((a, b) => a * b, 1)]));
  const vth = spec.neuron === 'if' ? 1 : 0.8;
  const unit = vth / threshold;
  const thresholds = Array.from({ length: plan.timesteps }, (_, t) =>
    spec.neuron === 'atif-nu' && t % 2 === 1 ? shorterThreshold : threshold,
  );
  const amplitude = (unit * thresholds.reduce((a, b) => a + b, 0)) / plan.timesteps;

  const convolution = (name: string, entering: number, bias: () => number): void => {
    const channels = shapes.get(`${name}.bn.gamma`) ?? 0;
    const length = shapes.get(`${name}.weight`) ?? 0;
    const integers = Array.from({ length }, () => weightStep * Math.round(random.normal() * 0.7));
    for (const [k, q] of integers.entries()) integers[k] = Math.max(-124, Math.min(124, q));
    for (let c = 0; c < channels; c++) integers[c * (length / channels) + random.below(length / channels)] = 124;
    parameters.set(
      `${name}.weight`,
      Float32Array.from(integers, (q) => (q * unit) / entering),
    );
    parameters.set(`${name}.bn.gamma`, new Float32Array(channels).fill(2));
    parameters.set(`${name}.bn.variance`, new Float32Array(channels).fill(4 - 1e-5));
    // beta cancels the mean
    parameters.set(`${name}.bn.mean`, new Float32Array(channels).fill(0.25));
    parameters.set(
      `${name}.bn.beta`,
      Float32Array.from({ length: channels }, () => 0.25 + bias() * unit),
    );
  };
  for (const { name, source, shortcut } of plan.layers) {
    convolution(name, source < 0 ? FEATURE_SCALE : amplitude, () => 1 + weightStep * (random.below(7) - 4));
    if (shortcut?.kind === 'projection') convolution(`${name}.shortcut`, amplitude, () => 0);
    const stored = spec.neuron === 'atif-nu' ? thresholds.map((theta) => theta * unit) : [vth];
    parameters.set(`${name}.thresholds`, Float32Array.from(stored));
  }
  const classifier = Float32Array.from({ length: shapes.get('classifier.weight') ?? 0 }, () => random.normal());
  parameters.set('classifier.weight', classifier);
  parameters.set(
    'classifier.bias',
    Float32Array.from({ length: spec.classes }, () => random.normal()),
  );
  return checkpointOf(spec, parameters);
}
