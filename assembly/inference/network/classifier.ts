import { Layer, spikeWords } from './format';
import { channelCounts, scores } from './memory-map';

/** Counts the spikes of every channel of the last layer over positions and timesteps. */
function countSpikes(layer: Layer, train: usize, timesteps: u32): void {
  memory.fill(channelCounts, 0, <usize>layer.channels * 4);
  const words = spikeWords(layer.channels);
  const cells = <u32>layer.frames * layer.bands * timesteps;
  for (let cell: u32 = 0; cell < cells; cell++) {
    for (let word: u32 = 0; word < words; word++, train += 4) {
      for (let bits = load<u32>(train); bits != 0; bits &= bits - 1) {
        const counter = channelCounts + (((word << 5) + ctz(bits)) << 2);
        store<u32>(counter, load<u32>(counter) + 1);
      }
    }
  }
}

/** Scores from the spikes of the last layer: int8 weights × counts + bias. Returns the class; the lowest wins a tie. */
export function classify(layer: Layer, train: usize, timesteps: u32, weights: usize, bias: usize, classes: u32): i32 {
  countSpikes(layer, train, timesteps);
  const channels = <u32>layer.channels;
  let winner: u32 = 0;
  for (let k: u32 = 0; k < classes; k++) {
    let score = load<i32>(bias + k * 4);
    for (let c: u32 = 0; c < channels; c++, weights++) {
      score += <i32>load<i8>(weights) * load<i32>(channelCounts + c * 4);
    }
    store<i32>(scores + k * 4, score);
    if (score > load<i32>(scores + winner * 4)) winner = k;
  }
  return winner;
}
