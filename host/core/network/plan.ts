import type { Extent, NetworkSpec } from './spec.js';

/** The shape of a spike train or feature map at one timestep. 1-D networks have one band. */
export interface TensorShape {
  readonly channels: number;
  readonly frames: number;
  readonly bands: number;
}

export interface ConvolutionPlan {
  readonly input: TensorShape;
  readonly output: TensorShape;
  readonly kernel: Extent;
  readonly stride: Extent;
  /** Zeros on each side, (kernel − 1) / 2. */
  readonly padding: Extent;
}

/** A shortcut that is added into the membrane as current. */
export type ShortcutPlan =
  | { readonly kind: 'identity'; readonly source: number }
  | { readonly kind: 'projection'; readonly source: number; readonly convolution: ConvolutionPlan };

/** One convolution with its neurons. */
export interface LayerPlan {
  /** `stem`, `stage1.block1.conv1`, `stage1.block1.conv2`, … */
  readonly name: string;
  /** The layer whose spikes the convolution reads; −1 for the features, in the stem only. */
  readonly source: number;
  readonly convolution: ConvolutionPlan;
  /** On the second convolution of each block; `source` is the layer whose spikes enter the block. */
  readonly shortcut: ShortcutPlan | null;
  /** Neurons of the layer: channels × frames × bands of the output. */
  readonly neurons: number;
  /** Dense multiply-accumulates per timestep, the projection shortcut included. */
  readonly macs: number;
}

/** A network description resolved into layers in the order of computation. */
export interface NetworkPlan {
  readonly spec: NetworkSpec;
  readonly layers: readonly LayerPlan[];
  /** Timesteps that are computed: the spec's, or 1 for `relu`. */
  readonly timesteps: number;
  readonly classifier: { readonly channels: number; readonly positions: number; readonly classes: number };
  /** Weights of convolutions, shortcuts and classifier; no biases and no batch norm. */
  readonly weights: number;
  /** Dense multiply-accumulates per timestep: convolutions and shortcuts, the stem counted as if recomputed. */
  readonly macsPerTimestep: number;
}

export function shapeSize(shape: TensorShape): number {
  return shape.channels * shape.frames * shape.bands;
}

function planConvolution(input: TensorShape, channels: number, kernel: Extent, stride: Extent): ConvolutionPlan {
  const padding: Extent = [(kernel[0] - 1) / 2, (kernel[1] - 1) / 2];
  const output = {
    channels,
    frames: Math.floor((input.frames + 2 * padding[0] - kernel[0]) / stride[0]) + 1,
    bands: Math.floor((input.bands + 2 * padding[1] - kernel[1]) / stride[1]) + 1,
  };
  return { input, output, kernel, stride, padding };
}

export function convolutionWeights(convolution: ConvolutionPlan): number {
  const { input, output, kernel } = convolution;
  return output.channels * input.channels * kernel[0] * kernel[1];
}

function convolutionMacs(convolution: ConvolutionPlan): number {
  return convolutionWeights(convolution) * convolution.output.frames * convolution.output.bands;
}

/** Resolves shapes, sources and shortcuts of a checked description. */
export function planNetwork(spec: NetworkSpec): NetworkPlan {
  const layers: LayerPlan[] = [];
  const add = (name: string, source: number, convolution: ConvolutionPlan, shortcut: ShortcutPlan | null): void => {
    const projection = shortcut?.kind === 'projection' ? convolutionMacs(shortcut.convolution) : 0;
    const macs = convolutionMacs(convolution) + projection;
    layers.push({ name, source, convolution, shortcut, neurons: shapeSize(convolution.output), macs });
  };
  const { frames, coefficients } = spec.input;
  const input: TensorShape =
    spec.dimensions === 1 ? { channels: coefficients, frames, bands: 1 } : { channels: 1, frames, bands: coefficients };
  add('stem', -1, planConvolution(input, spec.stem.channels, spec.stem.kernel, spec.stem.stride), null);
  for (const [s, stage] of spec.stages.entries()) {
    for (let b = 0; b < stage.blocks; b++) {
      const entering = layers.length - 1;
      const name = `stage${s + 1}.block${b + 1}`;
      const before = layers[entering].convolution.output;
      const stride: Extent = b === 0 ? stage.stride : [1, 1];
      const first = planConvolution(before, stage.channels, stage.kernel, stride);
      const second = planConvolution(first.output, stage.channels, stage.kernel, [1, 1]);
      const sameShape = before.channels === stage.channels && stride[0] === 1 && stride[1] === 1;
      const shortcut: ShortcutPlan = sameShape
        ? { kind: 'identity', source: entering }
        : {
            kind: 'projection',
            source: entering,
            convolution: planConvolution(before, stage.channels, [1, 1], stride),
          };
      add(`${name}.conv1`, entering, first, null);
      add(`${name}.conv2`, entering + 1, second, shortcut);
    }
  }
  const last = layers[layers.length - 1].convolution.output;
  const classifier = { channels: last.channels, positions: last.frames * last.bands, classes: spec.classes };
  let weights = classifier.channels * classifier.classes;
  for (const { convolution, shortcut } of layers) {
    weights += convolutionWeights(convolution);
    if (shortcut?.kind === 'projection') weights += convolutionWeights(shortcut.convolution);
  }
  return {
    spec,
    layers,
    timesteps: spec.neuron === 'relu' ? 1 : spec.timesteps,
    classifier,
    weights,
    macsPerTimestep: layers.reduce((sum, layer) => sum + layer.macs, 0),
  };
}
