import { type ConvolutionPlan, type NetworkPlan, planNetwork } from '../network/index.js';
import type {
  EarlyDecision,
  OperatingPoint,
  Provenance,
  QuantizedLayer,
  QuantizedNetwork,
  QuantizedShortcut,
} from '../quantization/index.js';
import { checkNetwork } from './check-network.js';
import { readSpec } from './decode-spec.js';
import { encodeModel, encodeVersion1 } from './encode.js';
import {
  CRC_START,
  CURVE,
  DETECTION,
  EARLY_VERSION,
  NETWORK,
  RECORD,
  RECORD_BYTES,
  SECTION_NAMES,
  WEIGHT_OFFSET,
} from './generated.js';
import { plannedShape } from './layer-record.js';
import { aligned, byteOfChannel, paddedChannels } from './layout.js';
import { openSections, type Sections } from './sections.js';
import { type PointOfVersion1, pointFromVersion1, pointOfVersion1Fault } from './version-1.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });
const utf8Encoder = new TextEncoder();

/** Reads pieces of the weights section, never outside it. */
class Weights {
  constructor(
    private readonly sections: Sections,
    private readonly layer: string,
  ) {}

  /** The bytes of one piece; throws if they are unaligned or leave the section. */
  piece(what: string, offset: number, bytes: number): DataView {
    const { start, length } = this.sections.weights;
    if (offset % 4 !== 0 || offset < start || offset + bytes > start + length) {
      this.sections.fail(
        `${this.layer}: ${what} of ${bytes} bytes at ${offset}, outside the weights at ${start}…${start + length}`,
      );
    }
    return new DataView(this.sections.view.buffer, this.sections.view.byteOffset + offset, bytes);
  }

  int32(what: string, offset: number, count: number): Int32Array {
    const view = this.piece(what, offset, count * 4);
    return Int32Array.from({ length: count }, (_, k) => view.getInt32(k * 4, true));
  }

  /** The inverse of `weightRows`: int8, [out][in][tap]. */
  rows(what: string, offset: number, { input, output, kernel }: ConvolutionPlan): Int8Array {
    const taps = kernel[0] * kernel[1];
    const padded = paddedChannels(output.channels);
    const view = this.piece(what, offset, taps * input.channels * padded);
    const weights = new Int8Array(output.channels * input.channels * taps);
    let to = 0;
    for (let c = 0; c < output.channels; c++) {
      for (let i = 0; i < input.channels; i++) {
        for (let tap = 0; tap < taps; tap++) {
          weights[to++] = view.getUint8((tap * input.channels + i) * padded + byteOfChannel(c)) - WEIGHT_OFFSET;
        }
      }
    }
    return weights;
  }

  /** The inverse of `packedPairs`: the low lane is signed, and what it borrowed from the high lane is returned. */
  packed(what: string, offset: number, channels: number): Int32Array {
    const pairs = this.int32(what, offset, paddedChannels(channels) / 2);
    return Int32Array.from({ length: channels }, (_, c) => {
      const pair = pairs[c >> 1];
      const low = (pair << 16) >> 16;
      return c & 1 ? (pair - low) >> 16 : low;
    });
  }
}

function readLayer(sections: Sections, plan: NetworkPlan, k: number, scales: Float64Array): QuantizedLayer {
  const { view, network } = sections;
  const { name, convolution, shortcut: shortcutPlan } = plan.layers[k];
  const at = network.start + NETWORK.records + k * RECORD_BYTES;
  const field = (offset: number): number => view.getUint32(at + offset, true);
  const bound = (offset: number): number => view.getInt32(at + offset, true);
  const weights = new Weights(sections, name);
  const channels = convolution.output.channels;
  const padded = paddedChannels(channels);
  const rows = field(RECORD.thresholdRows);
  if (rows !== 1 && rows !== plan.timesteps) {
    sections.fail(`${name}: ${rows} rows of thresholds, expected 1 or ${plan.timesteps}`);
  }
  const stored = weights.int32('thresholds', field(RECORD.thresholdOffset), rows * padded);
  const thresholds = Int32Array.from(
    { length: plan.timesteps * channels },
    (_, n) => stored[(rows === 1 ? 0 : Math.floor(n / channels)) * padded + (n % channels)],
  );
  const biasAt = field(RECORD.biasOffset);
  const bias =
    k === 0 ? weights.int32('bias', biasAt, padded).slice(0, channels) : weights.packed('bias', biasAt, channels);
  let shortcut: QuantizedShortcut | null = null;
  if (shortcutPlan?.kind === 'projection') {
    const projection = weights.rows('shortcut', field(RECORD.shortcutOffset), shortcutPlan.convolution);
    shortcut = { kind: 'projection', weights: projection };
  } else if (shortcutPlan?.kind === 'identity') {
    const piece = weights.piece('shortcut', field(RECORD.shortcutOffset), padded * 2);
    shortcut = {
      kind: 'identity',
      weights: Int16Array.from({ length: channels }, (_, c) => piece.getInt16(c * 2, true)),
    };
  }
  return {
    name,
    weights: weights.rows('weights', field(RECORD.weightOffset), convolution),
    shortcut,
    bias,
    thresholds,
    scales,
    bounds: {
      currentMin: bound(RECORD.currentMin),
      currentMax: bound(RECORD.currentMax),
      membraneMin: bound(RECORD.membraneMin),
      membraneMax: bound(RECORD.membraneMax),
    },
  };
}

