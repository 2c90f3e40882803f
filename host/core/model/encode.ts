import { type ConvolutionPlan, type LayerPlan, type NetworkPlan, planNetwork } from '../network/index.js';
import type { OperatingPoint, QuantizedLayer, QuantizedNetwork } from '../quantization/index.js';
import { checkNetwork } from './check-network.js';
import { crc32 } from './crc32.js';
import {
  CRC_START,
  CURVE,
  DETECTION,
  EARLY_VERSION,
  LISTENING_VERSION,
  MAGIC,
  NETWORK,
  NEURON_CODES,
  OLDEST_VERSION,
  PADDING_CODES,
  PADDING_THRESHOLD,
  RECORD,
  RECORD_BYTES,
  SECTION_ENTRY,
  SECTION_TABLE,
  WEIGHT_OFFSET,
} from './generated.js';
import { plannedShape, writeShape } from './layer-record.js';
import {
  aligned,
  byteOfChannel,
  headerBytes,
  networkBytes,
  paddedChannels,
  type SectionName,
  sectionsOf,
} from './layout.js';

const utf8 = new TextEncoder();

/** int8 weights as rows of one tap and input channel: [tap][in][padded out], each byte 128 more than the weight. */
function weightRows(weights: Int8Array, { input, output, kernel }: ConvolutionPlan): Uint8Array {
  const taps = kernel[0] * kernel[1];
  const padded = paddedChannels(output.channels);
  const rows = new Uint8Array(taps * input.channels * padded).fill(WEIGHT_OFFSET);
  let from = 0;
  for (let c = 0; c < output.channels; c++) {
    for (let i = 0; i < input.channels; i++) {
      for (let tap = 0; tap < taps; tap++) {
        rows[(tap * input.channels + i) * padded + byteOfChannel(c)] = weights[from++] + WEIGHT_OFFSET;
      }
    }
  }
  return rows;
}

/** One row of thresholds if all timesteps have the same, otherwise one for each. */
export function thresholdRows(thresholds: Int32Array, channels: number): number {
  const varies = thresholds.some((threshold, k) => threshold !== thresholds[k % channels]);
  return varies ? thresholds.length / channels : 1;
}

function thresholdBytes(thresholds: Int32Array, channels: number): Uint8Array {
  const rows = thresholdRows(thresholds, channels);
  const padded = paddedChannels(channels);
  const values = new Int32Array(rows * padded).fill(PADDING_THRESHOLD);
  for (let t = 0; t < rows; t++) values.set(thresholds.subarray(t * channels, (t + 1) * channels), t * padded);
  return littleEndian32(values);
}

function littleEndian32(values: Int32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  values.forEach((value, k) => {
    view.setInt32(k * 4, value, true);
  });
  return new Uint8Array(view.buffer);
}

/**
 * Pairs of int16 lanes as the kernel adds them: each is the integer low + 65536·high modulo 2^32. For a negative low
 * that is not the two halves side by side.
 */
function packedPairs(values: Int32Array, padded: number): Uint8Array {
  const pairs = new Int32Array(padded / 2);
  values.forEach((value, c) => {
    pairs[c >> 1] += c & 1 ? value << 16 : value;
  });
  return littleEndian32(pairs);
}

function shortcutBytes(layer: QuantizedLayer, plan: LayerPlan): Uint8Array {
  if (layer.shortcut === null || plan.shortcut === null) return new Uint8Array(0);
  if (layer.shortcut.kind === 'projection' && plan.shortcut.kind === 'projection') {
    return weightRows(layer.shortcut.weights, plan.shortcut.convolution);
  }
  const view = new DataView(new ArrayBuffer(paddedChannels(layer.bias.length) * 2));
  layer.shortcut.weights.forEach((weight, c) => {
    view.setInt16(c * 2, weight, true);
  });
  return new Uint8Array(view.buffer);
}

/** Collects pieces one after the other, each on a multiple of four. */
class Pieces {
  private readonly pieces: { at: number; bytes: Uint8Array }[] = [];
  constructor(private end: number) {}

  /** Returns the offset of the piece in the file. */
  add(bytes: Uint8Array): number {
    const at = this.end;
    this.pieces.push({ at, bytes });
    this.end = aligned(at + bytes.length);
    return at;
  }

