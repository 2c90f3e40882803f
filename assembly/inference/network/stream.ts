import { frontendPush, frontendReset, quantiseFrames } from '../frontend';
import { COEFFICIENTS } from '../generated';
import * as model from './load';
import { features, PUSH_SAMPLES, rawFrame, samples } from './memory-map';

/** Frames that have been completed since the reset. */
export let framesReady: u32 = 0;

/** Forgets all samples: the next one is the first of a clip. */
export function resetStream(): void {
  frontendReset();
  framesReady = 0;
  if (model.loaded) memory.fill(features, 0, model.frames * model.coefficients);
}

/**
 * Takes `count` of the samples at `samples`. A frame that they complete becomes the next row of the features, or the last
 * row, where the oldest goes: once there are enough of them, and always if the network listens. Returns 1 if a frame was completed, 0 if not, and −1 without a model,
 * with more samples than there is room for, or where the model wants features of another kind.
 */
export function pushSamples(count: u32): i32 {
  if (!model.loaded || count > PUSH_SAMPLES || model.coefficients != <u32>COEFFICIENTS) return -1;
  const completed = frontendPush(samples, count, rawFrame);
  if (completed > 0) {
    const row = model.coefficients;
    let at = framesReady;
    if (at >= model.frames || model.hop != 0) {
      at = model.frames - 1;
      memory.copy(features, features + row, at * row);
    }
    quantiseFrames(rawFrame, 1, model.featureMean, model.featureMultiplier, features + at * row);
    framesReady++;
  }
  return completed;
}