function readLabels({ bytes, view, labels, fail }: Sections, classes: number): string[] {
  const count = labels.length < 4 ? 0 : view.getUint32(labels.start, true);
  let texts: string[] = [];
  try {
    texts = utf8.decode(bytes.subarray(labels.start + 4, labels.start + Math.max(4, labels.length))).split('\0');
  } catch {
    fail('the labels are not UTF-8');
  }
  if (texts.pop() !== '') fail('the last label does not end with a zero byte');
  if (count !== classes || texts.length !== classes) {
    fail(`contains ${texts.length} labels and declares ${count}, but the network has ${classes} classes`);
  }
  return texts;
}

/** Where the model comes from; a file of version 1 may also say how to detect words with it. */
function readProvenance({ bytes, provenance, version, fail }: Sections): {
  readonly provenance: Provenance;
  readonly point: PointOfVersion1 | undefined;
} {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes.subarray(provenance.start, provenance.start + provenance.length)));
  } catch (cause) {
    fail(`the provenance cannot be read: ${(cause as Error).message}`);
  }
  if (typeof value !== 'object' || value === null) fail('the provenance is incomplete');
  const { detection: point, ...found } = value as Provenance & { detection?: PointOfVersion1 };
  const numberOrNull = (n: unknown): boolean => n === null || typeof n === 'number';
  if (
    [found.spikeword, found.task, found.dataset].some((text) => typeof text !== 'string') ||
    [found.seed, found.epochs].some((n) => typeof n !== 'number') ||
    !numberOrNull(found.validationAccuracy) ||
    !numberOrNull(found.validationAccuracyFloat)
  ) {
    fail('the provenance is incomplete');
  }
  if (point !== undefined) {
    const fault = version === 1 ? pointOfVersion1Fault(point) : 'in the provenance, where version 1 had it';
    if (fault !== null) fail(`detection: ${fault}`);
  }
  return { provenance: found, point };
}

/** How to detect words with the model, if it says so. */
function readDetection({ view, detection, fail }: Sections, classes: number): OperatingPoint | undefined {
  const { start, length } = detection;
  if (length === 0) return undefined;
  if (length < DETECTION.thresholds) fail(`${length} bytes of detection, expected ${DETECTION.thresholds} or more`);
  const points = view.getUint32(start + DETECTION.points, true);
  const row = aligned(2 * classes);
  const expected = DETECTION.thresholds + row + points * (CURVE.thresholds + row);
  if (length !== expected)
    fail(`${length} bytes of detection, expected ${expected} with ${points} points of the curve`);
  const thresholds = (at: number): number[] =>
    Array.from({ length: classes }, (_, k) => view.getUint16(at + 2 * k, true));
  return {
    hop: view.getUint16(start + DETECTION.hop, true),
    average: view.getUint16(start + DETECTION.average, true),
    minimumCount: view.getUint16(start + DETECTION.minimumCount, true),
    suppression: view.getUint16(start + DETECTION.suppression, true),
    factor: view.getUint32(start + DETECTION.factor, true),
    thresholds: thresholds(start + DETECTION.thresholds),
    curve: Array.from({ length: points }, (_, k) => {
      const at = start + DETECTION.thresholds + row + k * (CURVE.thresholds + row);
      return {
        falseAcceptsPerHour: view.getFloat64(at + CURVE.falseAcceptsPerHour, true),
        missRate: view.getFloat64(at + CURVE.missRate, true),
        thresholds: thresholds(at + CURVE.thresholds),
      };
    }),
  };
}

