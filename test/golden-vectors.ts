import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type NetworkPlan, type NeuronKind, parameterShapes, planNetwork } from '../host/core/network/index.js';

/**
 * Values computed elsewhere; `SPIKEWORD_GOLDEN` names another folder with files of the same form. npm runs scripts in
 * the root of the package; a relative path is meant from where npm was called.
 */
const folder = resolve(
  process.env.INIT_CWD ?? '',
  process.env.SPIKEWORD_GOLDEN ?? fileURLToPath(new URL('../../test/golden/', import.meta.url)),
);

/** Throws if the file is missing or empty, so that missing vectors do not count as passed. */
function cases(name: string): unknown[] {
  const file = join(folder, name);
  const found: unknown = JSON.parse(readFileSync(file, 'utf8')).cases;
  if (!Array.isArray(found) || found.length === 0) throw new RangeError(`${file}: no cases`);
  return found;
}

export interface MfccCase {
  readonly name: string;
  readonly samples: Int16Array;
  /** [frame][coefficient] */
  readonly mfcc: readonly (readonly number[])[];
}

export function mfccCases(): MfccCase[] {
  return (cases('mfcc.json') as { name: string; pcm16leBase64: string; mfcc: number[][] }[]).map((given) => {
    const bytes = Buffer.from(given.pcm16leBase64, 'base64');
    const samples = Int16Array.from({ length: bytes.length / 2 }, (_, k) => bytes.readInt16LE(2 * k));
    return { name: given.name, samples, mfcc: given.mfcc };
  });
}

/** Arrays are [timestep][neuron]. */
export interface NeuronCase {
  readonly kind: NeuronKind;
  readonly T: number;
  readonly alpha: number;
  readonly N: number;
  readonly thresholds: number[];
  readonly input: number[];
  readonly upstream: number[];
  readonly spikes: number[];
  readonly membrane: number[];
  readonly gradInput: number[];
  readonly gradThresholds: number[];
}

export function neuronCases(): NeuronCase[] {
  return cases('neurons.json') as NeuronCase[];
}

interface GoldenNetwork {
  readonly kind: NeuronKind;
  readonly T: number;
  readonly B: number;
  readonly alpha: number;
  readonly shapes: Readonly<Record<string, number[]>>;
  readonly params: Readonly<Record<string, number[]>>;
  readonly x: number[];
  /** [clip][coefficient][frame] */
  readonly xShape: readonly number[];
  readonly labels: number[];
  readonly spikes: Readonly<Record<string, number>>;
  readonly logits: number[];
  readonly loss: number;
  readonly grads: Readonly<Record<string, number[]>>;
}

/** A training step with its results, in the names and layouts of this project. */
export interface NetworkCase {
  readonly kind: NeuronKind;
  readonly plan: NetworkPlan;
  readonly parameters: Map<string, Float64Array>;
  /** [clip][coefficient][frame] */
  readonly input: Float64Array;
  readonly labels: Int32Array;
  /** Per layer; null for `relu`, which has none. */
  readonly spikes: number[] | null;
  readonly logits: Float64Array;
  readonly loss: number;
  /** By canonical name. */
  readonly gradients: Map<string, Float64Array>;
}

const CANONICAL_NAMES: Readonly<Record<string, string>> = {
  stem: 'stem.weight',
  bnStemGamma: 'stem.bn.gamma',
  bnStemBeta: 'stem.bn.beta',
  vthStem: 'stem.thresholds',
  conv1: 'stage1.block1.conv1.weight',
  bn1Gamma: 'stage1.block1.conv1.bn.gamma',
  bn1Beta: 'stage1.block1.conv1.bn.beta',
  vth1: 'stage1.block1.conv1.thresholds',
  conv2: 'stage1.block1.conv2.weight',
  bn2Gamma: 'stage1.block1.conv2.bn.gamma',
  bn2Beta: 'stage1.block1.conv2.bn.beta',
  vth2: 'stage1.block1.conv2.thresholds',
  short: 'stage1.block1.conv2.shortcut.weight',
  bnShortGamma: 'stage1.block1.conv2.shortcut.bn.gamma',
  bnShortBeta: 'stage1.block1.conv2.shortcut.bn.beta',
  fc: 'classifier.weight',
  fcBias: 'classifier.bias',
};

export function networkCases(): NetworkCase[] {
  return (cases('network.json') as GoldenNetwork[]).map((golden) => {
    const { shapes, kind } = golden;
    const plan = planNetwork({
      input: { frames: golden.xShape[2], coefficients: golden.xShape[1] },
      dimensions: 1,
      stem: { channels: shapes.stem[0], kernel: [shapes.stem[2], 1], stride: [1, 1] },
      stages: [{ blocks: 1, channels: shapes.conv1[0], kernel: [shapes.conv1[2], 1], stride: [2, 1] }],
      neuron: kind,
      timesteps: golden.T,
      surrogateSlope: golden.alpha,
      classes: shapes.fc[0],
    });
    const parameters = canonical(golden.params);
    if (kind === 'if') {
      for (const layer of plan.layers) parameters.set(`${layer.name}.thresholds`, Float64Array.of(1));
    }
    for (const { name, shape, role } of parameterShapes(plan)) {
      if (role === 'statistic') continue;
      const given = parameters.get(name)?.length;
      const size = shape.reduce((product, n) => product * n, 1);
      if (given !== size)
        throw new RangeError(`network.json, ${kind}: ${given} values for ${name}, [${shape}] expected`);
    }
    const { spikes } = golden;
    return {
      kind,
      plan,
      parameters,
      input: Float64Array.from(golden.x),
      labels: Int32Array.from(golden.labels),
      spikes: kind === 'relu' ? null : [spikes.Stem, spikes['1'], spikes['2']],
      logits: Float64Array.from(golden.logits),
      loss: golden.loss,
      gradients: canonical(golden.grads),
    };
  });
}

function canonical(tensors: Readonly<Record<string, number[]>>): Map<string, Float64Array> {
  const renamed = new Map<string, Float64Array>();
  for (const [name, values] of Object.entries(tensors)) {
    if (CANONICAL_NAMES[name] === undefined) throw new RangeError(`network.json: tensor ${name} is unknown`);
    renamed.set(CANONICAL_NAMES[name], Float64Array.from(values));
  }
  return renamed;
}
