import { crc32 } from '../../assembly/inference/network/crc32';
import { paddedChannels, spikeWords } from '../../assembly/inference/network/format';
import { fire, firePacked } from '../../assembly/inference/network/neuron';

const CHANNELS: i32 = 40;

/** A deterministic spread over the whole of int16. */
function currentOf(channel: i32, t: i32): i32 {
  const edges: StaticArray<i32> = [-32768, 32767, -1, 0, 1, -32767, 32766, 255];
  return edges[(channel * 3 + t * 5) & 7];
}

const currents = memory.data(40 * 4, 4);
const membranes = memory.data(40 * 4, 4);
const thresholds = memory.data(40 * 4, 4);
const spikes = memory.data(8, 4);

describe('CRC-32', () => {
  it('of the digits 1 to 9 is the published check value', () => {
    const digits = String.UTF8.encode('123456789');
    expect(crc32(changetype<usize>(digits), 9)).toBe(0xcbf43926);
  });

  it('of nothing is zero', () => {
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

describe('the neurons of one position', () => {
  it('take packed currents at the edges of int16 for what they are', () => {
    memory.fill(membranes, 0, CHANNELS * 4);
    const expected = new StaticArray<i32>(CHANNELS);
    let wrong = 0;
    for (let c = 0; c < CHANNELS; c++) store<i32>(thresholds + c * 4, 1 + c * 900);
    for (let t = 0; t < 6; t++) {
      // a pair of lanes is the integer low + 65536·high
      for (let c = 0; c < CHANNELS; c += 2) {
        store<i32>(currents + c * 2, currentOf(c, t) + 65536 * currentOf(c + 1, t));
      }
      const count = firePacked(currents, membranes, thresholds, CHANNELS, spikes);
      let spiked = 0;
      for (let c = 0; c < CHANNELS; c++) {
        expected[c] += currentOf(c, t);
        const fires = expected[c] >= 1 + c * 900;
        if (fires) expected[c] -= 1 + c * 900;
        spiked += i32(fires);
        const bit = (load<u32>(spikes + (c >> 5) * 4) >> (c & 31)) & 1;
        if (bit !== u32(fires) || load<i32>(membranes + c * 4) !== expected[c]) wrong++;
      }
      if (count !== spiked) wrong++;
    }
    expect(wrong).toBe(0);
  });

  it('spike at the threshold, not below it, and keep what is above it', () => {
    memory.fill(membranes, 0, CHANNELS * 4);
    for (let c = 0; c < 3; c++) {
      store<i32>(thresholds + c * 4, 100_000);
      store<i32>(currents + c * 4, 99_999 + c);
    }
    expect(fire(currents, membranes, thresholds, 3, spikes)).toBe(2);
    expect(load<u32>(spikes)).toBe(0b110);
    expect(load<i32>(membranes)).toBe(99_999);
    expect(load<i32>(membranes + 4)).toBe(0);
    expect(load<i32>(membranes + 8)).toBe(1);
  });

  it('never let spikes out of channels that do not exist', () => {
    memory.fill(membranes, 0, CHANNELS * 4);
    memory.fill(thresholds, 0, CHANNELS * 4);
    memory.fill(currents, 0, CHANNELS * 4);
    expect(firePacked(currents, membranes, thresholds, 33, spikes)).toBe(33);
    expect(load<u32>(spikes + 4)).toBe(1);
  });
});
