import {
  ERROR_LAYER,
  ERROR_OFFSET,
  ERROR_THRESHOLD,
  ERROR_WORK,
  IDENTITY,
  Layer,
  MOST_BANDS,
  MOST_CHANNELS,
  MOST_EXTENT,
  MOST_FRAMES,
  PROJECTION,
} from '../generated';
import { fail } from './error';
import { paddedChannels, spikeWords } from './format';
import { RamNeeds } from './memory-map';

function inRange(value: u32, most: u32): bool {
  return value >= 1 && value <= most;
}

function strided(extent: u32, stride: u32): u32 {
  return (extent - 1) / stride + 1;
}

/** Kernels are odd and padded by half, so the size of the output depends only on the input and the stride. */
function shapesFit(layer: Layer): bool {
  return (
    inRange(layer.inputChannels, MOST_CHANNELS) &&
    inRange(layer.inputFrames, MOST_FRAMES) &&
    inRange(layer.inputBands, MOST_BANDS) &&
    inRange(layer.channels, MOST_CHANNELS) &&
    inRange(layer.kernelTime, MOST_EXTENT) &&
    inRange(layer.kernelFrequency, MOST_EXTENT) &&
    (layer.kernelTime & layer.kernelFrequency & 1) == 1 &&
    inRange(layer.strideTime, MOST_EXTENT) &&
    inRange(layer.strideFrequency, MOST_EXTENT) &&
    layer.frames == strided(layer.inputFrames, layer.strideTime) &&
    layer.bands == strided(layer.inputBands, layer.strideFrequency)
  );
}

/** Whether the shortcut fits the output of `entering` and the output of `layer`. */
function shortcutFits(layer: Layer, entering: Layer): bool {
  if (<u32>layer.shortcut == IDENTITY) {
    return layer.channels == entering.channels && layer.frames == entering.frames && layer.bands == entering.bands;
  }
  return (
    <u32>layer.shortcut == PROJECTION &&
    inRange(layer.shortcutStrideTime, MOST_EXTENT) &&
    inRange(layer.shortcutStrideFrequency, MOST_EXTENT) &&
    layer.frames == strided(entering.frames, layer.shortcutStrideTime) &&
    layer.bands == strided(entering.bands, layer.shortcutStrideFrequency)
  );
}

/** Whether `bytes` bytes from `offset` are inside the weights section. */
export function insideWeights(offset: u32, bytes: u64, start: u32, end: u32): bool {
  return (offset & 3) == 0 && offset >= start && <u64>offset + bytes <= <u64>end;
}

/**
 * Checks one layer record whose input shape has already been compared with its source, and adds what the layer needs to
 * `needs`. `start` and `end` are the offsets of the weights section. Thresholds are checked if they are within the
 * first `given` bytes of the file. Returns 0 or an error.
 */
export function checkLayer(
  model: usize,
  index: u32,
  records: usize,
  recordBytes: u32,
  timesteps: u32,
  start: u32,
  end: u32,
  given: u32,
  needs: RamNeeds,
): i32 {
  const layer = changetype<Layer>(records + index * recordBytes);
  if (!shapesFit(layer)) return fail(ERROR_LAYER, index);
  let shortcutRows: u64 = 0;
  const padded = <u64>paddedChannels(layer.channels);
  let shortcutBytes: u64 = 0;
  if (layer.shortcut != 0) {
    if (index < 2) return fail(ERROR_LAYER, index);
    const entering = changetype<Layer>(records + (index - 2) * recordBytes);
    if (!shortcutFits(layer, entering)) return fail(ERROR_LAYER, index);
    if (<u32>layer.shortcut == PROJECTION) shortcutRows = entering.channels;
    shortcutBytes = <u32>layer.shortcut == PROJECTION ? shortcutRows * padded : padded * 2;
  }
  if (layer.thresholdRows != 1 && layer.thresholdRows != timesteps) return fail(ERROR_LAYER, index);

  const rows = <u64>layer.kernelTime * layer.kernelFrequency * layer.inputChannels;
  const biasBytes = padded * (index == 0 ? 4 : 2);
  if (
    !insideWeights(layer.biasOffset, biasBytes, start, end) ||
    !insideWeights(layer.thresholdOffset, layer.thresholdRows * padded * 4, start, end) ||
    !insideWeights(layer.weightOffset, rows * padded, start, end) ||
    (layer.shortcut != 0 && !insideWeights(layer.shortcutOffset, shortcutBytes, start, end))
  ) {
    return fail(ERROR_OFFSET, index);
  }
  const thresholdsEnd = layer.thresholdOffset + layer.thresholdRows * <u32>padded * 4;
  for (let row: u32 = 0; row < layer.thresholdRows && thresholdsEnd <= given; row++) {
    const thresholds = model + layer.thresholdOffset + row * <u32>padded * 4;
    for (let c: u32 = 0; c < <u32>layer.channels; c++) {
      if (load<i32>(thresholds + c * 4) <= 0) return fail(ERROR_THRESHOLD, index);
    }
  }

  const positions = <u64>layer.frames * layer.bands;
  // an identity is one operation per spike, which is less than one row per position
  if (positions * (rows + shortcutRows + 1) * layer.channels * timesteps > <u64>u32.MAX_VALUE) {
    return fail(ERROR_WORK, index);
  }
  needs.channels = max(needs.channels, padded);
  needs.biasRows = max(needs.biasRows, layer.thresholdRows);
  needs.events = max(needs.events, rows + shortcutRows);
  needs.trainWords = max(needs.trainWords, positions * timesteps * spikeWords(layer.channels));
  needs.lastChannels = layer.channels;
  return 0;
}
