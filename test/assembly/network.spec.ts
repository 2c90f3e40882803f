import { Layer } from '../../assembly/inference/generated';
import { crc32 } from '../../assembly/inference/network/crc32';
import { paddedChannels, spikeWords } from '../../assembly/inference/network/format';
import * as memoryMap from '../../assembly/inference/network/memory-map';
import {
  biases,
  biasStep,
  clearGroup,
  clearPadding,
  fire,
  fireConstantly,
  margins as firstMargins,
  layOutPairs,
  PairSpikes,
  paired,
  SIGNS,
  storeGroup,
  takePairs,
} from '../../assembly/inference/network/neuron';

const CHANNELS: i32 = 16;
const TIMESTEPS: i32 = 6;

/** A model file in which only one layer record, its thresholds and its bias are used. */
const model = memory.data(1024, 4);
const THRESHOLDS: usize = 64;
const BIAS: usize = 512;
const spikes = memory.data(64, 4);
/** Margins of a group of eight. */
const margins = memory.data(16, 4);
/** Margins and biases that are laid out once. */
const prepared = memory.data(256, 4);

const needs = changetype<memoryMap.RamNeeds>(memory.data(64, 8));
needs.channels = CHANNELS;
needs.biasRows = TIMESTEPS;
needs.timesteps = TIMESTEPS;
const ram = memory.data(4096, 16);

/**
 * Returns a layer with empty buffers, `rows` rows of thresholds, and membranes between `least` and `greatest`. The
 * thresholds are equal in all channels and rise by one from row to row.
 */
function layerWith(channels: i32, rows: i32, least: i32, greatest: i32, threshold: i32): Layer {
  memoryMap.placeBuffers(needs, ram);
  memory.fill(model, 0, 1024);
  const layer = changetype<Layer>(model);
  layer.channels = u16(channels);
  layer.thresholdRows = rows;
  layer.biasOffset = u32(BIAS);
  layer.thresholdOffset = u32(THRESHOLDS);
  layer.membraneMin = least;
  layer.membraneMax = greatest;
  const padded = paddedChannels(channels);
  for (let t = 0; t < rows; t++) {
    for (let c: u32 = 0; c < padded; c++) {
      store<i32>(model + THRESHOLDS + (t * padded + c) * 4, c < u32(channels) ? threshold + t : i32.MAX_VALUE);
    }
  }
  memory.fill(spikes, 0, 64);
  return layer;
}
describe('CRC-32', () => {
  it('has the published check value for the digits 1 to 9', () => {
    const digits = String.UTF8.encode('123456789');
    expect(crc32(changetype<usize>(digits), 9)).toBe(0xcbf43926);
  });

  it('is zero for no bytes', () => {
    expect(crc32(0, 0)).toBe(0);
  });
});

describe('the shape of rows', () => {
  it('is rounded up to eight channels and to 32 bits', () => {
    expect(paddedChannels(1)).toBe(8);
    expect(paddedChannels(8)).toBe(8);
    expect(paddedChannels(9)).toBe(16);
    expect(spikeWords(32)).toBe(1);
    expect(spikeWords(33)).toBe(2);
  });
});

/** Returns one of a fixed set of currents. */
function currentOf(channel: i32, t: i32): i32 {
  const currents: StaticArray<i32> = [-2000, 1999, -1, 0, 1, 700, 1500, 255];
  return currents[(channel * 3 + t * 5) & 7];
}

/** Takes the spikes of a group of eight from `margins`; returns their number. `row` has the timestep's thresholds. */
function takeSpikes(group: i32, row: usize): u32 {
  clearGroup();
  for (let c = 0; c < 8; c += 2) {
    const at = margins + c * 2;
    store<u32>(at, PairSpikes.take(load<u32>(at), row + group * 4, c));
  }
  return storeGroup(spikes);
}

/**
 * Runs a layer with this many rows of thresholds through all timesteps, laid out now or once before; returns the number
 * of wrong results.
 */
