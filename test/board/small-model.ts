import { crc32 } from 'node:zlib';
import { encodeModel } from '../../host/core/model/index.js';
import { checkSpec, type Padding } from '../../host/core/network/index.js';
import type { QuantizedNetwork } from '../../host/core/quantization/index.js';
import { readModel } from '../../host/model/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { randomQuantizedNetwork } from '../judge/random-network.js';

const spec = checkSpec({
  input: { frames: 49, coefficients: 10 },
  dimensions: 1,
  stem: { channels: 12, kernel: [5, 1], stride: [2, 1] },
  stages: [
    { blocks: 1, channels: 12, kernel: [3, 1], stride: [1, 1] },
    { blocks: 1, channels: 20, kernel: [3, 1], stride: [2, 1] },
  ],
  neuron: 'atif-u',
  timesteps: 4,
  surrogateSlope: 4,
  classes: 4,
});

/** Words of datasets/sample. */
const LABELS = ['yes', 'no', 'up', 'down'];

/**
 * Returns a random network with the feature scaling of the bundled model, so that real speech uses the whole range.
 * With `valid` padding it listens, with a hop of 80 ms, and reads 25 frames and a multiple of four.
 */
export function smallNetwork(seed: number, padding: Padding = 'same', frames = 49): QuantizedNetwork {
  const { features } = readModel(packagePath('models/gsc-17-small.spkw')).network;
  const network = randomQuantizedNetwork(seed, { spec: { ...spec, padding, input: { ...spec.input, frames } } });
  return {
    ...network,
    features: { ...features, frames },
    labels: LABELS,
    provenance: { ...network.provenance, task: LABELS.join(',') },
  };
}

/** A small network that decides after one, two or three timesteps, or not early, each for some words. */
export function earlyNetwork(): QuantizedNetwork {
  const network = smallNetwork(1);
  const margins = [500, 700, 600];
  return { ...network, early: { margins, biases: margins.map((_, k) => [10 * k, 0, -20, 30]) } };
}

/** Returns the bytes of its model file. */
export function smallModel(seed: number, padding?: Padding, frames?: number): Uint8Array {
  return encodeModel(smallNetwork(seed, padding, frames));
}

// docs/model-format.md: the fields of a layer record that give the offsets of its numbers
const SECTION_TABLE = 20;
const NETWORK_SECTION = 2;
const RECORDS = 44;
const RECORD_BYTES = 60;
const FIELDS = { thresholds: 32, weights: 36 } as const;

/** Returns the offset of a layer's thresholds or weights in a model file. */
export function offsetOf(model: Uint8Array, layer: number, field: keyof typeof FIELDS): number {
  const view = new DataView(model.buffer, model.byteOffset, model.length);
  const section = view.getUint32(SECTION_TABLE + 12 * NETWORK_SECTION + 4, true);
  return view.getUint32(section + RECORDS + RECORD_BYTES * layer + FIELDS[field], true);
}

/** Returns a copy of a model file with changed bytes and a repaired CRC. */
export function edited(model: Uint8Array, edit: (view: DataView) => void): Uint8Array {
  const copy = model.slice();
  const view = new DataView(copy.buffer);
  edit(view);
  view.setUint32(12, crc32(copy.subarray(16)), true);
  return copy;
}
