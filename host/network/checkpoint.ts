import { readFileSync } from 'node:fs';
import { writeFileAtomically } from '../atomic-write.js';
import { SpikewordError } from '../error.js';
import type { FeatureParameters } from '../features/index.js';
import { type Parameters, parameterShapes } from './parameters.js';
import { planNetwork } from './plan.js';
import { decodeTensors, encodeTensors, type Tensor } from './safetensors.js';
import { checkSpec, type NetworkSpec } from './spec.js';

/** A checkpoint that does not fit its own description. */
export class CheckpointError extends SpikewordError {}

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

/** Writes a checkpoint as safetensors, whole or not at all; the same checkpoint gives the same bytes. */
export function writeCheckpoint(path: string, checkpoint: Checkpoint): void {
  const tensors = new Map<string, Tensor>();
  for (const { name, shape } of parameterShapes(planNetwork(checkpoint.spec))) {
    const data = checkpoint.parameters.get(name);
    if (data === undefined) throw new CheckpointError(`${path}: tensor ${name} is missing`);
    tensors.set(name, { shape, data });
  }
  const { spec, labels, features, provenance } = checkpoint;
  writeFileAtomically(
    path,
    encodeTensors(tensors, { format: 'spikeword', spikeword: JSON.stringify({ spec, labels, features, provenance }) }),
  );
}

type Description = Omit<Checkpoint, 'parameters'>;

/** The description beside the tensors, checked; throws `CheckpointError` naming the file and the fault. */
function readDescription(json: string, path: string): Description {
  const fail = (fault: string): never => {
    throw new CheckpointError(`${path}: ${fault}`);
  };
  let found: Partial<Description> | null = null;
  try {
    found = JSON.parse(json);
    checkSpec(found?.spec);
  } catch (cause) {
    throw new CheckpointError(`${path}: ${(cause as Error).message}`, { cause });
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

/** Reads a checkpoint and checks every tensor against the description; throws `CheckpointError` naming the fault. */
export function readCheckpoint(path: string): Checkpoint {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new CheckpointError(`${path}: cannot be read: ${(cause as Error).message}`, { cause });
  }
  const { tensors, metadata } = decodeTensors(bytes, path);
  if (metadata.spikeword === undefined) throw new CheckpointError(`${path}: not a spikeword checkpoint`);
  const { spec, labels, features, provenance } = readDescription(metadata.spikeword, path);
  const parameters = new Map<string, Float32Array>();
  for (const { name, shape } of parameterShapes(planNetwork(spec))) {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new CheckpointError(`${path}: tensor ${name} is missing`);
    if (tensor.shape.join() !== shape.join()) {
      throw new CheckpointError(`${path}: tensor ${name} is [${tensor.shape}], expected [${shape}]`);
    }
    parameters.set(name, tensor.data);
  }
  return { spec, labels, features, parameters, provenance };
}