function wrongWith(rows: i32, once: bool = false): i32 {
  const layer = layerWith(CHANNELS, rows, -12_000, 12_000, 900);
  // a pair of lanes is the integer low + 65536·high
  for (let c = 0; c < CHANNELS; c += 2) store<i32>(model + BIAS + c * 2, c - 5 + 65536 * (3 - c));
  if (once) {
    if (!layOutPairs(model, layer, prepared)) return 1;
    // what another layer leaves behind
    takePairs(model, layerWith(CHANNELS, 1, 0, 100, 7), 0);
    const again = layerWith(CHANNELS, rows, -12_000, 12_000, 900);
    takePairs(model, again, prepared);
  } else takePairs(model, layer, 0);
  const expected = new StaticArray<i32>(CHANNELS);
  let wrong = paired ? 0 : 1;
  for (let group = 0; group < CHANNELS; group += 8) {
    memory.copy(margins, firstMargins + group * 2, 16);
    for (let t = 0; t < TIMESTEPS; t++) {
      const row = rows === 1 ? 0 : t;
      let any: u32 = 0;
      for (let c = group; c < group + 8; c += 2) {
        const at = margins + (c - group) * 2;
        const bias = load<u32>(biases + t * biasStep + c * 2);
        store<u32>(at, load<u32>(at) - bias - currentOf(c, t) - 65536 * currentOf(c + 1, t));
        any |= load<u32>(at);
      }
      const count = takeSpikes(group, model + THRESHOLDS + row * CHANNELS * 4);
      let spiked: u32 = 0;
      for (let c = group; c < group + 8; c++) {
        expected[c] += currentOf(c, t) + ((c & 1) === 0 ? c - 5 : 4 - c);
        const fires = expected[c] >= 900 + row;
        if (fires) expected[c] -= 900 + row;
        spiked += u32(fires);
        if (((load<u8>(spikes) >> u8(c & 7)) & 1) !== u8(fires)) wrong++;
      }
      if (count !== spiked) wrong++;
      if (((any & SIGNS) !== 0) !== spiked > 0) wrong++;
    }
  }
  return wrong;
}

describe('neurons in pairs', () => {
  it('spike as in the definition', () => {
    expect(wrongWith(1)).toBe(0);
  });

  it('spike as in the definition if thresholds change', () => {
    expect(wrongWith(TIMESTEPS)).toBe(0);
  });

  it('spike in the same way if the layer has been laid out before', () => {
    expect(wrongWith(1, true)).toBe(0);
    expect(wrongWith(TIMESTEPS, true)).toBe(0);
  });

  it('are not used if a margin could exceed int16', () => {
    takePairs(model, layerWith(CHANNELS, 1, 99 - 32_767, 99 + 32_768, 100), 0);
    expect(paired).toBe(true);
    takePairs(model, layerWith(CHANNELS, 1, 98 - 32_767, 0, 100), 0);
    expect(paired).toBe(false);
    takePairs(model, layerWith(CHANNELS, 1, 0, 100 + 32_768, 100), 0);
    expect(paired).toBe(false);
  });

  it('keep no spikes of channels that do not exist', () => {
    const layer = layerWith(9, 1, 0, 100, 1);
    takePairs(model, layer, 0);
    memory.fill(margins, 0xff, 16);
    // the group of channel 8 is the second byte of a word
    expect(takeSpikes(8, model + THRESHOLDS)).toBe(4);
    store<u16>(spikes, (<u16>load<u8>(spikes)) << 8);
    expect(clearPadding(spikes, 1, 4)).toBe(3);
    expect(load<u16>(spikes)).toBe(0x100);
  });
});

describe('neurons with int32 currents', () => {
  it('spike at the threshold, not below it, and keep the excess above it', () => {
    takePairs(model, layerWith(3, 1, -100_000, 200_000, 100_000), 0);
    for (let c = 0; c < 3; c++) store<i32>(memoryMap.currents + c * 4, 99_999 + c);
    expect(fire(memoryMap.membranes, model + THRESHOLDS, spikes)).toBe(2);
    expect(load<u32>(spikes)).toBe(0b110);
    expect(load<i32>(memoryMap.membranes)).toBe(99_999);
    expect(load<i32>(memoryMap.membranes, 4)).toBe(0);
    expect(load<i32>(memoryMap.membranes, 8)).toBe(1);
  });

  it('spike in the same way if the current is constant', () => {
    takePairs(model, layerWith(3, 4, -100_000, 200_000, 100_000), 0);
    for (let c = 0; c < 3; c++) store<i32>(memoryMap.currents + c * 4, 50_000 + c);
    const count = fireConstantly(spikes, 4);
    const together = memory.data(16, 4);
    memory.copy(together, spikes, 16);
    memory.fill(spikes, 0, 16);
    let single: u32 = 0;
    for (let t = 0; t < 4; t++)
      single += fire(memoryMap.membranes, model + THRESHOLDS + t * paddedChannels(3) * 4, spikes + t * 4);
    expect(count).toBe(single);
    expect(memory.compare(together, spikes, 16)).toBe(0);
    expect(count).toBe(5);
  });
});
