import { averages, detected, thresholds } from './detect/detector';
import { EMBEDDED, FIRST_FRAME_SAMPLES, HOP_SAMPLES } from './generated';
import { spikeWords } from './network/format';
import { hear, startListening, work } from './network/listen';
import * as model from './network/load';
import * as memoryMap from './network/memory-map';
import { layerAt, layers } from './network/records';
import * as run from './network/run';
import { pushSamples, resetStream } from './network/stream';

// Compares what this runtime makes of a built-in signal with what the computer that made the module made of it.
// host/export/self-test.ts and firmware-bridge/library/spikeword.c do the same.

/** What is expected, from the address behind EMBEDDED on; u32 each. */
const SEED: u32 = 0;
const SAMPLES: u32 = 1;
const FEATURES: u32 = 2;
const SCORES: u32 = 3;
const HEARD: u32 = 4;
const WORD: u32 = 5;
const WORD_SAMPLES: u32 = 6;
const SPIKES: u32 = 7;

/** Results besides 0, all equal: the stage that differs first, and 16 + k for the spikes of layer k. */
const NO_MODEL: i32 = 1;
const FEATURES_DIFFER: i32 = 2;
const SCORES_DIFFER: i32 = 3;
const STREAM_DIFFERS: i32 = 4;
const WORD_DIFFERS: i32 = 5;
const FIRST_LAYER: i32 = 16;

let random: u32 = 0;
let at: u32 = 0;
let untilPulse: i32 = 0;
let period: i32 = 0;
/** Of two resonators: coefficient, its glide, the last output and the one before, i32 each. */
const resonators = memory.data(32, 4);

function nextRandom(below: i32): i32 {
  random = random * 1664525 + 1013904223;
  return (random >>> 16) % below;
}

function beginVoice(seed: u32): void {
  random = seed;
  at = 0;
  untilPulse = 0;
  period = 0;
  memory.fill(resonators, 0, 32);
}

/** A voice that says nothing: now and then 0.3 seconds of pulses through two resonators, which glide. */
function nextSample(): i32 {
  const loud = (at / 2400) % 6 < 2;
  if (at % 2400 == 0) {
    period = 80 + nextRandom(80);
    store<i32>(resonators, nextRandom(5) - 2, 4);
    store<i32>(resonators, nextRandom(9) - 4, 20);
    store<i32>(resonators, 28500 + nextRandom(3000), 0);
    store<i32>(resonators, 20000 + nextRandom(8000), 16);
  }
  at++;
  let sound: i32 = 0;
  untilPulse--;
  if (untilPulse < 0) {
    untilPulse = period;
    sound = loud ? 3000 : 0;
  }
  for (let place = resonators; place < resonators + 32; place += 16) {
    const coefficient = load<i32>(place, 0);
    const last = load<i32>(place, 8);
    const next = sound + ((coefficient * last) >> 14) - ((15400 * load<i32>(place, 12)) >> 14);
    sound = max(-20000, min(20000, next));
    store<i32>(place, last, 12);
    store<i32>(place, sound, 8);
    if (at % 16 == 0) store<i32>(place, coefficient + load<i32>(place, 4), 0);
    sound /= 2;
  }
  return sound + nextRandom(64) - 32;
}

/** Puts the next `count` samples where the kernel takes them. */
function speak(count: u32): u32 {
  for (let k: u32 = 0; k < count; k++) store<i16>(memoryMap.samples + 2 * k, <i16>nextSample());
  return count;
}

/** CRC-32 as in PNG, of more bytes behind those that gave `before`. */
function crcMore(before: u32, start: usize, bytes: u32): u32 {
  let crc = ~before;
  for (let k: u32 = 0; k < bytes; k++) {
    crc ^= load<u8>(start + k);
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0xedb88320 & (0 - (crc & 1)));
  }
  return ~crc;
}

function expected(test: usize, word: u32): u32 {
  return load<u32>(test + 4 * word);
}

/** A window of the signal, layer by layer. */
function testWindow(test: usize): i32 {
  const hop: u32 = HOP_SAMPLES;
  const all: u32 = FIRST_FRAME_SAMPLES + (model.frames - 1) * hop;
  for (let done: u32 = 0; done < all; done += hop) pushSamples(speak(min(hop, all - done)));
  const features = crcMore(0, memoryMap.features, model.frames * model.coefficients);
  if (features != expected(test, FEATURES)) return FEATURES_DIFFER;
  run.begin();
  for (let index: u32 = 0; index < layers; index++) {
    run.step();
    const layer = layerAt(index);
    const cells = <u32>layer.frames * layer.bands;
    const bytes = cells * model.timesteps * spikeWords(layer.channels) * 4;
    if (crcMore(0, run.trainOf(index), bytes) != expected(test, SPIKES + index)) return FIRST_LAYER + <i32>index;
  }
  run.step();
  return crcMore(0, memoryMap.scores, 4 * model.classes) == expected(test, SCORES) ? 0 : SCORES_DIFFER;
}

/** The signal as a stream, so eagerly that a word is detected in what says nothing. */
function testStream(test: usize): i32 {
  for (let k: u32 = 0; k < model.classes; k++) {
    const place = thresholds + 2 * k;
    store<u16>(place, min(load<u16>(place), 1));
  }
  let heard: u32 = 0;
  let word: i32 = -1;
  let wordSamples: u32 = 0;
  const all = expected(test, SAMPLES);
  for (let done: u32 = 0, most: u32 = FIRST_FRAME_SAMPLES - HOP_SAMPLES; done < all; most = HOP_SAMPLES) {
    const count = speak(min(most, all - done));
    done += count;
    if (hear(count) < 1) continue;
    while (work() > 0) {}
    heard = crcMore(heard, memoryMap.scores, 4 * model.classes);
    heard = crcMore(heard, averages, 4 * model.classes);
    if (detected < 0 || word >= 0) continue;
    word = detected;
    wordSamples = done;
  }
  if (heard != expected(test, HEARD)) return STREAM_DIFFERS;
  return <u32>word == expected(test, WORD) && wordSamples == expected(test, WORD_SAMPLES) ? 0 : WORD_DIFFERS;
}

/** Runs the self test of the embedded model, which must be loaded. Then it must be loaded again. */
export function testEmbedded(): i32 {
  const test = load<u32>(EMBEDDED, 12);
  if (!model.loaded || test == 0) return NO_MODEL;
  resetStream();
  beginVoice(expected(test, SEED));
  const stage = testWindow(test);
  if (stage != 0 || thresholds == 0) return stage;
  resetStream();
  startListening();
  beginVoice(expected(test, SEED));
  return testStream(test);
}
