// Memory, from low to high:
//
//   0     unused, except:
//   16    EMBEDDED: address, length and RAM size of a model that is part of the module, and in a portable module the
//         address of its self test; where weights are apart, the address and size of their window, and the bytes of
//         the file before them; zero in kernel.wasm
//   1024  static data (tables and state of the front end)
//   heap  the buffers below, as large as the loaded model needs them
//   …     while a network listens, as much of what begins its layers as there is room for (prepared.ts)
//   RAM limit
//   …     the model file, read in place and never written (65536 and up on boards: a window onto flash)

import { detectorBytes, placeDetector } from '../detect/detector';
import { COEFFICIENTS, HOP_SAMPLES, MOST_TIMESTEPS } from '../generated';

/** int16 samples of the next push, [PUSH_SAMPLES] */
export let samples: usize = 0;
/** The most samples in one push: one hop, so that it completes at most one frame. */
export const PUSH_SAMPLES: u32 = HOP_SAMPLES;
/** i32 MFCCs of the frame that was completed last, [10] */
export let rawFrame: usize = 0;
const RAW_FRAME_BYTES: u32 = COEFFICIENTS * 4;
/** int8 features, [frame][coefficient] */
export let features: usize = 0;
/** int32 scores, [class] */
export let scores: usize = 0;
/** u32 spikes of each layer, [layer] */
export let spikeCounts: usize = 0;
/** u32 synaptic operations of each layer, [layer] */
export let operationCounts: usize = 0;
/** u32 spikes of each channel of the last layer, over positions and timesteps */
export let channelCounts: usize = 0;
/** Margins of eight neurons, some of which spike, [pair] */
export const groupMargins: usize = memory.data(16, 4);
/** The begin and end in `events` of the list of each timestep, [timestep][2] */
export const eventLists: usize = memory.data(MOST_TIMESTEPS * 8, 4);

/**
 * Initial margins of the neurons of every position, two int16 lanes in each word, [pair], and behind them the biases,
 * [pair], or [timestep][pair] if thresholds change: of the layer that is being computed, unless it was laid out before
 */
export let pairs: usize = 0;
/** Weights of the identity shortcut, int16 [channel] */
export let identityWeights: usize = 0;
/** The biases, plus what one position adds, [timestep][pair] */
export let positionBiases: usize = 0;
/** int32 membranes of the position, if they do not fit in 16 bits, [channel] */
export let membranes: usize = 0;
/** int32 currents of the position, in the stem and if membranes do not fit in 16 bits, [channel] */
export let currents: usize = 0;
/** Addresses of the weight rows that the spikes of one receptive field select, timestep by timestep */
export let events: usize = 0;
/** Where the positions of each layer stand while the network listens, or if it decides early, [layer] of `Ring`. */
export let rings: usize = 0;
/**
 * Three spike trains, [position][timestep][word]: layer k writes train k mod 3 and reads those before it. While the
 * network listens, the positions of all layers stand here instead. If the network decides early, each layer has a train
 * of its own here, and behind it the membranes of its neurons, from which later timesteps go on (membranes.ts).
 */
export let trains: usize = 0;
/** 0 if the network decides early. */
export let trainBytes: u32 = 0;
/** The first byte above all buffers. */
export let ramBytes: u32 = 0;

/** What a model needs, in elements of each buffer. */
@unmanaged
export class RamNeeds {
  featureBytes: u64;
  classes: u64;
  layers: u64;
  lastChannels: u64;
  /** Channels of the widest layer, rounded up to whole rows. */
  channels: u64;
  /** Rows of biases: 1, or one per timestep if thresholds change. */
  biasRows: u64;
  /** Rows of weights of one receptive field. */
  events: u64;
  timesteps: u64;
  trainWords: u64;
  /** Of all rings, or of all that a network keeps which decides early; otherwise 0. */
  ringWords: u64;
}

/** Returns the words of `rows` rows of pairs. */
function pairWords(needs: RamNeeds, rows: u64): u64 {
  return (needs.channels / 2) * rows;
}

/** Returns the words of the lists: one list per timestep, each followed by an extra word. */
function eventWords(needs: RamNeeds): u64 {
  return (needs.events + 1) * needs.timesteps;
}

/** Words of each entry of the table of rings. */
export const RING_WORDS: u32 = 7;

function ringTableWords(needs: RamNeeds): u64 {
  return needs.ringWords == 0 ? 0 : needs.layers * RING_WORDS;
}

function spikeTrainWords(needs: RamNeeds): u64 {
  return max(3 * needs.trainWords, needs.ringWords);
}

/** The first byte above the static data. */
function freeMemory(): usize {
  return (__heap_base + 15) & ~15;
}

/** Returns the bytes of RAM that `needs` take, including static data. */
export function ramNeeded(needs: RamNeeds): u64 {
  const words =
    needs.classes +
    2 * needs.layers +
    needs.lastChannels +
    2 * needs.channels +
    pairWords(needs, 2 + needs.biasRows + needs.timesteps) +
    eventWords(needs) +
    ringTableWords(needs) +
    spikeTrainWords(needs);
  const featureWords = (needs.featureBytes + 3) / 4;
  return freeMemory() + PUSH_SAMPLES * 2 + RAW_FRAME_BYTES + detectorBytes() + (featureWords + words) * 4;
}

/** Lays out the buffers from `start` on; `ramNeeded(needs)` must fit in the RAM. */
export function placeBuffers(needs: RamNeeds, start: usize = freeMemory()): void {
  samples = start;
  rawFrame = samples + PUSH_SAMPLES * 2;
  features = rawFrame + RAW_FRAME_BYTES;
  scores = features + ((<usize>needs.featureBytes + 3) & ~3);
  spikeCounts = scores + <usize>needs.classes * 4;
  operationCounts = spikeCounts + <usize>needs.layers * 4;
  channelCounts = operationCounts + <usize>needs.layers * 4;
  pairs = channelCounts + <usize>needs.lastChannels * 4;
  identityWeights = pairs + <usize>pairWords(needs, 1 + needs.biasRows) * 4;
  positionBiases = identityWeights + <usize>pairWords(needs, 1) * 4;
  membranes = positionBiases + <usize>pairWords(needs, needs.timesteps) * 4;
  currents = membranes + <usize>needs.channels * 4;
  events = currents + <usize>needs.channels * 4;
  rings = events + <usize>eventWords(needs) * 4;
  const detector = rings + <usize>ringTableWords(needs) * 4;
  trains = detector + <usize>detectorBytes();
  trainBytes = <u32>needs.trainWords * 4;
  ramBytes = <u32>trains + <u32>spikeTrainWords(needs) * 4;
  memory.fill(samples, 0, ramBytes - <u32>samples);
  placeDetector(detector);
}