  joined(from: number): Uint8Array {
    const bytes = new Uint8Array(this.end - from);
    for (const piece of this.pieces) bytes.set(piece.bytes, piece.at - from);
    return bytes;
  }
}

/** The network section and the weights that it points to; `weightsStart` is where the weights will be in the file. */
function networkAndWeights(
  network: QuantizedNetwork,
  plan: NetworkPlan,
  version: number,
  weightsStart: number,
): { section: Uint8Array; weights: Uint8Array } {
  const view = new DataView(new ArrayBuffer(sectionBytes(plan, version)));
  const pieces = new Pieces(weightsStart);
  network.layers.forEach((layer, k) => {
    const at = NETWORK.records + k * RECORD_BYTES;
    const channels = layer.bias.length;
    const padded = paddedChannels(channels);
    writeShape(view, at, plannedShape(plan, k));
    view.setUint32(at + RECORD.thresholdRows, thresholdRows(layer.thresholds, channels), true);
    const stemBias = new Int32Array(padded);
    stemBias.set(layer.bias);
    const bias = k === 0 ? littleEndian32(stemBias) : packedPairs(layer.bias, padded);
    view.setUint32(at + RECORD.biasOffset, pieces.add(bias), true);
    view.setUint32(at + RECORD.thresholdOffset, pieces.add(thresholdBytes(layer.thresholds, channels)), true);
    const rows = weightRows(layer.weights, plan.layers[k].convolution);
    view.setUint32(at + RECORD.weightOffset, pieces.add(rows), true);
    if (layer.shortcut !== null) {
      view.setUint32(at + RECORD.shortcutOffset, pieces.add(shortcutBytes(layer, plan.layers[k])), true);
    }
    for (const bound of ['currentMin', 'currentMax', 'membraneMin', 'membraneMax'] as const) {
      view.setInt32(at + RECORD[bound], layer.bounds[bound], true);
    }
  });
  const { weights, bias, scale } = network.classifier;
  view.setUint16(NETWORK.dimensions, network.spec.dimensions, true);
  view.setUint16(NETWORK.padding, PADDING_CODES.indexOf(network.spec.padding ?? 'same'), true);
  view.setUint32(NETWORK.neuron, (NEURON_CODES as readonly string[]).indexOf(network.spec.neuron), true);
  view.setUint32(NETWORK.timesteps, network.spec.timesteps, true);
  view.setUint32(NETWORK.classes, network.spec.classes, true);
  view.setFloat64(NETWORK.surrogateSlope, network.spec.surrogateSlope, true);
  view.setFloat64(NETWORK.classifierScale, scale, true);
  view.setUint32(NETWORK.classifierWeights, pieces.add(new Uint8Array(weights)), true);
  view.setUint32(NETWORK.classifierBias, pieces.add(littleEndian32(bias)), true);
  view.setUint32(NETWORK.layers, network.layers.length, true);
  const decisions = NETWORK.records + network.layers.length * RECORD_BYTES;
  const { margins, biases } = network.early ?? { margins: [], biases: [] };
  for (const [k, value] of [...margins, ...biases.flat()].entries()) {
    view.setUint32(decisions + 4 * k, value, true);
  }
  return { section: new Uint8Array(view.buffer), weights: pieces.joined(weightsStart) };
}

function sectionBytes({ layers, timesteps, classifier }: NetworkPlan, version: number): number {
  return networkBytes(version, layers.length, timesteps, classifier.classes);
}

function featureBytes({ features, spec }: QuantizedNetwork): Uint8Array {
  return littleEndian32(
    Int32Array.of(spec.input.frames, spec.input.coefficients, ...features.mean, ...features.multiplier),
  );
}

function labelBytes(labels: readonly string[]): Uint8Array {
  const text = utf8.encode(labels.map((label) => `${label}\0`).join(''));
  const bytes = new Uint8Array(4 + text.length);
  new DataView(bytes.buffer).setUint32(0, labels.length, true);
  bytes.set(text, 4);
  return bytes;
}

function scaleBytes(layers: readonly QuantizedLayer[]): Uint8Array {
  const scales = layers.flatMap((layer) => Array.from(layer.scales));
  const view = new DataView(new ArrayBuffer(scales.length * 8));
  scales.forEach((scale, k) => {
    view.setFloat64(k * 8, scale, true);
  });
  return new Uint8Array(view.buffer);
}

