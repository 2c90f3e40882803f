import { bindDetection, clearDetection } from '../detect/settings';
import * as format from '../generated';
import {
  ERROR_CRC,
  ERROR_DETECTION,
  ERROR_FEATURES,
  ERROR_LABELS,
  ERROR_LAYER,
  ERROR_LENGTH,
  ERROR_MAGIC,
  ERROR_NETWORK,
  ERROR_OFFSET,
  ERROR_PLACE,
  ERROR_RAM,
  ERROR_SECTION,
  ERROR_TOO_SHORT,
  ERROR_VERSION,
} from '../generated';
import { checkLayer, insideWeights } from './check-layer';
import { crc32 } from './crc32';
import { fail } from './error';
import { placeOwn } from './membranes';
import { features, placeBuffers, RamNeeds, ramBytes, ramNeeded, trainBytes, trains } from './memory-map';
import { prepareLayers } from './prepared';
import { bindRecords, layerAt, layers, padded } from './records';
import { convolutionContext, hopFrames, placeRings, ringBytes } from './rings';

// The loaded model; the other variables are valid only if `loaded` is true.
export let loaded: bool = false;
export let model: usize = 0;
export let frames: u32 = 0;
/** Features of a frame: coefficients × channels. */
export let coefficients: u32 = 0;
/** Both are i32 [coefficient], in the model. */
export let featureMean: usize = 0;
export let featureMultiplier: usize = 0;
export let timesteps: u32 = 0;
export let classes: u32 = 0;
export let classifierWeights: usize = 0;
export let classifierBias: usize = 0;
/** Frames from one inference to the next of a network that listens; 0 for one that classifies clips. */
export let hop: u32 = 0;
/** Bytes that can be read: those of the whole file, or of its head. */
let given: u32 = 0;
/** Sections of the file's version. */
let sections: u32 = 0;

/**
 * Where the model says when it decides early: u32 least margins of the timesteps but the last, 0 for no decision, then
 * as many rows of i32 biases, [class]. 0 for a model that always computes all timesteps.
 */
export function decisions(): usize {
  return trainBytes == 0 ? changetype<usize>(layerAt(layers)) : 0;
}

const needs: RamNeeds = changetype<RamNeeds>(memory.data(10 * 8, 8));

function sectionOffset(kind: u32): u32 {
  return load<u32>(model + format.SECTION_TABLE + (kind - 1) * format.SECTION_ENTRY, 4);
}

function sectionLength(kind: u32): u32 {
  return load<u32>(model + format.SECTION_TABLE + (kind - 1) * format.SECTION_ENTRY, 8);
}

function sectionGiven(kind: u32): bool {
  return <u64>sectionOffset(kind) + sectionLength(kind) <= given;
}

/** Bytes of the header and the section table. */
function headerBytes(): u32 {
  return format.SECTION_TABLE + sections * format.SECTION_ENTRY;
}

function checkHeader(length: u32): i32 {
  if (given < format.SECTION_TABLE) return fail(ERROR_TOO_SHORT, given, format.SECTION_TABLE);
  const magic = load<u32>(model);
  if (magic != format.MAGIC) return fail(ERROR_MAGIC, magic, format.MAGIC);
  const version = load<u32>(model, format.HEADER_VERSION);
  if (version < format.OLDEST_VERSION || version > format.FORMAT_VERSION) {
    return fail(ERROR_VERSION, version, format.FORMAT_VERSION);
  }
  sections = version == 1 ? format.SECTIONS_OF_VERSION_1 : format.SECTIONS;
  if (given < headerBytes()) return fail(ERROR_TOO_SHORT, given, headerBytes());
  const stated = load<u32>(model, format.HEADER_LENGTH);
  if (stated != length) return fail(ERROR_LENGTH, stated, length);
  if (given < length) return 0;
  const crc = crc32(model + format.CRC_START, length - format.CRC_START);
  const statedCrc = load<u32>(model, format.HEADER_CRC);
  return crc == statedCrc ? 0 : fail(ERROR_CRC, crc, statedCrc);
}

