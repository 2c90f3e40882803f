import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { SpikewordError } from '../core/error.js';
import type { Checkpoint } from '../core/network/index.js';
import { isRoundedFrom, type QuantizedNetwork } from '../core/quantization/index.js';
import { readCheckpoint } from '../model/index.js';
import { EvaluationError } from '../system/index.js';
import { sameData } from './same-data.js';

/** The float network that a model was made from, or the reason why there is none to compare with. */
export type FloatNetwork =
  | { readonly checkpoint: Checkpoint; readonly file: string }
  | { readonly checkpoint: null; readonly reason: string };

/**
 * Returns how the checkpoint differs from the network that the model was made from, or null if it is the same. Another
 * epoch, or another run of the same preset, differs only in its weights.
 */
function difference(checkpoint: Checkpoint, network: QuantizedNetwork): string | null {
  const parts = ['labels', 'spec', 'features'] as const;
  for (const part of parts) {
    if (!sameData(checkpoint[part], network[part])) return `its ${part} differ from the model's`;
  }
  return isRoundedFrom(checkpoint, network) ? null : "its weights differ from the model's";
}

/**
 * Returns the checkpoint to compare a model with: `given`, otherwise NAME.safetensors or best.safetensors next to
 * NAME.spkw. Throws `EvaluationError` if `given` is not the network that the model was made from. A different network
 * that was only found is ignored.
 */
export function floatNetworkOf(model: string, network: QuantizedNetwork, given: string | undefined): FloatNetwork {
  if (given !== undefined) {
    const checkpoint = readCheckpoint(given);
    const fault = difference(checkpoint, network);
    if (fault !== null) throw new EvaluationError(`${given}: not the network that ${model} was made from: ${fault}`);
    return { checkpoint, file: basename(given) };
  }
  const stem = basename(model).replace(/\.[^.]*$/, '');
  const places = [`${stem}.safetensors`, 'best.safetensors'].map((name) => join(dirname(model), name));
  const found = places.find((place) => existsSync(place));
  if (found === undefined) return { checkpoint: null, reason: 'no checkpoint next to the model (use --checkpoint)' };
  const file = basename(found);
  try {
    const checkpoint = readCheckpoint(found);
    const fault = difference(checkpoint, network);
    return fault === null ? { checkpoint, file } : { checkpoint: null, reason: `${file} is another network: ${fault}` };
  } catch (error) {
    if (!(error instanceof SpikewordError)) throw error;
    return { checkpoint: null, reason: `${file} cannot be read as a checkpoint` };
  }
}
