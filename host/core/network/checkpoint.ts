import { NetworkError } from '../error.js';
import type { FeatureParameters } from '../features/index.js';
import { type Parameters, parameterShapes } from './parameters.js';
import { planNetwork } from './plan.js';
import { decodeTensors, encodeTensors, float32Tensor, type Tensor } from './safetensors.js';
import { checkSpec, type NetworkSpec } from './spec.js';

/** Where the weights come from. */
export interface CheckpointProvenance {
  readonly spikeword: string;
  readonly task: string;
  /** Name and content digest of the recordings; no path. */
  readonly dataset: string;
  readonly seed: number;
  /** Epochs that led to these weights. */
  readonly epochs: number;
  /** Fraction of validation clips recognised in float, or null. */
  readonly validationAccuracy: number | null;
}

/** A float network: its description, its tensors (`parameterShapes`), the labels and the features it was trained on. */
export interface Checkpoint {
  readonly spec: NetworkSpec;
  readonly labels: readonly string[];
  readonly features: FeatureParameters;
  readonly parameters: Parameters;
  readonly provenance: CheckpointProvenance;
}

/**
 * Encodes a checkpoint as safetensors; the same checkpoint gives the same bytes. Throws `NetworkError` naming `file`.
 */
export function encodeCheckpoint(checkpoint: Checkpoint, file: string): Uint8Array {
  const tensors = new Map<string, Tensor>();
  for (const { name, shape } of parameterShapes(planNetwork(checkpoint.spec))) {
    const data = checkpoint.parameters.get(name);
    if (data === undefined) throw new NetworkError(`${file}: tensor ${name} is missing`);
    tensors.set(name, { shape, data });
  }
  return encodeTensors(tensors, { format: 'spikeword', spikeword: describeCheckpoint(checkpoint) });
}

/** A checkpoint without its tensors. */
export type Description = Omit<Checkpoint, 'parameters'>;

/** Returns the description that stands next to the tensors, as JSON. */
export function describeCheckpoint({ spec, labels, features, provenance }: Description): string {
  return JSON.stringify({ spec, labels, features, provenance });
}

/** Reads and checks the description next to the tensors; throws `NetworkError` naming the file and the fault. */
export function readDescription(json: string, file: string): Description {
  const fail = (fault: string): never => {
    throw new NetworkError(`${file}: ${fault}`);
  };
  let found: Partial<Description> | null = null;
  try {
    found = JSON.parse(json);
    checkSpec(found?.spec);
  } catch (cause) {
    throw new NetworkError(`${file}: ${(cause as Error).message}`, { cause });
  }
  const { spec, labels, features, provenance } = found as Description;
  const { frames, coefficients } = spec.input;
  const all = (list: unknown, length: number, type: 'string' | 'number'): boolean =>
    Array.isArray(list) && list.length === length && list.every((value) => typeof value === type);
  if (!all(labels, spec.classes, 'string')) fail(`expected ${spec.classes} labels, one for each class`);
  const perCoefficient = [features?.mean, features?.multiplier].every((list) => all(list, coefficients, 'number'));
  if (features?.frames !== frames || !perCoefficient) {
    fail(`the features do not fit the network, which reads ${frames} frames of ${coefficients} coefficients`);
  }
  const given: Partial<CheckpointProvenance> = provenance ?? {};
  const { spikeword, task, dataset, seed, epochs, validationAccuracy } = given;
  const accuracy = validationAccuracy === null ? 0 : validationAccuracy;
  if (!all([spikeword, task, dataset], 3, 'string') || !all([seed, epochs, accuracy], 3, 'number')) {
    fail('the provenance is incomplete');
  }
  return { spec, labels, features, provenance };
}

/**
 * Decodes a checkpoint and checks every tensor against the description; throws `NetworkError` naming `file` and the
 * fault.
 */
export function decodeCheckpoint(bytes: Uint8Array, file: string): Checkpoint {
  const content = decodeTensors(bytes, file);
  const { spikeword } = content.metadata;
  if (spikeword === undefined) throw new NetworkError(`${file}: not a spikeword checkpoint`);
  const { spec, labels, features, provenance } = readDescription(spikeword, file);
  const parameters = new Map<string, Float32Array>();
  for (const { name, shape } of parameterShapes(planNetwork(spec))) {
    const tensor = float32Tensor(content, name, file);
    if (tensor.shape.join() !== shape.join()) {
      throw new NetworkError(`${file}: tensor ${name} is [${tensor.shape}], expected [${shape}]`);
    }
    parameters.set(name, tensor.data);
  }
  return { spec, labels, features, parameters, provenance };
}
