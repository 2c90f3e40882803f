import { Kernel } from '../../core/kernel/index.js';
import { kernelModule, type LoadedModel } from './model.js';

/** Returns a new kernel for a model: each user needs its own. Throws an error if the kernel cannot be loaded. */
export async function kernelFor({ bytes, network }: LoadedModel): Promise<Kernel> {
  return Kernel.bindDecoded(bytes, network, await kernelModule());
}
