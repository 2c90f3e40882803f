import { NetworkError, SpikewordError } from '../core/error.js';
import { COEFFICIENTS, type FeatureParameters } from '../core/features/index.js';
import {
  checkSpec,
  convolutionWeights,
  type LayerPlan,
  type NetworkPlan,
  type NetworkSpec,
  planNetwork,
} from '../core/network/index.js';
import type {
  LayerBounds,
  Provenance,
  QuantizedLayer,
  QuantizedNetwork,
  QuantizedShortcut,
} from '../core/quantization/index.js';
import { INT16, INT32, proveBounds, proveClassifier, type Range } from '../core/quantization/index.js';

/** A quantised network as JSON holds it: lists of numbers, so that a person and `diff` can read them. */
export interface StoredNetwork {
  readonly spec: NetworkSpec;
  readonly labels: readonly string[];
  readonly features: FeatureParameters;
  readonly provenance: Provenance;
  readonly layers: readonly {
    readonly name: string;
    readonly bounds: LayerBounds;
    readonly scales: number[];
    readonly thresholds: number[];
    readonly bias: number[];
    readonly shortcut: { readonly kind: string; readonly weights: number[] } | null;
    readonly weights: number[];
  }[];
  readonly classifier: { readonly scale: number; readonly bias: number[]; readonly weights: number[] };
}

export function toStored({ spec, labels, features, provenance, layers, classifier }: QuantizedNetwork): StoredNetwork {
  return {
    spec,
    labels,
    features,
    provenance,
    layers: layers.map(({ name, bounds, scales, thresholds, bias, shortcut, weights }) => ({
      name,
      bounds,
      scales: [...scales],
      thresholds: [...thresholds],
      bias: [...bias],
      shortcut: shortcut && { kind: shortcut.kind, weights: [...shortcut.weights] },
      weights: [...weights],
    })),
    classifier: { scale: classifier.scale, bias: [...classifier.bias], weights: [...classifier.weights] },
  };
}

const INT8: Range = { min: -128, max: 127 };
const POSITIVE: Range = { min: 1, max: INT32.max };

/** Lists of numbers that came from outside; every fault becomes a `NetworkError` that says where it is. */
class Checked {
  constructor(private readonly file: string) {}

  fail(fault: string): never {
    throw new NetworkError(`${this.file}: ${fault}`);
  }

  list(where: string, values: unknown, length: number): unknown[] {
    if (!Array.isArray(values)) this.fail(`${where} is not a list`);
    if (values.length !== length) this.fail(`${where} has ${values.length} entries, expected ${length}`);
    return values;
  }

  integers(where: string, values: unknown, length: number, { min, max }: Range): number[] {
    const list = this.list(where, values, length);
    const wrong = list.findIndex((value) => !Number.isInteger(value) || Number(value) < min || Number(value) > max);
    if (wrong >= 0) {
      this.fail(`${where}[${wrong}] is ${JSON.stringify(list[wrong])}, expected a whole number from ${min} to ${max}`);
    }
    return list as number[];
  }

  scale(where: string, value: unknown): number {
    if (typeof value !== 'number' || !(value > 0 && value < Infinity)) {
      this.fail(`${where} is ${JSON.stringify(value)}, expected above 0`);
    }
    return value;
  }

  strings(where: string, values: unknown, length: number): string[] {
    const list = this.list(where, values, length);
    if (!list.every((value) => typeof value === 'string')) this.fail(`${where} holds something that is no text`);
    return list as string[];
  }
}

/** Checks what a file holds and returns it typed; throws `NetworkError` naming `file`, the place and the fault. */
export function fromStored(value: unknown, file: string): QuantizedNetwork {
  const checked = new Checked(file);
  const stored = value as StoredNetwork;
  try {
    const spec = checkSpec(stored.spec);
    if (spec.neuron === 'relu') checked.fail('neuron is relu, which has no integer thresholds');
    const plan = planNetwork(spec);
    checked.list('layers', stored.layers, plan.layers.length);
    return {
      spec,
      labels: checked.strings('labels', stored.labels, spec.classes),
      features: checkFeatures(checked, stored.features, spec),
      layers: plan.layers.map((_, index) => checkLayer(checked, stored, plan, index)),
      classifier: checkClassifier(checked, stored.classifier, plan),
      provenance: checkProvenance(checked, stored.provenance),
    };
  } catch (error) {
    if (error instanceof NetworkError && error.message.startsWith(file)) throw error;
    if (error instanceof SpikewordError) throw new NetworkError(`${file}: ${error.message}`, { cause: error });
    throw error;
  }
}

