import { readFileSync } from 'node:fs';
import { NetworkError, UsageError } from '../core/error.js';
import { fileKind, looksLike } from '../core/file-kind.js';
import { checkMapping, foreignNetwork, graphToNetwork } from '../core/interchange/index.js';
import { type Checkpoint, type Description, decodeTensors, readDescription } from '../core/network/index.js';
import { packageVersion } from '../system/index.js';
import { checkpointPath } from './checkpoint-file.js';
import { readNir } from './nir-file.js';

export interface ImportOptions {
  /** A JSON file that says which tensor is which; for files of tensors. */
  readonly mapping?: string;
  /** A file of `spikeword features`, a checkpoint or a run folder: the words and features of the training. */
  readonly features?: string;
  /** Timesteps of a graph that does not say them. */
  readonly timesteps?: number;
  /** Whether spikes of a graph that does not say it take the threshold from the membrane. */
  readonly softReset?: boolean;
}

type Training = Omit<Description, 'spec'>;

function read(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new NetworkError(`${path}: cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Reads a network that another program wrote: a graph of NIR (.nir), or tensors (.safetensors) with a mapping. Throws
 * `NetworkError`, which names the file and what was expected, or `UsageError` for an option that is missing.
 */
export async function importNetwork(path: string, options: ImportOptions = {}): Promise<Checkpoint> {
  const bytes = read(path);
  const training = options.features === undefined ? undefined : readTraining(options.features);
  const kind = fileKind(bytes);
  if (kind === 'graph') {
    if (options.mapping !== undefined) throw new UsageError(`${path}: a graph of NIR needs no --mapping`);
    const { timesteps, softReset } = options;
    return graphToNetwork(await readNir(bytes, path), path, { training, timesteps, softReset });
  }
  if (kind !== 'checkpoint') {
    throw new NetworkError(`${path}: expected a graph of NIR (.nir) or tensors (.safetensors)${looksLike(bytes)}`);
  }
  const content = decodeTensors(bytes, path);
  if (content.metadata.spikeword !== undefined) {
    throw new NetworkError(`${path}: already a checkpoint of spikeword, for quantize, evaluate and train --from`);
  }
  const { mapping } = options;
  if (mapping === undefined) {
    throw new UsageError(`${path}: tensors of another program need --mapping FILE, which says which is which`);
  }
  if (training === undefined) {
    throw new UsageError(
      `${path}: tensors do not say which words and features they were trained with: give --features`,
    );
  }
  return foreignNetwork(content, checkMapping(parsed(mapping), mapping), training, path);
}

function parsed(path: string): unknown {
  const text = new TextDecoder().decode(read(path));
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new NetworkError(`${path}: ${(cause as Error).message}`, { cause });
  }
}

/** Reads the words and features that a network was trained with. */
function readTraining(given: string): Training {
  const path = checkpointPath(given);
  const { metadata } = decodeTensors(read(path), path);
  if (metadata.spikeword !== undefined) return readDescription(metadata.spikeword, path);
  const { labels, parameters, task } = metadata;
  if (labels === undefined || parameters === undefined || task === undefined) {
    throw new NetworkError(`${path}: expected a file that spikeword features wrote, or a checkpoint`);
  }
  try {
    return {
      labels: JSON.parse(labels),
      features: JSON.parse(parameters),
      provenance: {
        spikeword: packageVersion(),
        task,
        dataset: 'imported',
        seed: 0,
        epochs: 0,
        validationAccuracy: null,
      },
    };
  } catch (cause) {
    throw new NetworkError(`${path}: ${(cause as Error).message}`, { cause });
  }
}
