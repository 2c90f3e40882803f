import { Kernel } from '../core/kernel/index.js';
import { wasmBytes } from '../system/index.js';
import { openModel } from './read.js';

const modules = new Map<'kernel' | 'kernel-dense', WebAssembly.Module>();

function kernelModule(name: 'kernel' | 'kernel-dense'): WebAssembly.Module {
  const module = modules.get(name) ?? new WebAssembly.Module(wasmBytes(name));
  modules.set(name, module);
  return module;
}

/**
 * Returns a kernel of this package for the bytes of a model file, or the kernel inside a module that `embedModel` made.
 * `dense` selects the build with dense convolutions, which computes the same; it has no effect for a module. Throws
 * `ModelError` for a bad model or a kernel of another version.
 */
export function openKernel(model: Uint8Array, options: { dense?: boolean } = {}): Kernel {
  const { content, bytes, network } = openModel(model, 'model');
  if (content !== bytes) return Kernel.fromModule(content, network);
  return Kernel.bindDecoded(bytes, network, kernelModule(options.dense ? 'kernel-dense' : 'kernel'));
}
