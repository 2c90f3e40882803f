// The ABI of the kernel: functions over one linear memory, no imports. docs/model-format.md describes the memory
// map, the order of calls and the errors.

import { detectWord } from './detect/detector';
import { ABI_VERSION, EMBEDDED, ERROR_NOT_EMBEDDED } from './generated';
import { fail } from './network/error';
import { startListening, stopListening } from './network/listen';
import { loaded, loadModel, model } from './network/load';
import { features, scores } from './network/memory-map';
import { answer } from './network/query';
import { layerAt } from './network/records';
import * as run from './network/run';
import { stemCurrents, takeStem } from './network/stem';
import { pushSamples, resetStream } from './network/stream';
import { headBytes } from './network/window';

export { hear, listenTo as listen, work } from './network/listen';
export { step } from './network/run';

/** Returns the version of the ABI; hosts refuse a kernel of another version. */
export function abiVersion(): i32 {
  return ABI_VERSION;
}

/**
 * Checks and binds the model file of `length` bytes at `address`. RAM is all memory below `ram`. Returns 0 or an error.
 */
export function load(address: usize, length: u32, ram: u32): i32 {
  const readable = isDefined(WeightsApart) ? headBytes() : length;
  const error = loadModel(address, readable, length, ram);
  reset();
  run.begin();
  return error;
}

/**
 * Checks the first `given` bytes, at `address`, of a model file of `length` bytes, and whether there is enough RAM for
 * it. Returns 0 or the error that `load` would give. Unloads the model. For a board that has not received the rest yet.
 */
export function check(address: usize, given: u32, length: u32, ram: u32): i32 {
  const error = loadModel(address, given, length, ram);
  reset();
  run.begin();
  return error;
}

/** Checks and binds the model that is part of this module, as in model.wasm. Returns 0 or an error. */
export function loadEmbedded(): i32 {
  const place = changetype<StaticArray<u32>>(EMBEDDED);
  const address = unchecked(place[0]);
  if (address == 0) return fail(ERROR_NOT_EMBEDDED);
  return load(address, unchecked(place[1]), unchecked(place[2]));
}

/** Begins a clip or a stream: the next sample is its first. */
export function reset(): void {
  resetStream();
  startListening();
}

/** Takes the next `count` samples of a clip; see network/stream.ts. */
export function push(count: u32): i32 {
  stopListening();
  return pushSamples(count);
}

/** Takes the scores in memory as those of the next inference of a stream; see detect/detector.ts. */
export function detect(): i32 {
  return loaded ? detectWord(scores) : -1;
}

/** Begins an inference of the features in memory, a layer at each `step`. */
export function begin(): void {
  stopListening();
  run.begin();
}

/** A whole inference; returns the class, or −1 without a model. */
export function infer(): i32 {
  stopListening();
  return run.infer();
}

/** An address, a size or a result: see network/query.ts. */
export function query(key: i32): u32 {
  return answer(key);
}

/** Writes the stem's currents at one position to CURRENTS: int32, [channel], including the bias. */
export function stemCurrent(position: u32): void {
  if (!loaded) return;
  const stem = layerAt(0);
  if (position >= <u32>stem.frames * stem.bands) return;
  takeStem(model, stem, features);
  stemCurrents(position / stem.bands, position % stem.bands);
}