function checkFeatures(
  checked: Checked,
  features: FeatureParameters | undefined,
  spec: NetworkSpec,
): FeatureParameters {
  if (features?.frames !== spec.input.frames) {
    checked.fail(`features.frames is ${features?.frames}, but the network reads ${spec.input.frames}`);
  }
  return {
    frames: features.frames,
    mean: checked.integers('features.mean', features.mean, COEFFICIENTS, INT32),
    multiplier: checked.integers('features.multiplier', features.multiplier, COEFFICIENTS, {
      min: 1,
      max: 2 ** 24 - 1,
    }),
  };
}

function checkLayer(checked: Checked, { layers }: StoredNetwork, plan: NetworkPlan, index: number): QuantizedLayer {
  const layerPlan = plan.layers[index];
  const stored = layers[index];
  const { name, convolution } = layerPlan;
  if (stored?.name !== name) checked.fail(`layers[${index}] is ${JSON.stringify(stored?.name)}, expected ${name}`);
  const channels = convolution.output.channels;
  const layer = {
    name,
    weights: Int8Array.from(checked.integers(`${name}.weights`, stored.weights, convolutionWeights(convolution), INT8)),
    shortcut: checkShortcut(checked, stored.shortcut, layerPlan),
    bias: Int32Array.from(checked.integers(`${name}.bias`, stored.bias, channels, INT32)),
    thresholds: Int32Array.from(
      checked.integers(`${name}.thresholds`, stored.thresholds, plan.timesteps * channels, POSITIVE),
    ),
    scales: Float64Array.from(checked.list(`${name}.scales`, stored.scales, channels), (scale, c) =>
      checked.scale(`${name}.scales[${c}]`, scale),
    ),
  };
  const bounds = proveBounds(plan, index, layer);
  for (const key of ['currentMin', 'currentMax', 'membraneMin', 'membraneMax'] as const) {
    if (stored.bounds?.[key] !== bounds[key]) {
      checked.fail(`${name}.bounds.${key} is ${stored.bounds?.[key]}, but the weights give ${bounds[key]}`);
    }
  }
  return { ...layer, bounds };
}

function checkShortcut(
  checked: Checked,
  stored: StoredNetwork['layers'][number]['shortcut'],
  { name, shortcut, convolution }: LayerPlan,
): QuantizedShortcut | null {
  const kind = shortcut?.kind ?? null;
  if ((stored?.kind ?? null) !== kind) checked.fail(`${name}.shortcut is ${stored?.kind ?? 'none'}, expected ${kind}`);
  if (shortcut === null) return null;
  const where = `${name}.shortcut.weights`;
  if (shortcut.kind === 'identity') {
    const weights = checked.integers(where, stored?.weights, convolution.output.channels, INT16);
    return { kind: 'identity', weights: Int16Array.from(weights) };
  }
  const weights = checked.integers(where, stored?.weights, convolutionWeights(shortcut.convolution), INT8);
  return { kind: 'projection', weights: Int8Array.from(weights) };
}

function checkClassifier(
  checked: Checked,
  stored: StoredNetwork['classifier'] | undefined,
  plan: NetworkPlan,
): QuantizedNetwork['classifier'] {
  const { classes, channels } = plan.classifier;
  const weights = Int8Array.from(checked.integers('classifier.weights', stored?.weights, classes * channels, INT8));
  const bias = Int32Array.from(checked.integers('classifier.bias', stored?.bias, classes, INT32));
  proveClassifier(plan, weights, bias);
  return { weights, bias, scale: checked.scale('classifier.scale', stored?.scale) };
}

function checkProvenance(checked: Checked, stored: Provenance | undefined): Provenance {
  const fraction = (name: 'validationAccuracyFloat' | 'validationAccuracy'): number | null => {
    const value = stored?.[name] ?? null;
    if (value !== null && !(value >= 0 && value <= 1)) checked.fail(`provenance.${name} is ${JSON.stringify(value)}`);
    return value;
  };
  const [spikeword, task, dataset] = checked.strings(
    'provenance',
    [stored?.spikeword, stored?.task, stored?.dataset],
    3,
  );
  const whole: Range = { min: 0, max: Number.MAX_SAFE_INTEGER };
  const [seed, epochs] = checked.integers('provenance.seed and epochs', [stored?.seed, stored?.epochs], 2, whole);
  return {
    spikeword,
    task,
    dataset,
    seed,
    epochs,
    validationAccuracyFloat: fraction('validationAccuracyFloat'),
    validationAccuracy: fraction('validationAccuracy'),
  };
}
