import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Checkpoint } from '../core/network/index.js';
import { readCheckpoint } from '../model/index.js';
import { abbreviateHome, expandHome, TrainingConfigError } from '../system/index.js';
import type { Beginning, TrainingConfig } from './config.js';

/** Reads the checkpoint to start from. Throws `NetworkError` for a file that is not a checkpoint. */
export function beginWith(path: string): { beginning: Beginning; checkpoint: Checkpoint } {
  const checkpoint = readCheckpoint(path);
  return { beginning: { file: abbreviateHome(path), sha256: digestOf(path) }, checkpoint };
}

/**
 * Reads the network that a training starts from; null if there is none. The training also uses its feature parameters,
 * because its weights are fitted to them. Throws `NetworkError`, and `TrainingConfigError` if the file has changed or
 * is of another network or other labels than the configuration.
 */
export function readBeginning({ from, network }: TrainingConfig, labels: readonly string[]): Checkpoint | null {
  if (from === undefined) return null;
  const path = expandHome(from.file);
  const checkpoint = readCheckpoint(path);
  const fail = (fault: string): never => {
    throw new TrainingConfigError(`training: ${path} ${fault}`);
  };
  if (digestOf(path) !== from.sha256) fail(`is not the checkpoint that this run starts from (SHA-256 ${from.sha256})`);
  if (checkpoint.labels.join() !== labels.join())
    fail(`has the labels ${checkpoint.labels.join(' ')}, not ${labels.join(' ')}`);
  const layers = ({ surrogateSlope: _, ...spec }: Checkpoint['spec']): string =>
    JSON.stringify(Object.entries(spec).sort());
  if (layers(checkpoint.spec) !== layers(network))
    fail('is a checkpoint of a different network; leave out --preset, --neuron and --timesteps');
  return checkpoint;
}

function digestOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
