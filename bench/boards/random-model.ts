import { COEFFICIENTS, fitFeatureParameters } from '../../host/core/features/index.js';
import { encodeModel } from '../../host/core/model/index.js';
import { presetNetwork } from '../../host/core/network/index.js';
import { openFrontEnd } from '../../host/features/index.js';
import { sparseNetwork } from '../sparse-network.js';

/** Spikes per neuron: about what training leaves. */
const SPIKES_PER_NEURON = 0.25;

/** The model file of a random network of a preset with as many spikes as a trained one, on these clips. */
export function randomModel(preset: string, clips: readonly Int16Array[]): Uint8Array {
  const frontEnd = openFrontEnd();
  const spec = presetNetwork(preset, { classes: 17 });
  const raw = clips.map((clip) => frontEnd.rawMfcc(clip));
  if (spec.input.coefficients !== COEFFICIENTS) throw new RangeError(`preset ${preset}: other features than a board's`);
  return encodeModel(sparseNetwork(spec, fitFeatureParameters(raw, spec.input.frames), clips, SPIKES_PER_NEURON));
}
