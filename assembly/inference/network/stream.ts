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
 * Takes the first `count` samples at `samples`. A frame that they complete becomes the last row of the features; if the
 * features are full, the oldest row is dropped. Returns 1 if a frame was completed and 0 if not. Returns −1 without a
 * model, with more samples than fit in the buffer, or if the model needs other features.
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
