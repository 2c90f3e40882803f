import { IDENTITY, Layer } from '../generated';
import { enteringCell, enteringWords, listPosition, rowsListed, shortcut, takeField } from './event-lists';
import { paddedChannels, spikeWords } from './format';
import { currents, eventLists, identityWeights, membranes, positionBiases } from './memory-map';
import {
  biases,
  biasStep,
  clearGroup,
  clearPadding,
  fire,
  margins,
  PairSpikes,
  paired,
  passTimesteps,
  SIGNS,
  storeGroup,
  takePairs,
  thresholdStep,
  thresholds,
} from './neuron';

// Event-driven convolution of one output position, all timesteps, and its neurons.
//
// First the rows of weights that its spikes select are listed (event-lists.ts). Then, eight channels at a time, the
// rows of each timestep are added and their sum is subtracted from the margins of the neurons (neuron.ts).
//
// A byte of a row is a weight + 128, so that lanes can be taken from a word without sign extension. A pair of lanes is
// the integer low + 65536·high modulo 2^32, and sums of pairs are sums of these integers:
//
//   word w         b3 | b2 | b1 | b0     channels 0 2 1 3, from the lowest byte
//   w & 00ff00ff        b2        b0     channels 0 and 1; the sum over rows is E
//   w >> 8              b3   b2   b1     channels 2 and 3, and b2 between them; the sum over rows is S
//
// S − 256·Σb2 is the pair of channels 2 and 3. Σb2 is the upper half of E unless Σb0 carries into it, which it does not
// up to 256 rows. So four channels take three instructions. No carry or borrow between the lanes and no intermediate
// overflow changes the result if the final current (with the bias, and less 128 for each row) fits in int16. The
// builder has proven that it does.
//
// A board checks the bounds of every load and store. Its compiler drops the check of a store if a store further up has
// just been checked.

const EVEN: u32 = 0x00ff00ff;
/** 128 in both lanes. */
const OFFSET: u32 = 0x00800080;
/** Bytes of the addresses of the most rows that can be added at once. */
const MOST_EVENT_BYTES: u32 = 256 * 4;

/** Spikes so far of the layer that is being computed. */
export let spikes: u32 = 0;
let identityOperations: u32 = 0;

// The rest of that layer.
let channels: u32 = 0;
let rowBytes: u32 = 0;
let timesteps: u32 = 0;
/** Whether timesteps before these have been computed. */
let goesOn: bool = false;
let outputWords: u32 = 0;
/** The channel of the whole layer that channel 0 is, if weights are apart. */
let firstChannel: u32 = 0;

/** Prepares for a layer; the parameters are those of `takeField` and `takePairs`. */
export function takeLayer(
  model: usize,
  layer: Layer,
  sourceTrain: usize,
  enteringTrain: usize,
  enteringLayer: Layer,
  steps: u32,
  first: u32,
  end: u32,
  prepared: usize,
): void {
  takePairs(model, layer, prepared);
  passTimesteps(first);
  takeField(model, layer, sourceTrain, enteringTrain, enteringLayer, steps, first, end);
  channels = layer.channels;
  rowBytes = paddedChannels(channels);
  timesteps = end - first;
  goesOn = first != 0;
  outputWords = spikeWords(channels);
  spikes = 0;
  identityOperations = 0;
  if (shortcut == IDENTITY) memory.copy(identityWeights, model + layer.shortcutOffset, rowBytes * 2);
}

/**
 * After takeLayer with a layer of which only the channels from `first` on are computed now: the spikes of all its
 * channels take up `words` words.
 */
export function takeBlock(first: u32, words: u32): void {
  firstChannel = first;
  outputWords = words;
}

/** Returns the synaptic operations of the layer so far. */
export function operations(): u32 {
  return rowsListed * channels + identityOperations;
}

/** Adds one row to the pairs at `pairs`. */
function addRow(row: usize, pairs: usize): void {
  for (let column: u32 = 0; column < rowBytes; column += 4) {
    const word = load<u32>(row + column);
    const at = pairs + column * 2;
    store<u32>(at, load<u32>(at, 4) + ((word >>> 8) & EVEN) - OFFSET, 4);
    store<u32>(at, load<u32>(at) + (word & EVEN) - OFFSET);
  }
}

/** Applies the identity shortcut: each entering spike adds its channel's weight to the channel's lane of `pairs`. */
function addIdentity(cell: usize, pairs: usize): void {
  for (let word: u32 = 0; word < enteringWords; word++) {
    for (let bits = load<u32>(cell + word * 4); bits != 0; bits &= bits - 1) {
      let channel = (word << 5) + ctz(bits);
      if (isDefined(WeightsApart)) {
        channel -= firstChannel;
        if (channel >= channels) continue;
      }
      const at = pairs + ((channel >>> 1) << 2);
      const weight = (<u32>(<i32>load<i16>(identityWeights + (channel << 1)))) << ((channel & 1) << 4);
      store<u32>(at, load<u32>(at) + weight);
      identityOperations++;
    }
  }
}

/**
 * Lays out the biases of one position. They include the identity shortcut, and the rows of each list beyond the first
 * `mostBytes` bytes of addresses; those rows are removed from the list.
 */
