import { type FeatureParameters, FrontEnd } from '../core/features/index.js';
import { wasmBytes } from '../system/index.js';

let compiled: WebAssembly.Module | undefined;

/**
 * A front end of this package. Its module is compiled once a thread: 10 KB, so that it may be done synchronously.
 * Without parameters only `rawMfcc` works, until `setParameters`. Throws `NetworkError` on parameters out of range.
 */
export function openFrontEnd(parameters?: FeatureParameters): FrontEnd {
  compiled ??= new WebAssembly.Module(wasmBytes('frontend'));
  return FrontEnd.create(compiled, parameters);
}
