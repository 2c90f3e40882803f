// Weights in a part of the module that only memory.init reads (index-apart.ts). Before a layer is computed, its weights
// are copied to a window of the memory: all of them or, where they do not fit, those of as many output channels as do.
// host/core/model/apart.ts lays the module out.

import { EMBEDDED, IDENTITY, LAYER_BYTES, Layer, PROJECTION } from '../generated';
import { paddedChannels } from './format';

/** Copies `bytes` bytes of the weights section, from `offset` in it on, to `to`. The import becomes a memory.init. */
declare function copyWeights(to: usize, offset: u32, bytes: u32): void;

/** The record of the channels in the window; its offsets are addresses. */
const record: usize = isDefined(WeightsApart) ? memory.data(LAYER_BYTES, 4) : 0;

/** What stands behind EMBEDDED; u32 each. */
function window(): usize {
  return load<u32>(EMBEDDED, 16);
}

function windowBytes(): u32 {
  return load<u32>(EMBEDDED, 20);
}

/** Bytes of the model's file before its weights, which are in memory. */
export function headBytes(): u32 {
  return load<u32>(EMBEDDED, 24);
}

/** Bytes of the weights of a layer for each output channel, if its shortcut has `shortcutBytes` for each. */
function bytesEach(layer: Layer, shortcutBytes: u32, biasBytes: u32): u32 {
  const rows = <u32>layer.kernelTime * layer.kernelFrequency * layer.inputChannels;
  return biasBytes + 4 * layer.thresholdRows + rows + shortcutBytes;
}

/** Bytes of the shortcut for each output channel, from a layer of `entering` channels. */
function shortcutBytes(layer: Layer, entering: u32): u32 {
  if (<u32>layer.shortcut == PROJECTION) return entering;
  return <u32>layer.shortcut == IDENTITY ? 2 : 0;
}

/** Returns how many channels of a layer fit in the window: all, or a multiple of eight. */
export function channelsAtOnce(layer: Layer, entering: u32): u32 {
  const most = windowBytes() / bytesEach(layer, shortcutBytes(layer, entering), 2);
  return min(paddedChannels(layer.channels), most & ~7);
}

/** Copies `width` bytes of each of `rows` rows of `stride` bytes; returns the end of the copy. */
function copyRows(to: usize, offset: u32, rows: u32, stride: u32, width: u32): usize {
  const start = offset - headBytes();
  if (width == stride) {
    copyWeights(to, start, rows * width);
    return to + rows * width;
  }
  for (let row: u32 = 0; row < rows; row++, to += width) copyWeights(to, start + row * stride, width);
  return to;
}

/**
 * Fills the window with the weights of `count` channels of a layer, rounded up to a multiple of eight, from channel
 * `first` on. Returns the record of a layer with these channels. `biasBytes` is 4 in the stem, and 2 elsewhere.
 */
export function takeChannels(layer: Layer, first: u32, count: u32, entering: u32, biasBytes: u32): Layer {
  const channels = <u32>layer.channels;
  const all = paddedChannels(channels);
  const width = min(paddedChannels(count), all - first);
  const own = changetype<Layer>(record);
  memory.copy(record, changetype<usize>(layer), LAYER_BYTES);
  own.channels = <u16>min(width, channels - first);
  own.biasOffset = <u32>window();
  own.thresholdOffset = <u32>(
    copyRows(window(), layer.biasOffset + first * biasBytes, 1, all * biasBytes, width * biasBytes)
  );
  own.weightOffset = <u32>(
    copyRows(own.thresholdOffset, layer.thresholdOffset + first * 4, layer.thresholdRows, all * 4, width * 4)
  );
  const rows = <u32>layer.kernelTime * layer.kernelFrequency * layer.inputChannels;
  own.shortcutOffset = <u32>copyRows(own.weightOffset, layer.weightOffset + first, rows, all, width);
  if (<u32>layer.shortcut == PROJECTION) {
    copyRows(own.shortcutOffset, layer.shortcutOffset + first, entering, all, width);
  } else if (<u32>layer.shortcut == IDENTITY) {
    copyRows(own.shortcutOffset, layer.shortcutOffset + first * 2, 1, all * 2, width * 2);
  }
  return own;
}

/** Copies `bytes` bytes of the weights, `offset` in the file, to `at` in the window; returns the address. */
export function takeBytes(at: u32, offset: u32, bytes: u32): usize {
  copyWeights(window() + at, offset - headBytes(), bytes);
  return window() + at;
}