function layOutBiases(frame: i32, band: i32, mostBytes: usize): void {
  let cell = enteringCell(frame, band);
  for (let t: u32 = 0; t < timesteps; t++) {
    const pairs = positionBiases + t * rowBytes * 2;
    memory.copy(pairs, biases + t * biasStep, rowBytes * 2);
    if (shortcut == IDENTITY) addIdentity(cell, pairs);
    cell += enteringWords * 4;
    const list = eventLists + t * 8;
    let last = load<usize>(list, 4);
    for (const most = load<usize>(list) + mostBytes; last > most; last -= 4) addRow(load<usize>(last - 4), pairs);
    store<usize>(list, last, 4);
  }
}

/**
 * Adds up the rows of each timestep and subtracts their sum and the bias from the margins. A margin below zero is a
 * spike, and sets a bit at `target`. Works on eight channels at a time, because four sums and the addresses fit in the
 * registers of a Cortex-M4. Loads rows by 64 bits, because a board looks for 64-bit loads in the model first. Begins
 * with the margins that the timesteps before left at `kept`, if there were any, and unless `kept` is 0 leaves its own
 * there.
 */
function subtractRows(pairs: usize, pairStep: u32, target: usize, kept: usize): void {
  const start = goesOn ? kept : margins;
  const lists = eventLists + timesteps * 8;
  for (let column: u32 = 0; column < rowBytes; column += 8) {
    const first = start + column * 2;
    let m3 = load<u32>(first, 12);
    let m2 = load<u32>(first, 8);
    let m1 = load<u32>(first, 4);
    let m0 = load<u32>(first);
    let bias = pairs + column * 2;
    let list: usize = eventLists;
    do {
      const end = load<usize>(list, 4);
      let event = load<usize>(list);
      // writing this extra word tells the compiler that all words before it are in RAM
      store<u32>(end, 0);
      // 128 in both lanes for each row
      const correction = <u32>(end - event) * (OFFSET / 4);
      let e0: u32 = 0;
      let e1: u32 = 0;
      let s0 = 0 - correction;
      let s1 = s0;
      for (; event < end; event += 4) {
        const row = load<u64>(load<usize>(event) + column);
        const w0 = <u32>row;
        const w1 = <u32>(row >>> 32);
        e0 += w0 & EVEN;
        s0 += w0 >>> 8;
        e1 += w1 & EVEN;
        s1 += w1 >>> 8;
      }
      m3 += ((e1 >>> 16) << 8) - s1 - load<u32>(bias, 12);
      m2 += correction - e1 - load<u32>(bias, 8);
      m1 += ((e0 >>> 16) << 8) - s0 - load<u32>(bias, 4);
      m0 += correction - e0 - load<u32>(bias);
      bias += pairStep;
      if (((m0 | m1 | m2 | m3) & SIGNS) != 0) {
        const t = <u32>(list - eventLists) >>> 3;
        const row = thresholds + t * thresholdStep + column * 4;
        clearGroup();
        m3 = PairSpikes.take(m3, row, 6);
        m2 = PairSpikes.take(m2, row, 4);
        m1 = PairSpikes.take(m1, row, 2);
        m0 = PairSpikes.take(m0, row, 0);
        spikes += storeGroup(target + t * outputWords * 4 + (column >>> 3));
      }
      list += 8;
    } while (list < lists);
    if (kept != 0) {
      const last = kept + column * 2;
      store<u32>(last, m3, 12);
      store<u32>(last, m2, 8);
      store<u32>(last, m1, 4);
      store<u32>(last, m0);
    }
  }
  spikes -= clearPadding(target, timesteps, outputWords * 4);
}

/** Computes the neurons of a position if membranes may exceed int16; their currents are in `positionBiases`. */
function fireWide(target: usize, kept: usize): void {
  const place = kept != 0 ? kept : membranes;
  if (!goesOn) memory.fill(place, 0, rowBytes * 4);
  for (let t: u32 = 0; t < timesteps; t++) {
    for (let c: u32 = 0; c < rowBytes; c += 2) {
      const pair = load<u32>(positionBiases + t * rowBytes * 2 + c * 2);
      const low = <i32>(pair << 16) >> 16;
      store<i32>(currents + c * 4, <i32>(pair - low) >> 16, 4);
      store<i32>(currents + c * 4, low);
    }
    spikes += fire(place, thresholds + t * thresholdStep, target);
    target += outputWords * 4;
  }
}

/**
 * Computes output position (`frame`, `band`) at the timesteps that are computed now; writes their spikes to `target`,
 * which must be zero. If `kept` is not 0, membranes are taken from there, after the first timestep, and kept there.
 */
export function computePosition(frame: i32, band: i32, target: usize, kept: usize): void {
  const longest = listPosition(frame, band);
  if (!paired) {
    layOutBiases(frame, band, 0);
    fireWide(target, kept);
  } else if (shortcut == IDENTITY || longest > MOST_EVENT_BYTES) {
    layOutBiases(frame, band, MOST_EVENT_BYTES);
    subtractRows(positionBiases, rowBytes * 2, target, kept);
  } else subtractRows(biases, biasStep, target, kept);
}