/** When the network decides early, if its version of the format says so. */
function readEarly({ view, network, version }: Sections, plan: NetworkPlan): EarlyDecision | undefined {
  if (version < EARLY_VERSION) return undefined;
  const { timesteps, layers, classifier } = plan;
  const decisions = network.start + NETWORK.records + layers.length * RECORD_BYTES;
  const rows = Array.from({ length: timesteps - 1 }, (_, t) => timesteps - 1 + t * classifier.classes);
  return {
    margins: rows.map((_, t) => view.getUint32(decisions + 4 * t, true)),
    biases: rows.map((row) =>
      Array.from({ length: classifier.classes }, (_, k) => view.getInt32(decisions + 4 * (row + k), true)),
    ),
  };
}

/** Compares the records and the sizes of the sections with the description. */
function checkRecords(sections: Sections, plan: NetworkPlan): void {
  const channels = plan.layers.reduce((sum, layer) => sum + layer.convolution.output.channels, 0);
  if (sections.scales.length !== channels * 8) {
    sections.fail(`${sections.scales.length} bytes of scales do not match ${channels} channels`);
  }
  plan.layers.forEach((layer, k) => {
    const found = sections.layerShape(k);
    const expected = plannedShape(plan, k);
    for (const [field, value] of Object.entries(expected)) {
      const stands = found[field as keyof typeof found];
      if (stands !== value) sections.fail(`${layer.name}: ${field} is ${stands}, but its neighbours need ${value}`);
    }
  });
}

/**
 * Decodes a model file and checks everything in it: header, length, CRC, sections, every shape against its neighbour,
 * every offset, the proven bounds, and that every byte is what `encodeModel` would write. Throws `ModelError` naming
 * `file` and the fault.
 */
export function decodeModel(bytes: Uint8Array, file: string): QuantizedNetwork {
  const sections = openSections(bytes, file);
  const { view, features, network } = sections;
  const spec = readSpec(sections);
  const plan = planNetwork(spec);
  checkRecords(sections, plan);
  const { coefficients, frames } = spec.input;
  const featureValues = (row: number): number[] =>
    Array.from({ length: coefficients }, (_, c) =>
      view.getInt32(features.start + 8 + (row * coefficients + c) * 4, true),
    );
  let scalesAt = sections.scales.start;
  const layers = plan.layers.map((layer, k) => {
    const scales = Float64Array.from({ length: layer.convolution.output.channels }, (_, c) =>
      view.getFloat64(scalesAt + c * 8, true),
    );
    scalesAt += scales.length * 8;
    return readLayer(sections, plan, k, scales);
  });
  const { classes, channels } = plan.classifier;
  const classifier = new Weights(sections, 'classifier');
  const pointer = (offset: number): number => view.getUint32(network.start + offset, true);
  const weights = classifier.piece('weights', pointer(NETWORK.classifierWeights), classes * channels);
  const { provenance, point } = readProvenance(sections);
  const detection = readDetection(sections, classes);
  const early = readEarly(sections, plan);
  const decoded: QuantizedNetwork = {
    spec,
    labels: readLabels(sections, classes),
    features: { frames, mean: featureValues(0), multiplier: featureValues(1) },
    layers,
    classifier: {
      weights: Int8Array.from({ length: classes * channels }, (_, k) => weights.getInt8(k)),
      bias: classifier.int32('bias', pointer(NETWORK.classifierBias), classes),
      scale: view.getFloat64(network.start + NETWORK.classifierScale, true),
    },
    provenance,
    ...(detection === undefined ? {} : { detection }),
    ...(early === undefined ? {} : { early }),
  };
  checkNetwork(decoded, file);
  if (point === undefined) {
    checkCanonical(sections, encodeModel(decoded));
    return decoded;
  }
  checkCanonical(
    sections,
    encodeVersion1(decoded, utf8Encoder.encode(JSON.stringify({ ...provenance, detection: point }))),
  );
  const converted = { ...decoded, detection: pointFromVersion1(point, decoded) };
  checkNetwork(converted, file);
  return converted;
}

/** Checks that every byte is what its content encodes to: one content has one file. */
function checkCanonical(sections: Sections, again: Uint8Array): void {
  const { bytes, fail } = sections;
  const version = 4;
  if (bytes[version] !== again[version]) {
    fail(`format version ${bytes[version]}; a file with this network has version ${again[version]}`);
  }
  // the CRC before the sections differs if they do
  const other = bytes.findIndex((byte, k) => k >= CRC_START && byte !== again[k]);
  if (other < 0 && bytes.length === again.length) return;
  const at = other < 0 ? bytes.length : other;
  const inside = SECTION_NAMES.find((name) => at < sections[name].start + sections[name].length) ?? 'the last bytes';
  fail(`byte ${at} (${inside}) is not what spikeword would write for this content`);
}
