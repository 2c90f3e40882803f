import { type FeatureParameters, FrontEnd } from '../core/features/index.js';
import { wasmBytes } from '../system/index.js';

let compiled: WebAssembly.Module | undefined;

/**
 * Returns a front end. Its module is compiled once per thread, synchronously, because it has only 10 KB. Without
 * parameters, only `rawMfcc` works until `setParameters`. Throws `NetworkError` for parameters out of range.
 */
export function openFrontEnd(parameters?: FeatureParameters): FrontEnd {
  compiled ??= new WebAssembly.Module(wasmBytes('frontend'));
  return FrontEnd.create(compiled, parameters);
}
