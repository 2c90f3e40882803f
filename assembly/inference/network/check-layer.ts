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
import { layerAt, padded } from './records';

function inRange(value: u32, most: u32): bool {
  return value >= 1 && value <= most;
}

/** Whether an output of `outputs` fits an input that is padded so that the kernel counts as 1. */
function strided(input: u32, outputs: u32, stride: u32): bool {
  return outputs == (input - 1) / stride + 1;
}

/** The same along time. Without padding, the last output must see the last frame. */
function framesFit(input: u32, outputs: u32, kernel: u32, stride: u32): bool {
  return padded ? strided(input, outputs, stride) : outputs > 0 && input == (outputs - 1) * stride + kernel;
}

/** A kernel is odd; where it is padded by half of it, the output depends on input and stride alone. */
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
    framesFit(layer.inputFrames, layer.frames, layer.kernelTime, layer.strideTime) &&
    strided(layer.inputBands, layer.bands, layer.strideFrequency)
  );
}

/** Whether the shortcut leads from the output of `entering`, through the block that `first` begins, to `layer`. */
function shortcutFits(layer: Layer, first: Layer, entering: Layer): bool {
  // of both convolutions together
  const kernel = <u32>first.kernelTime + <u32>first.strideTime * (<u32>layer.kernelTime - 1);
  if (<u32>layer.shortcut == IDENTITY) {
    return (
      layer.channels == entering.channels &&
      framesFit(entering.frames, layer.frames, kernel, 1) &&
      layer.bands == entering.bands
    );
  }
  return (
    <u32>layer.shortcut == PROJECTION &&
    inRange(layer.shortcutStrideTime, MOST_EXTENT) &&
    inRange(layer.shortcutStrideFrequency, MOST_EXTENT) &&
    framesFit(entering.frames, layer.frames, kernel, layer.shortcutStrideTime) &&
    (padded || layer.shortcutStrideTime == first.strideTime) &&
    strided(entering.bands, layer.bands, layer.shortcutStrideFrequency)
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
  timesteps: u32,
  start: u32,
  end: u32,
  given: u32,
  needs: RamNeeds,
): i32 {
  const layer = layerAt(index);
  if (!shapesFit(layer)) return fail(ERROR_LAYER, index);
  let shortcutRows: u64 = 0;
  const padded = <u64>paddedChannels(layer.channels);
  let shortcutBytes: u64 = 0;
  if (layer.shortcut != 0) {
    if (index < 2) return fail(ERROR_LAYER, index);
    const entering = layerAt(index - 2);
    if (!shortcutFits(layer, layerAt(index - 1), entering)) return fail(ERROR_LAYER, index);
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
