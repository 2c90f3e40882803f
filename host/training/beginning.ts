import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Checkpoint } from '../core/network/index.js';
import { readCheckpoint } from '../model/index.js';
import { abbreviateHome, expandHome, TrainingConfigError } from '../system/index.js';
import type { Beginning, TrainingConfig } from './config.js';

/** Throws `NetworkError` for a file that is none. */
export function beginWith(path: string): { beginning: Beginning; checkpoint: Checkpoint } {
  const checkpoint = readCheckpoint(path);
  return { beginning: { file: abbreviateHome(path), sha256: digestOf(path) }, checkpoint };
}

/**
 * The network that a training begins with, or null. It brings its own feature parameters, to which its weights are
 * fitted. Throws `NetworkError`, and `TrainingConfigError` for another file than the one in the configuration or one
 * that is not for its network or labels.
 */
export function readBeginning({ from, network }: TrainingConfig, labels: readonly string[]): Checkpoint | null {
  if (from === undefined) return null;
  const path = expandHome(from.file);
  const checkpoint = readCheckpoint(path);
  const fail = (fault: string): never => {
    throw new TrainingConfigError(`training: ${path} ${fault}`);
  };
  if (digestOf(path) !== from.sha256) fail(`is not the checkpoint of this run, whose SHA-256 is ${from.sha256}`);
  if (checkpoint.labels.join() !== labels.join()) fail(`knows ${checkpoint.labels.join(' ')}, not ${labels.join(' ')}`);
  const layers = ({ surrogateSlope: _, ...spec }: Checkpoint['spec']): string =>
    JSON.stringify(Object.entries(spec).sort());
  if (layers(checkpoint.spec) !== layers(network))
    fail('is of another network; leave out --preset, --neuron, --timesteps');
  return checkpoint;
}

function digestOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
