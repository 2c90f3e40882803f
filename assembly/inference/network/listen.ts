import { detectWord, resetDetector } from '../detect/detector';
import { hop as detectionHop } from '../detect/settings';
import * as model from './load';
import { ramBytes, scores, trains } from './memory-map';
import { begin, step, stepFresh } from './run';
import { framesReady, pushSamples } from './stream';

// Listening: scores and detections of a stream, every hop. A network without padding follows the stream and computes
// each position once; its scores are those of the last frames, as if it had read them from scratch. A network that
// classifies clips is run again on the last frames.

/** Frames until the next hop is complete; 0 if it is and `work` has not finished it. */
let missing: u32 = 0;
/** Whether the kernel knows all that came since the reset. */
export let listening: bool = false;

/** Frames from one inference of a stream to the next; 0 if the model cannot listen. */
function hopOfStream(): u32 {
  return model.hop != 0 ? model.hop : detectionHop;
}

/** Begins a stream: as if frames of zeros had come before it. */
export function startListening(): void {
  if (model.loaded) resetDetector();
  listening = model.loaded && hopOfStream() != 0;
  if (!listening) return;
  // hops end with the windows, the first of which is complete after model.frames
  missing = ((model.frames - 1) % hopOfStream()) + 1;
  if (model.hop != 0) memory.fill(trains, 0, ramBytes - <u32>trains);
}

/** Ends listening: what an inference of whole windows writes stands in the place of the rings. */
export function stopListening(): void {
  listening = false;
}

/**
 * Takes `count` of the samples at `samples`, like `pushSamples`. Returns 1 if they complete a hop, which `work` must
 * then compute before the next samples; 0 if not; and −1 if the model cannot listen, if a hop, an inference or `push`
 * has come between, or if the samples are refused.
 */
export function hear(count: u32): i32 {
  if (!listening || missing == 0) return -1;
  const completed = pushSamples(count);
  if (completed < 1) return completed;
  missing--;
  if (missing > 0) return 0;
  if (model.hop == 0 && framesReady < model.frames) {
    missing = hopOfStream();
    return 0;
  }
  begin();
  return 1;
}

/**
 * Computes the next layer of the hop that `hear` has completed, and last its scores, which the detector takes if there
 * is a whole window. Returns how many of these steps are left, and −1 if there was none.
 */
export function work(): i32 {
  if (!listening || missing > 0) return -1;
  const left = model.hop == 0 ? step() : stepFresh();
  if (left > 0) return left;
  missing = hopOfStream();
  if (framesReady >= model.frames) detectWord(scores);
  return 0;
}

/**
 * Takes samples like `hear`, and does the work. Returns 1 if there are new scores, which is so at the end of each hop
 * as soon as there is a whole window; 0 if not; and −1 if refused.
 */
export function listenTo(count: u32): i32 {
  const completed = hear(count);
  if (completed < 1) return completed;
  while (work() > 0) {}
  return framesReady >= model.frames ? 1 : 0;
}
