import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Checkpoint, type NetworkSpec, withNewHead, withSpikingNeurons } from '../core/network/index.js';
import { readCheckpoint } from '../model/index.js';
import { abbreviateHome, expandHome, TrainingConfigError } from '../system/index.js';
import type { Beginning, TrainingConfig } from './config.js';

/** Reads the checkpoint to start from. Throws `NetworkError` for a file that is not a checkpoint. */
export function beginWith(path: string): { beginning: Beginning; checkpoint: Checkpoint } {
  const checkpoint = readCheckpoint(path);
  return { beginning: { file: abbreviateHome(path), sha256: digestOf(path) }, checkpoint };
}

/**
 * Reads the network that a training starts from; null if there is none. If it has other labels, the classifier is new
 * but for the labels that both have (`withNewHead`); if it has ordinary activations (`relu`) and the training spiking
 * neurons, it gets thresholds (`withSpikingNeurons`). The training also uses its feature parameters, because its
 * weights are fitted to them. Throws `NetworkError`, and `TrainingConfigError` if the file has changed or is of another
 * network than the configuration.
 */
export function readBeginning({ from, network, seed }: TrainingConfig, labels: readonly string[]): Checkpoint | null {
  if (from === undefined) return null;
  const checkpoint = reopen(from, 'starts from');
  const { spec } = checkpoint;
  const spikes = spec.neuron === 'relu' && network.neuron !== 'relu';
  if (layersOf(spikes ? { ...spec, neuron: network.neuron, timesteps: network.timesteps } : spec) !== layersOf(network))
    refuse(from, 'is a checkpoint of a different network; leave out --preset, --neuron and --timesteps');
  const headed =
    checkpoint.labels.join() === labels.join()
      ? checkpoint
      : { ...checkpoint, ...withNewHead(checkpoint, labels, seed) };
  return spikes ? { ...headed, spec: network, parameters: withSpikingNeurons(headed.parameters, network) } : headed;
}

/**
 * Reads the network that a training learns from; null if there is none. Throws `NetworkError`, and
 * `TrainingConfigError` if the file has changed, or if its network has other labels or another input than the training.
 */
export function readTeacher({ teacher, network }: TrainingConfig, labels: readonly string[]): Checkpoint | null {
  if (teacher === undefined) return null;
  const checkpoint = reopen(teacher, 'learns from');
  const { spec } = checkpoint;
  if (checkpoint.labels.join() !== labels.join()) {
    refuse(
      teacher,
      `has the labels ${checkpoint.labels.join(' ')}, but a teacher needs those of the task: ${labels.join(' ')}`,
    );
  }
  if (inputOf(spec) !== inputOf(network)) {
    refuse(teacher, `has an input of ${inputOf(spec)}, but a teacher needs that of the network: ${inputOf(network)}`);
  }
  return checkpoint;
}

const inputOf = ({ input: { frames, coefficients, channels = 1 } }: NetworkSpec): string =>
  `${frames} × ${coefficients}${channels === 1 ? '' : ` in ${channels} channels`}`;

/** Reads a checkpoint of a configuration; throws `TrainingConfigError` if its file has changed. */
function reopen(beginning: Beginning, verb: string): Checkpoint {
  const path = expandHome(beginning.file);
  const checkpoint = readCheckpoint(path);
  if (digestOf(path) !== beginning.sha256) {
    refuse(beginning, `is not the checkpoint that this run ${verb} (SHA-256 ${beginning.sha256})`);
  }
  return checkpoint;
}

function refuse({ file }: Beginning, fault: string): never {
  throw new TrainingConfigError(`training: ${expandHome(file)} ${fault}`);
}

/** The description of a network's layers and neurons, without what a training may change. */
function layersOf({ surrogateSlope: _, classes: __, ...spec }: NetworkSpec): string {
  return JSON.stringify(Object.entries(spec).sort());
}

/** Returns which labels of a training its beginning does not know and which it does; null if it knows exactly these. */
export function newLabelsOf(
  { from }: TrainingConfig,
  labels: readonly string[],
): { readonly added: readonly string[]; readonly kept: readonly string[] } | null {
  if (from === undefined) return null;
  const known = readCheckpoint(expandHome(from.file)).labels;
  if (known.join() === labels.join()) return null;
  return {
    added: labels.filter((label) => !known.includes(label)),
    kept: labels.filter((label) => known.includes(label)),
  };
}

function digestOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
