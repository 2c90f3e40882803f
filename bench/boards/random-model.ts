import { COEFFICIENTS, fitFeatureParameters } from '../../host/core/features/index.js';
import { encodeModel } from '../../host/core/model/index.js';
import { presetNetwork } from '../../host/core/network/index.js';
import { openFrontEnd } from '../../host/features/index.js';
import { sparseNetwork } from '../sparse-network.js';

/** Spikes per neuron, about as many as in a trained network. */
const SPIKES_PER_NEURON = 0.25;

/** Returns the model file of a random network of a preset, which spikes on these clips as often as a trained one. */
export function randomModel(preset: string, clips: readonly Int16Array[]): Uint8Array {
  const frontEnd = openFrontEnd();
  const spec = presetNetwork(preset, { classes: 17 });
  const raw = clips.map((clip) => frontEnd.rawMfcc(clip));
  if (spec.input.coefficients !== COEFFICIENTS)
    throw new RangeError(`preset ${preset} needs other features than those of the board's front end`);
  return encodeModel(sparseNetwork(spec, fitFeatureParameters(raw, spec.input.frames), clips, SPIKES_PER_NEURON));
}
