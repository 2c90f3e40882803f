import { errorDetail, errorOther } from './error';
import * as model from './load';
import * as memoryMap from './memory-map';
import { trainOf, winner } from './run';
import { framesReady } from './stream';

// What `query` answers. host/kernel/abi.ts has the same numbers; a number never changes its meaning within a version.
const ERROR_DETAIL: i32 = 0;
const ERROR_OTHER: i32 = 1;
const RAM_BYTES: i32 = 2;
const SAMPLES: i32 = 3;
const PUSH_SAMPLES: i32 = 4;
const FRAMES_READY: i32 = 5;
const FEATURES: i32 = 6;
const FRAMES: i32 = 7;
const COEFFICIENTS: i32 = 8;
const TIMESTEPS: i32 = 9;
const LAYERS: i32 = 10;
const CLASSES: i32 = 11;
const WINNER: i32 = 12;
const SCORES: i32 = 13;
const SPIKE_COUNTS: i32 = 14;
const OPERATION_COUNTS: i32 = 15;
const CURRENTS: i32 = 16;
/** And the following: the address of the spike train of layer key − SPIKES, right after its step. */
const SPIKES: i32 = 256;

/** An address, size or result of the loaded model; 0 for what does not exist. */
export function answer(key: i32): u32 {
  switch (key) {
    case ERROR_DETAIL:
      return errorDetail;
    case ERROR_OTHER:
      return errorOther;
  }
  if (!model.loaded) return 0;
  switch (key) {
    case RAM_BYTES:
      return memoryMap.ramBytes;
    case SAMPLES:
      return <u32>memoryMap.samples;
    case PUSH_SAMPLES:
      return memoryMap.PUSH_SAMPLES;
    case FRAMES_READY:
      return framesReady;
    case FEATURES:
      return <u32>memoryMap.features;
    case FRAMES:
      return model.frames;
    case COEFFICIENTS:
      return model.coefficients;
    case TIMESTEPS:
      return model.timesteps;
    case LAYERS:
      return model.layers;
    case CLASSES:
      return model.classes;
    case WINNER:
      return winner;
    case SCORES:
      return <u32>memoryMap.scores;
    case SPIKE_COUNTS:
      return <u32>memoryMap.spikeCounts;
    case OPERATION_COUNTS:
      return <u32>memoryMap.operationCounts;
    case CURRENTS:
      return <u32>memoryMap.currents;
  }
  return key >= SPIKES && <u32>(key - SPIKES) < model.layers ? <u32>trainOf(key - SPIKES) : 0;
}
