// The ABI of the kernel: functions over one linear memory, no imports. docs/model-format.md describes the memory
// map, the order of calls and the errors.
import { ABI_VERSION, EMBEDDED, ERROR_NOT_EMBEDDED } from './generated';
import { fail } from './network/error';
import { layerAt, loaded, loadModel, model } from './network/load';
import { answer } from './network/query';
import { begin } from './network/run';
import { stemCurrents, takeStem } from './network/stem';
import { resetStream } from './network/stream';

export { begin, infer, step } from './network/run';
export { pushSamples as push, resetStream as reset } from './network/stream';

/** Returns the version of the ABI; hosts refuse a kernel of another version. */
export function abiVersion(): i32 {
  return ABI_VERSION;
}

/**
 * Checks and binds the model file of `length` bytes at `address`. RAM is all memory below `ram`. Returns 0 or an error.
 */
export function load(address: usize, length: u32, ram: u32): i32 {
  const error = loadModel(address, length, length, ram);
  resetStream();
  begin();
  return error;
}

/**
 * Checks the first `given` bytes, at `address`, of a model file of `length` bytes, and whether there is enough RAM for
 * it. Returns 0 or the error that `load` would give. Unloads the model. For a board that has not received the rest yet.
 */
export function check(address: usize, given: u32, length: u32, ram: u32): i32 {
  const error = loadModel(address, given, length, ram);
  resetStream();
  begin();
  return error;
}

/** Checks and binds the model that is part of this module, as in model.wasm. Returns 0 or an error. */
export function loadEmbedded(): i32 {
  const place = changetype<StaticArray<u32>>(EMBEDDED);
  const address = unchecked(place[0]);
  if (address == 0) return fail(ERROR_NOT_EMBEDDED);
  return load(address, unchecked(place[1]), unchecked(place[2]));
}

/** Returns an address, a size or a result: see network/query.ts. */
export function query(key: i32): u32 {
  return answer(key);
}

/** Writes the stem's currents at one position to CURRENTS: int32, [channel], including the bias. */
export function stemCurrent(position: u32): void {
  if (!loaded) return;
  const stem = layerAt(0);
  if (position >= <u32>stem.frames * stem.bands) return;
  takeStem(model, stem);
  stemCurrents(position / stem.bands, position % stem.bands);
}
