import { ModelError } from '../error.js';
import { ABI_VERSION, type KernelFunctions, REQUIRED_FUNCTIONS } from './generated.js';

/** What a kernel exports; docs/model-format.md has the order of calls. */
export interface KernelExports extends KernelFunctions {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
}

/** Checks that an instance is a kernel of this version; throws `ModelError` saying what it is instead. */
export function checkAbi(exports: Record<string, unknown>): KernelExports {
  const { abiVersion, memory } = exports;
  if (typeof abiVersion !== 'function' || !(memory instanceof WebAssembly.Memory)) {
    throw new ModelError('the WebAssembly module is not a spikeword kernel: it has no abiVersion or no memory');
  }
  const version: unknown = abiVersion();
  if (version !== ABI_VERSION) {
    throw new ModelError(`the kernel has ABI version ${version}; this spikeword needs version ${ABI_VERSION}`);
  }
  for (const name of REQUIRED_FUNCTIONS) {
    if (typeof exports[name] !== 'function') throw new ModelError(`the kernel has no function ${name}`);
  }
  return exports as unknown as KernelExports;
}
