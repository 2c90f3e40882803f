import { detectWord, resetDetector } from '../detect/detector';
import { hop as detectionHop } from '../detect/settings';
import * as model from './load';
import { ramBytes, scores, trains } from './memory-map';
import { layers } from './records';
import { ringAt } from './rings';
import { computeLayer, computeScores, computeStem, infer } from './run';
import { framesReady, pushSamples } from './stream';

// Listening: scores and detections of a stream, every hop. A network without padding follows the stream and computes
// each position once; its scores are those of the last frames, as if it had read them from scratch. A network that
// classifies clips is run again on the last frames.

/** Frames until the next hop is complete. */
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

/** Where the fresh positions of layer `index` are. */
export function freshPositions(index: u32): usize {
  const ring = ringAt(index);
  return ring.address + ring.contextBytes;
}

/** Computes the fresh positions of every layer, and the scores. */
function computeHop(): void {
  for (let index: u32 = 0; index < layers; index++) {
    const ring = ringAt(index);
    memory.copy(ring.address, ring.address + ring.freshBytes, ring.contextBytes);
    if (index == 0) computeStem(ring.source, ring.fresh, freshPositions(0));
    else computeLayer(index, ring.fresh, ring.source, ring.entering, freshPositions(index));
  }
  computeScores(ringAt(layers - 1).address);
}

/**
 * Takes `count` of the samples at `samples`, like `pushSamples`, and listens. Returns 1 if there are new scores, which
 * is so at the end of each hop as soon as there is a whole window, and then the detector has taken them; 0 if not; and
 * −1 if the model cannot listen, if an inference or `push` has come between, or if the samples are refused.
 */
export function listenTo(count: u32): i32 {
  if (!listening) return -1;
  const completed = pushSamples(count);
  if (completed < 1) return completed;
  missing--;
  if (missing > 0) return 0;
  missing = hopOfStream();
  if (model.hop != 0) computeHop();
  if (framesReady < model.frames) return 0;
  if (model.hop == 0) infer();
  detectWord(scores);
  return 1;
}
