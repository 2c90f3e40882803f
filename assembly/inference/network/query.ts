import { averages, detected, detectedScore, thresholds } from '../detect/detector';
import { average } from '../detect/settings';
import {
  QUERY_AVERAGES,
  QUERY_CLASSES,
  QUERY_COEFFICIENTS,
  QUERY_CURRENTS,
  QUERY_DETECTED,
  QUERY_DETECTED_SCORE,
  QUERY_ERROR_DETAIL,
  QUERY_ERROR_OTHER,
  QUERY_FEATURES,
  QUERY_FRAMES,
  QUERY_FRAMES_READY,
  QUERY_HOP,
  QUERY_LAYERS,
  QUERY_OPERATION_COUNTS,
  QUERY_PUSH_SAMPLES,
  QUERY_RAM_BYTES,
  QUERY_SAMPLES,
  QUERY_SCORES,
  QUERY_SPIKE_COUNTS,
  QUERY_SPIKES,
  QUERY_THRESHOLDS,
  QUERY_TIMESTEPS,
  QUERY_TIMESTEPS_COMPUTED,
  QUERY_WINNER,
} from '../generated';
import { errorDetail, errorOther } from './error';
import { listening } from './listen';
import * as model from './load';
import * as memoryMap from './memory-map';
import { layers } from './records';
import { end, freshPositions, trainOf, winner } from './run';
import { framesReady } from './stream';

/** Returns an address, size or result of the loaded model; 0 for an unknown key. */
export function answer(key: i32): u32 {
  switch (key) {
    case QUERY_ERROR_DETAIL:
      return errorDetail;
    case QUERY_ERROR_OTHER:
      return errorOther;
  }
  if (!model.loaded) return 0;
  switch (key) {
    case QUERY_RAM_BYTES:
      return memoryMap.ramBytes;
    case QUERY_SAMPLES:
      return <u32>memoryMap.samples;
    case QUERY_PUSH_SAMPLES:
      return memoryMap.PUSH_SAMPLES;
    case QUERY_FRAMES_READY:
      return framesReady;
    case QUERY_FEATURES:
      return <u32>memoryMap.features;
    case QUERY_FRAMES:
      return model.frames;
    case QUERY_COEFFICIENTS:
      return model.coefficients;
    case QUERY_TIMESTEPS:
      return model.timesteps;
    case QUERY_LAYERS:
      return layers;
    case QUERY_CLASSES:
      return model.classes;
    case QUERY_WINNER:
      return winner;
    case QUERY_SCORES:
      return <u32>memoryMap.scores;
    case QUERY_SPIKE_COUNTS:
      return <u32>memoryMap.spikeCounts;
    case QUERY_OPERATION_COUNTS:
      return <u32>memoryMap.operationCounts;
    case QUERY_HOP:
      return model.hop;
    case QUERY_DETECTED:
      return detected;
    case QUERY_DETECTED_SCORE:
      return detectedScore;
    case QUERY_AVERAGES:
      return average == 0 ? 0 : <u32>averages;
    case QUERY_THRESHOLDS:
      return average == 0 ? 0 : <u32>thresholds;
    case QUERY_TIMESTEPS_COMPUTED:
      return end;
    case QUERY_CURRENTS:
      return <u32>memoryMap.currents;
  }
  const layer = <u32>(key - QUERY_SPIKES);
  if (key < QUERY_SPIKES || layer >= layers) return 0;
  return <u32>(listening && model.hop != 0 ? freshPositions(layer) : trainOf(layer));
}
