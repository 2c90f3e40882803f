import { Layer } from '../generated';
import { spikeWords } from './format';
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

/** Static methods, because `@inline` is needed and biome does not parse decorators of functions. */
class Four {
  /** Returns the sum of the four int8 weights in a word times the counts at `counts`. */
  @inline
  static products(word: u32, counts: usize): i32 {
    return (
      (<i32>word >> 24) * load<i32>(counts, 12) +
      (<i32>(word << 8) >> 24) * load<i32>(counts, 8) +
      (<i32>(word << 16) >> 24) * load<i32>(counts, 4) +
      (<i32>(word << 24) >> 24) * load<i32>(counts)
    );
  }
}

/** By how much the score of class `winner` exceeds the next one; it is the greatest. */
export function leadOf(winner: u32, classes: u32): u32 {
  let lead = u32.MAX_VALUE;
  const best = load<i32>(scores + winner * 4);
  for (let k: u32 = 0; k < classes; k++) {
    if (k != winner) lead = min(lead, <u32>(best - load<i32>(scores + k * 4)));
  }
  return lead;
}

/**
 * Computes the scores: int8 weights × spike counts of the last layer + bias. Returns the class; the lowest wins a tie.
 */
export function classify(layer: Layer, train: usize, timesteps: u32, weights: usize, bias: usize, classes: u32): i32 {
  countSpikes(layer, train, timesteps);
  const end = channelCounts + <usize>layer.channels * 4;
  // rows of weights are not padded: a board can load 64 bits from every row only if the channels are a multiple of 8
  const eights = (layer.channels & 7) == 0 ? end : channelCounts;
  let winner: u32 = 0;
  for (let k: u32 = 0; k < classes; k++) {
    let score = load<i32>(bias + k * 4);
    let counts: usize = channelCounts;
    for (; counts < eights; counts += 32, weights += 8) {
      const eight = load<u64>(weights);
      score += Four.products(<u32>(eight >>> 32), counts + 16) + Four.products(<u32>eight, counts);
    }
    for (; counts < end; counts += 4, weights++) score += <i32>load<i8>(weights) * load<i32>(counts);
    store<i32>(scores + k * 4, score);
    if (score > load<i32>(scores + winner * 4)) winner = k;
  }
  return winner;
}
