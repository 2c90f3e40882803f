import { existsSync, readFileSync } from 'node:fs';
import { NetworkError } from '../core/error.js';
import { decodeTensors, encodeTensors, float32Tensor, type Tensor } from '../core/network/index.js';
import { writeFileAtomically } from '../system/index.js';

/**
 * Everything that a run needs to continue after a finished epoch. Random generators are not part of it: their numbers
 * depend only on seed and epoch.
 */
export interface TrainingState {
  /** Finished epochs. */
  readonly epoch: number;
  /** Optimiser steps taken. */
  readonly step: number;
  /** The number of the finished epoch that is best on validation, from 1. */
  readonly bestEpoch: number;
  /** The fraction of words that the best epoch misses in validation streams; null where they are not heard. */
  readonly bestMissRate: number | null;
  readonly bestAccuracy: number;
  /** The cross-entropy of the best epoch on validation. */
  readonly bestLoss: number;
  readonly parameters: ReadonlyMap<string, Float32Array>;
  readonly optimizer: ReadonlyMap<string, Float32Array>;
}

const FORMAT = 'spikeword-state';
const PARAMETER = 'parameter/';
const OPTIMIZER = 'optimizer/';

/** Writes a state as safetensors, whole or not at all. An epoch counts as finished when this has happened. */
export function writeState(path: string, state: TrainingState): void {
  const { parameters, optimizer, ...counters } = state;
  const tensors = new Map<string, Tensor>();
  for (const [name, data] of parameters) tensors.set(PARAMETER + name, { shape: [data.length], data });
  for (const [name, data] of optimizer) tensors.set(OPTIMIZER + name, { shape: [data.length], data });
  writeFileAtomically(path, encodeTensors(tensors, { format: FORMAT, state: JSON.stringify(counters) }));
}

/** Reads the state of a run; null before its first finished epoch. Throws `NetworkError` for a damaged file. */
export function readState(path: string): TrainingState | null {
  if (!existsSync(path)) return null;
  const content = decodeTensors(readFileSync(path), path);
  const { metadata, tensors } = content;
  if (metadata.format !== FORMAT)
    throw new NetworkError(`${path}: is a safetensors file, but not the saved state of a run`);
  const part = (prefix: string): Map<string, Float32Array> =>
    new Map(
      [...tensors.keys()]
        .filter((name) => name.startsWith(prefix))
        .map((name) => [name.slice(prefix.length), float32Tensor(content, name, path).data]),
    );
  const counters = JSON.parse(metadata.state) as Omit<TrainingState, 'parameters' | 'optimizer'>;
  // The state of an older version has no miss rate: it chose by accuracy.
  return {
    ...counters,
    bestMissRate: counters.bestMissRate ?? null,
    parameters: part(PARAMETER),
    optimizer: part(OPTIMIZER),
  };
}
