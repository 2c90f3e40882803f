import * as model from './load';
import { features, trains } from './memory-map';
import { layerAt, layers } from './records';
import { convolutionContext, positionWords, Ring, ringAt, shortcutContext } from './rings';
import { computeLayer, computeScores, computeStem } from './run';
import { framesReady, pushSamples } from './stream';

// Listening: a network without padding follows a stream, and computes each position once. Its scores are those of the
// last frames of the stream, as if it had read them from scratch.

/** Frames until the next hop is complete; 0 if the network does not listen. */
let missing: u32 = 0;
/** Whether the rings hold what came since the reset. */
export let listening: bool = false;

/** Begins a stream: as if frames of zeros had come before it. */
export function startListening(): void {
  listening = model.loaded && model.hop != 0;
  if (!listening) return;
  // hops end with the windows, the first of which is complete after model.frames
  missing = ((model.frames - 1) % model.hop) + 1;
  const last = ringAt(layers - 1);
  const end = last.address + (last.context + last.fresh) * positionWords(layerAt(layers - 1), model.timesteps) * 4;
  memory.fill(trains, 0, end - trains);
}

/** Ends listening: what an inference of whole windows writes stands in the place of the rings. */
export function stopListening(): void {
  listening = false;
}

/** Bytes of `positions` positions of layer `index`. */
function bytesOf(index: u32, positions: i32): i32 {
  return positions * <i32>positionWords(layerAt(index), model.timesteps) * 4;
}

/** Where the fresh positions of layer `index` stand. */
export function freshPositions(index: u32): usize {
  const ring = ringAt(index);
  return ring.address + bytesOf(index, ring.context);
}

/** Copies the last positions of a ring in front of the fresh ones that come next. */
function keepContext(index: u32, ring: Ring): void {
  memory.copy(ring.address, ring.address + bytesOf(index, ring.fresh), bytesOf(index, ring.context));
}

/** Computes the fresh positions of every layer, and the scores. */
function computeHop(): void {
  for (let index: u32 = 0; index < layers; index++) {
    const layer = layerAt(index);
    const ring = ringAt(index);
    keepContext(index, ring);
    const target = freshPositions(index);
    const back = convolutionContext(layer);
    if (index == 0) {
      const first = <i32>model.frames - <i32>model.hop - back;
      computeStem(features + first * model.coefficients, ring.fresh, target);
    } else {
      const source = freshPositions(index - 1) - bytesOf(index - 1, back);
      const entering =
        layer.shortcut == 0 ? source : freshPositions(index - 2) - bytesOf(index - 2, shortcutContext(index));
      computeLayer(index, ring.fresh, source, entering, target);
    }
  }
  computeScores(ringAt(layers - 1).address);
}

/**
 * Takes `count` of the samples at `samples`, like `pushSamples`, and follows the stream. Returns 1 if there are new
 * scores, which is so at the end of each hop as soon as there is a whole window, 0 if not, and −1 if the network does
 * not listen, if an inference or `push` has come between, or if the samples are refused.
 */
export function listenTo(count: u32): i32 {
  if (!listening) return -1;
  const completed = pushSamples(count);
  if (completed < 1) return completed;
  missing--;
  if (missing > 0) return 0;
  missing = model.hop;
  computeHop();
  return framesReady >= model.frames ? 1 : 0;
}