/** Checks that the sections are in order, each at the next multiple of 4, and that the last one ends with the file. */
function checkSections(length: u32): i32 {
  if (load<u32>(model, format.CRC_START) != sections) return fail(ERROR_SECTION, 0);
  let next: u64 = headerBytes();
  for (let kind: u32 = 1; kind <= sections; kind++) {
    const entry = model + format.SECTION_TABLE + (kind - 1) * format.SECTION_ENTRY;
    if (load<u32>(entry) != kind || sectionOffset(kind) != next) return fail(ERROR_SECTION, kind);
    next = (next + sectionLength(kind) + 3) & ~3;
    if (next > length) return fail(ERROR_SECTION, kind);
  }
  return next == length ? 0 : fail(ERROR_SECTION, sections);
}

function checkFeatures(): i32 {
  const section = model + sectionOffset(format.SECTION_FEATURES);
  const bytes = sectionLength(format.SECTION_FEATURES);
  if (!sectionGiven(format.SECTION_FEATURES)) return 0;
  if (bytes < 8) return fail(ERROR_FEATURES);
  frames = load<u32>(section);
  coefficients = load<u32>(section, 4);
  if (frames < 1 || frames > format.MOST_FRAMES || coefficients < 1 || coefficients > format.MOST_BANDS)
    return fail(ERROR_FEATURES);
  if (bytes != 8 + 8 * coefficients) return fail(ERROR_FEATURES);
  featureMean = section + 8;
  featureMultiplier = featureMean + 4 * coefficients;
  for (let c: u32 = 0; c < coefficients; c++) {
    const multiplier = load<i32>(featureMultiplier + c * 4);
    if (multiplier <= 0 || multiplier >= <i32>format.MULTIPLIER_END) return fail(ERROR_FEATURES);
  }
  return 0;
}

/** Checks that there is a label per class, and that each ends with a zero byte inside the section. */
function checkLabels(): i32 {
  const section = model + sectionOffset(format.SECTION_LABELS);
  const bytes = sectionLength(format.SECTION_LABELS);
  if (!sectionGiven(format.SECTION_NETWORK)) return 0;
  if (bytes < 4 || load<u32>(section) != classes) return fail(ERROR_LABELS);
  let ends: u32 = 0;
  for (let k: u32 = 4; k < bytes; k++) {
    if (load<u8>(section + k) == 0) ends++;
  }
  if (ends != classes || load<u8>(section + bytes - 1) != 0) return fail(ERROR_LABELS);
  return 0;
}

