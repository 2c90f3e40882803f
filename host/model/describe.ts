import { basename } from 'node:path';
import { FRAME_MS } from '../core/audio/index.js';
import { type FileKind, fileKind } from '../core/file-kind.js';
import { decodeModel, encodeModel } from '../core/model/index.js';
import { convolutionWeights, ownHop, planNetwork } from '../core/network/index.js';
import {
  type EarlyDecision,
  type LayerBounds,
  type OperatingPoint,
  type Provenance,
  type QuantizedNetwork,
  quantizeNetwork,
  thresholdRange,
} from '../core/quantization/index.js';
import { readCheckpoint } from './checkpoint-file.js';
import { modelPath } from './model-path.js';
import { openKernel } from './open-kernel.js';
import { openModel, readContent } from './read.js';

export interface LayerDescription {
  readonly name: string;
  /** channels × frames × bands */
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly shortcut: 'none' | 'identity' | 'projection';
  readonly neurons: number;
  /** Weights of the convolution and of a projection. */
  readonly weights: number;
  /** The least and the greatest threshold over channels and timesteps. */
  readonly thresholds: readonly [number, number];
  readonly bounds: LayerBounds;
}

/** What `spikeword info` reports about a model. */
export interface ModelDescription {
  readonly file: string;
  /** The kind of the file. A checkpoint is described as the model that quantisation makes from it. */
  readonly kind: Extract<FileKind, 'model' | 'module' | 'checkpoint'>;
  readonly labels: readonly string[];
  readonly neuron: string;
  readonly timesteps: number;
  readonly dimensions: number;
  readonly frames: number;
  readonly coefficients: number;
  /** Channels of the features; 1 for those of sound. */
  readonly channels: number;
  readonly layers: readonly LayerDescription[];
  readonly classifier: { readonly channels: number; readonly classes: number; readonly weights: number };
  readonly weights: number;
  /** Multiply-accumulates per clip of an ordinary network of the same shape, which runs once. */
  readonly ordinaryMacs: number;
  /** Multiply-accumulates per clip of all layers in every timestep, the stem once, and of the classifier. */
  readonly denseMacs: number;
  /** Milliseconds from one result to the next of a network that listens; null for one that classifies clips. */
  readonly hopMs: number | null;
  /** Flash for the model: the size of the .spkw file. */
  readonly flashBytes: number;
  /** RAM that the kernel needs with this model. */
  readonly ramBytes: number;
  readonly provenance: Provenance;
  /** The operating point that `spikeword tune` chose; null if the model was not tuned. */
  readonly detection: OperatingPoint | null;
  /** When the network decides early, as `spikeword early` chose it; null if it always computes all timesteps. */
  readonly early: EarlyDecision | null;
}

function describeLayers(network: QuantizedNetwork): LayerDescription[] {
  return planNetwork(network.spec).layers.map(({ name, convolution, shortcut, neurons }, k) => {
    const { input, output, kernel, stride } = convolution;
    const projection = shortcut?.kind === 'projection' ? convolutionWeights(shortcut.convolution) : 0;
    return {
      name,
      input: [input.channels, input.frames, input.bands],
      output: [output.channels, output.frames, output.bands],
      kernel: [...kernel],
      stride: [...stride],
      shortcut: shortcut?.kind ?? 'none',
      neurons,
      weights: convolutionWeights(convolution) + projection,
      thresholds: thresholdRange(network.layers[k]),
      bounds: network.layers[k].bounds,
    };
  });
}

/** Describes the bytes of a model file. `kind` is the kind of the file that they came from. */
export function describeBytes(
  bytes: Uint8Array,
  file: string,
  kind: ModelDescription['kind'] = 'model',
): ModelDescription {
  const network = decodeModel(bytes, file);
  const { spec, labels, provenance, detection = null, early = null } = network;
  const plan = planNetwork(spec);
  const { channels, classes } = plan.classifier;
  const [stem, ...rest] = plan.layers;
  const hop = ownHop(plan);
  return {
    file,
    kind,
    labels,
    neuron: spec.neuron,
    timesteps: spec.timesteps,
    dimensions: spec.dimensions,
    frames: spec.input.frames,
    coefficients: spec.input.coefficients,
    channels: spec.input.channels ?? 1,
    layers: describeLayers(network),
    classifier: { channels, classes, weights: channels * classes },
    weights: plan.weights,
    ordinaryMacs: plan.layers.reduce((sum, layer) => sum + layer.macs, 0) + channels * classes,
    denseMacs: stem.macs + plan.timesteps * rest.reduce((sum, layer) => sum + layer.macs, 0) + channels * classes,
    hopMs: hop && hop * FRAME_MS,
    flashBytes: bytes.length,
    ramBytes: openKernel(bytes).ramBytes,
    provenance,
    detection,
    early,
  };
}

const DESCRIBED = 'model.spkw, model.wasm, or a checkpoint (.safetensors)';

/**
 * Describes model.spkw or model.wasm, the only model of a folder (`modelPath`), or the model that quantisation makes
 * from a checkpoint. Throws `ModelError` for any other file, and what reading the file throws.
 */
export function describeModel(given: string): ModelDescription {
  const path = modelPath(given, DESCRIBED);
  const content = readContent(path);
  const file = basename(path);
  const kind = fileKind(content);
  if (kind === 'checkpoint') return describeBytes(encodeModel(quantizeNetwork(readCheckpoint(path))), file, kind);
  return describeBytes(openModel(content, path).bytes, file, kind === 'module' ? kind : 'model');
}