/** The keys in a fixed order, so that the same content gives the same bytes. */
function provenanceBytes({ provenance }: QuantizedNetwork): Uint8Array {
  const { spikeword, task, dataset, seed, epochs, validationAccuracyFloat, validationAccuracy } = provenance;
  const stored = { spikeword, task, dataset, seed, epochs, validationAccuracyFloat, validationAccuracy };
  return utf8.encode(JSON.stringify(stored));
}

/** u16 numbers, one per class, up to a multiple of four bytes. */
const shortsBytes = (classes: number): number => aligned(2 * classes);

function detectionBytes(point: OperatingPoint | undefined): Uint8Array {
  if (point === undefined) return new Uint8Array(0);
  const { hop, average, minimumCount, suppression, factor, thresholds, curve } = point;
  const row = shortsBytes(thresholds.length);
  const view = new DataView(new ArrayBuffer(DETECTION.thresholds + row + curve.length * (CURVE.thresholds + row)));
  const writeThresholds = (at: number, values: readonly number[]): void => {
    for (const [k, value] of values.entries()) view.setUint16(at + 2 * k, value, true);
  };
  view.setUint16(DETECTION.hop, hop, true);
  view.setUint16(DETECTION.average, average, true);
  view.setUint16(DETECTION.minimumCount, minimumCount, true);
  view.setUint16(DETECTION.suppression, suppression, true);
  view.setUint32(DETECTION.factor, factor, true);
  view.setUint32(DETECTION.points, curve.length, true);
  writeThresholds(DETECTION.thresholds, thresholds);
  for (const [k, point] of curve.entries()) {
    const at = DETECTION.thresholds + row + k * (CURVE.thresholds + row);
    view.setFloat64(at + CURVE.falseAcceptsPerHour, point.falseAcceptsPerHour, true);
    view.setFloat64(at + CURVE.missRate, point.missRate, true);
    writeThresholds(at + CURVE.thresholds, point.thresholds);
  }
  return new Uint8Array(view.buffer);
}

/** The oldest version of the format that can hold a network: older firmware reads it too. */
function versionOf({ spec, detection, early }: QuantizedNetwork): number {
  if (early !== undefined) return EARLY_VERSION;
  return spec.padding === 'valid' || detection !== undefined ? LISTENING_VERSION : OLDEST_VERSION;
}

/**
 * Encodes a quantised network as a model file (.spkw). The same network gives the same bytes. Throws `ModelError` for a
 * network that the kernel cannot run (`relu`), whose parts do not fit its description, or whose bounds are not proven.
 */
export function encodeModel(network: QuantizedNetwork): Uint8Array {
  return encodeAs(network, versionOf(network), provenanceBytes(network));
}

/**
 * Encodes a network without detection as a file of version 1. `provenance` is the content of its last section, in which
 * that version had an operating point.
 */
export function encodeVersion1(network: QuantizedNetwork, provenance: Uint8Array): Uint8Array {
  return encodeAs(network, OLDEST_VERSION, provenance);
}

function encodeAs(network: QuantizedNetwork, version: number, provenance: Uint8Array): Uint8Array {
  checkNetwork(network, 'network');
  const plan = planNetwork(network.spec);
  const names = sectionsOf(version);
  const features = featureBytes(network);
  const labels = labelBytes(network.labels);
  const before = headerBytes(version) + aligned(features.length) + aligned(labels.length);
  const weightsStart = before + sectionBytes(plan, version);
  const { section, weights } = networkAndWeights(network, plan, version, weightsStart);
  const sections: Record<SectionName, Uint8Array> = {
    features,
    labels,
    network: section,
    weights,
    scales: scaleBytes(network.layers),
    provenance,
    detection: detectionBytes(network.detection),
  };
  const length = names.reduce((sum, name) => sum + aligned(sections[name].length), headerBytes(version));
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, version, true);
  view.setUint32(8, length, true);
  view.setUint32(CRC_START, names.length, true);
  let offset = headerBytes(version);
  names.forEach((name, index) => {
    const entry = SECTION_TABLE + index * SECTION_ENTRY;
    view.setUint32(entry, index + 1, true);
    view.setUint32(entry + 4, offset, true);
    view.setUint32(entry + 8, sections[name].length, true);
    bytes.set(sections[name], offset);
    offset += aligned(sections[name].length);
  });
  view.setUint32(12, crc32(bytes.subarray(CRC_START)), true);
  return bytes;
}