function checkNetwork(): i32 {
  const bytes = sectionLength(format.SECTION_NETWORK);
  if (!sectionGiven(format.SECTION_NETWORK)) return 0;
  if (bytes < format.NETWORK_RECORDS) return fail(ERROR_NETWORK, format.NETWORK_RECORDS);
  const section = model + sectionOffset(format.SECTION_NETWORK);
  timesteps = load<u32>(section, format.NETWORK_TIMESTEPS);
  if (timesteps < 1 || timesteps > format.MOST_TIMESTEPS) return fail(ERROR_NETWORK, format.NETWORK_TIMESTEPS);
  classes = load<u32>(section, format.NETWORK_CLASSES);
  if (classes < 1 || classes > format.MOST_CLASSES) return fail(ERROR_NETWORK, format.NETWORK_CLASSES);
  const count = load<u32>(section, format.NETWORK_LAYERS);
  const early = load<u32>(model, format.HEADER_VERSION) >= format.EARLY_VERSION;
  const decisionBytes: u32 = early ? (timesteps - 1) * (1 + classes) * 4 : 0;
  if (count < 1 || <u64>count * format.LAYER_BYTES + format.NETWORK_RECORDS + decisionBytes != bytes) {
    return fail(ERROR_NETWORK, format.NETWORK_LAYERS);
  }
  const padding = <u32>load<u16>(section, format.NETWORK_PADDING);
  if (padding > format.VALID || (early && padding == format.VALID)) {
    return fail(ERROR_NETWORK, format.NETWORK_PADDING);
  }
  bindRecords(section + format.NETWORK_RECORDS, count, padding == format.SAME);

  // the stem reads the feature map: coefficients are its channels in 1-D, its bands in 2-D, where it may have more
  // channels if it does not listen
  const dimensions = <u32>load<u16>(section, format.NETWORK_DIMENSIONS);
  if (dimensions < 1 || dimensions > 2) return fail(ERROR_NETWORK, format.NETWORK_DIMENSIONS);
  const own = <u32>layerAt(0).inputChannels;
  if (own > (padded ? format.MOST_INPUT_CHANNELS : 1) && dimensions == 2) return fail(ERROR_LAYER, 0);
  let channels = dimensions == 1 ? coefficients : own;
  let rows = frames;
  let bands = dimensions == 1 ? 1 : coefficients;
  const start = sectionOffset(format.SECTION_WEIGHTS);
  const end = start + sectionLength(format.SECTION_WEIGHTS);
  needs.classes = classes;
  needs.layers = layers;
  coefficients = bands * channels;
  needs.featureBytes = <u64>frames * coefficients;
  needs.timesteps = timesteps;
  for (let k: u32 = 0; k < layers; k++) {
    const layer = layerAt(k);
    if (layer.inputChannels != channels || layer.inputFrames != rows || layer.inputBands != bands) {
      return fail(ERROR_LAYER, k);
    }
    const error = checkLayer(model, k, timesteps, start, end, given, needs);
    if (error != 0) return error;
    channels = layer.channels;
    rows = layer.frames;
    bands = layer.bands;
  }
  const weights = load<u32>(section, format.NETWORK_CLASSIFIER_WEIGHTS);
  const bias = load<u32>(section, format.NETWORK_CLASSIFIER_BIAS);
  if (!insideWeights(weights, <u64>classes * channels, start, end) || !insideWeights(bias, classes * 4, start, end)) {
    return fail(ERROR_OFFSET, layers);
  }
  classifierWeights = model + weights;
  classifierBias = model + bias;
  if (early) {
    // In a file that the host would refuse, a position may write twice as much as it keeps.
    needs.ringWords = placeOwn(0, timesteps) / 4 + needs.channels / 2;
    needs.trainWords = 0;
  }
  hop = 0;
  if (!padded) {
    needs.ringWords = ringBytes(timesteps) / 4;
    if (needs.ringWords == 0) return fail(ERROR_LAYER, 0);
    hop = hopFrames();
  }
  return 0;
}

function detectionGiven(): bool {
  return isDefined(WeightsApart) || sectionGiven(format.SECTION_DETECTION);
}

function checkDetection(): i32 {
  if (sections < format.SECTION_DETECTION || !detectionGiven()) return 0;
  // where weights are apart, it stands in their place
  const section = model + sectionOffset(isDefined(WeightsApart) ? format.SECTION_WEIGHTS : format.SECTION_DETECTION);
  const wrong = bindDetection(section, sectionLength(format.SECTION_DETECTION), classes, hop);
  return wrong < 0 ? 0 : fail(ERROR_DETECTION, wrong);
}

/**
 * Checks the model file at `address` and binds it. RAM is all memory below `ram`, and the file is read in place from
 * then on. The caller guarantees that `readable` bytes from `address` can be read. If these are fewer than the file's
 * `length`, only they are checked and nothing is bound. Returns 0 or an error; after an error no model is loaded.
 */
export function loadModel(address: usize, readable: u32, length: u32, ram: u32): i32 {
  loaded = false;
  clearDetection();
  if ((address & 3) != 0 || address < ram) return fail(ERROR_PLACE, <u32>address, ram);
  model = address;
  given = min(readable, length);
  memory.fill(changetype<usize>(needs), 0, offsetof<RamNeeds>());
  let error = checkHeader(length);
  if (error == 0) error = checkSections(length);
  if (error == 0) error = checkFeatures();
  if (error == 0) error = checkNetwork();
  if (error == 0) error = checkLabels();
  if (error == 0) error = checkDetection();
  if (error != 0) return error;
  const needed = ramNeeded(needs);
  if (needed > ram) return fail(ERROR_RAM, <u32>min<u64>(needed, u32.MAX_VALUE), ram);
  if (!isDefined(WeightsApart) && given < length) return 0;
  placeBuffers(needs);
  if (trainBytes == 0) placeOwn(<u32>trains, timesteps);
  if (hop != 0) {
    const first = <i32>(frames - hop) - convolutionContext(layerAt(0));
    placeRings(trains, features + first * coefficients, timesteps);
    if (!isDefined(WeightsApart)) prepareLayers(model, (ramBytes + 3) & ~3, ram);
  }
  loaded = true;
  return 0;
}
