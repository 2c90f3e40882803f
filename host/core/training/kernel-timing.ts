import type { Arena } from './arena.js';
import type { LaidConvolution } from './convolution-layout.js';
import type { LaidLayer, LaidNetwork, LayerDescriptor } from './network-layout.js';
import type { Kernels } from './program.js';

/** The time of one kernel for one clip, on one thread. */
export interface KernelTiming {
  readonly kernel: KernelLabel;
  /** The layer, or its shortcut. */
  readonly name: string;
  readonly microseconds: number;
  /**
   * Floating-point operations of the dense convolution, zeros of the spike trains included; 0 for kernels without one.
   */
  readonly denseOperations: number;
}

export const KERNEL_LABELS = [
  'convolution',
  'statistics',
  'neurons',
  'neuronGradient',
  'normGradient',
  'weightGradient',
  'inputGradient',
] as const;
export type KernelLabel = (typeof KERNEL_LABELS)[number];

const ROUNDS = 5;

/**
 * Fills in a stand-in gradient: small, of both signs. (Values left by an earlier kernel might be too small for fast
 * arithmetic.)
 */
function fill(gradient: Float32Array): void {
  for (let n = 0; n < gradient.length; n++) gradient[n] = (((n * 7919) % 2003) - 1001) * 1e-6;
}

/**
 * Times every kernel of a network on the `clips` clips of the last step, the best of a few rounds. Overwrites gradients
 * and what the layers keep between the passes, but no parameters.
 */
export function timeKernels(arena: Arena, network: LaidNetwork, kernels: Kernels, clips: number): KernelTiming[] {
  const timings: KernelTiming[] = [];
  const scratch = network.scratch[0].address;
  const [pads, inputGradient] = [network.scratch[0].get('pads'), network.scratch[0].get('inputGradient')];
  const time = (kernel: KernelLabel, name: string, denseOperations: number, work: (clip: number) => void): void => {
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < ROUNDS; round++) {
      const start = performance.now();
      for (let clip = 0; clip < clips; clip++) work(clip);
      best = Math.min(best, performance.now() - start);
    }
    timings.push({ kernel, name, denseOperations, microseconds: (best * 1000) / clips });
  };
  const timeConvolution = (c: LaidConvolution, source: LayerDescriptor, layer: LaidLayer): void => {
    const { address } = c.descriptor;
    const { input, output, kernel } = c.plan;
    const weights = input.channels * output.channels * kernel[0] * kernel[1];
    const operations = 2 * c.descriptor.get('planes') * weights * output.frames * output.bands;
    // Every clip uses the spikes of the first: their lists are in the scratch memory.
    kernels.emit(source.address, 0, scratch);
    time('convolution', c.name, operations, () => kernels.convolve(address, 0, scratch));
    time('statistics', c.name, 0, (clip) => kernels.imageMoments(address, clip));
    const gradient = layer.descriptor.get('currentGradient');
    fill(arena.floats(gradient, clips * c.descriptor.get('planes') * output.frames * output.bands * (c.rowBytes / 4)));
    time('normGradient', c.name, 0, (clip) => kernels.normGradient(address, clip, gradient, pads));
    time('weightGradient', c.name, operations, (clip) =>
      kernels.weightGradient(address, source.address, clip, 0, scratch),
    );
    if (c.descriptor.get('tileCount') === 0) return;
    time('inputGradient', c.name, operations, () => kernels.inputGradient(address, inputGradient, scratch));
  };
  const sourceOf = (index: number): LayerDescriptor =>
    index < 0 ? network.features : network.layers[index].descriptor;
  for (const layer of network.layers) {
    const { plan, descriptor } = layer;
    timeConvolution(layer.convolution, sourceOf(plan.source), layer);
    if (layer.projection !== null && plan.shortcut !== null) {
      timeConvolution(layer.projection, sourceOf(plan.shortcut.source), layer);
    }
    const stride = descriptor.get('vectors') * 16;
    const plane = descriptor.get('height') * descriptor.get('width') * stride;
    fill(arena.floats(inputGradient, (plane * descriptor.get('timesteps')) / 4));
    time('neurons', plan.name, 0, (clip) => kernels.emit(descriptor.address, clip, scratch));
    time('neuronGradient', plan.name, 0, (clip) =>
      kernels.neuronGradient(descriptor.address, clip, inputGradient, plane, stride, scratch),
    );
  }
  return timings;
}
