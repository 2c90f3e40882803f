import { NetworkError } from '../error.js';
import type { Extent, NetworkSpec, Padding, StemSpec } from './spec.js';

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
  /** Zeros on each side; below zero, the positions of the input that are left out on each side. */
  readonly padding: Extent;
}

/**
 * A shortcut that is added into the membrane as current. The first output frame takes the source's frame `first`, which
 * is the one under the middle of the receptive field of the block's two convolutions: 0 with zeros around the input.
 */
export type ShortcutPlan = { readonly source: number; readonly first: number } & (
  | { readonly kind: 'identity' }
  | { readonly kind: 'projection'; readonly convolution: ConvolutionPlan }
);

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

/** The features of one clip: frames × coefficients × channels. */
export function featureCount({ input: { frames, coefficients, channels = 1 } }: NetworkSpec): number {
  return frames * coefficients * channels;
}

export function shapeSize(shape: TensorShape): number {
  return shape.channels * shape.frames * shape.bands;
}

function planConvolution(
  padding: Padding,
  input: TensorShape,
  { channels, kernel, stride }: StemSpec,
): ConvolutionPlan {
  const zeros: Extent = [padding === 'valid' ? 0 : (kernel[0] - 1) / 2, (kernel[1] - 1) / 2];
  const output = {
    channels,
    frames: Math.floor((input.frames + 2 * zeros[0] - kernel[0]) / stride[0]) + 1,
    bands: Math.floor((input.bands + 2 * zeros[1] - kernel[1]) / stride[1]) + 1,
  };
  return { input, output, kernel, stride, padding: zeros };
}

/** The shortcut around the two convolutions of a block, of which the first reads layer `source`. */
function planShortcut(
  identity: boolean,
  source: number,
  { input, kernel: [kernel1], stride, padding: [padding1] }: ConvolutionPlan,
  { output, kernel: [kernel2], padding: [padding2] }: ConvolutionPlan,
): ShortcutPlan {
  const first = (kernel1 - 1) / 2 - padding1 + stride[0] * ((kernel2 - 1) / 2 - padding2);
  if (identity) return { kind: 'identity', source, first };
  // not subtracted from zero, which would make it −0
  const padding: Extent = [first === 0 ? 0 : -first, 0];
  return { kind: 'projection', source, first, convolution: { input, output, kernel: [1, 1], stride, padding } };
}

export function convolutionWeights(convolution: ConvolutionPlan): number {
  const { input, output, kernel } = convolution;
  return output.channels * input.channels * kernel[0] * kernel[1];
}

function convolutionMacs(convolution: ConvolutionPlan): number {
  return convolutionWeights(convolution) * convolution.output.frames * convolution.output.bands;
}

/** How a network without padding moves along a stream. */
export interface Columns {
  /** Frames that one position of the last layer depends on. */
  readonly receptiveField: number;
  /** Frames from one position of the last layer to the next, and so from one inference to the next. */
  readonly hop: number;
}

/** The columns of a network without padding, from its layers in the order of computation. */
export function columnsOf(layers: readonly LayerPlan[]): Columns {
  let receptiveField = 1;
  let hop = 1;
  for (const { convolution } of [...layers].reverse()) {
    const [stride] = convolution.stride;
    receptiveField = (receptiveField - 1) * stride + convolution.kernel[0];
    hop *= stride;
  }
  return { receptiveField, hop };
}

/**
 * The frames of each layer that are computed for one result of a stream: all of them or, if the network has no
 * padding, those that a hop makes possible.
 */
export function framesPerResult({ spec, layers }: NetworkPlan): number[] {
  if (spec.padding !== 'valid') return layers.map(({ convolution }) => convolution.output.frames);
  let fresh = columnsOf(layers).hop;
  return layers.map(({ convolution }) => {
    fresh /= convolution.stride[0];
    return fresh;
  });
}

/**
 * Checks that a network without padding can be computed column by column, as a stream comes in: its last position ends
 * with the last frame, and no layer has fewer positions than a hop makes possible. Throws `NetworkError`.
 */
function checkColumns(frames: number, layers: readonly LayerPlan[]): void {
  const { receptiveField, hop } = columnsOf(layers);
  const fits = frames >= receptiveField && (frames - receptiveField) % hop === 0;
  if (!fits) {
    throw new NetworkError(
      `network.input.frames is ${frames}, expected ${receptiveField}${hop === 1 ? ' or more' : `, ${receptiveField + hop}, ${receptiveField + 2 * hop}, …`}: ` +
        `without padding this network sees ${receptiveField} frames at once and moves by ${hop}`,
    );
  }
  let fresh = hop;
  for (const { name, convolution } of layers) {
    fresh /= convolution.stride[0];
    if (fresh > convolution.output.frames) {
      throw new NetworkError(
        `network.input.frames is ${frames}: ${name} has ${convolution.output.frames} positions, fewer than the ${fresh} of a hop`,
      );
    }
  }
}

/**
 * Resolves shapes, sources and shortcuts of a checked description. Throws `NetworkError` for a network without padding
 * that cannot be computed column by column from the frames that it has.
 */
export function planNetwork(spec: NetworkSpec): NetworkPlan {
  const { padding = 'same' } = spec;
  const layers: LayerPlan[] = [];
  const add = (name: string, source: number, convolution: ConvolutionPlan, shortcut: ShortcutPlan | null): void => {
    const projection = shortcut?.kind === 'projection' ? convolutionMacs(shortcut.convolution) : 0;
    const macs = convolutionMacs(convolution) + projection;
    layers.push({ name, source, convolution, shortcut, neurons: shapeSize(convolution.output), macs });
  };
  const { frames, coefficients, channels = 1 } = spec.input;
  const input: TensorShape =
    spec.dimensions === 1 ? { channels: coefficients, frames, bands: 1 } : { channels, frames, bands: coefficients };
  add('stem', -1, planConvolution(padding, input, spec.stem), null);
  for (const [s, stage] of spec.stages.entries()) {
    for (let b = 0; b < stage.blocks; b++) {
      const entering = layers.length - 1;
      const name = `stage${s + 1}.block${b + 1}`;
      const before = layers[entering].convolution.output;
      const stride: Extent = b === 0 ? stage.stride : [1, 1];
      const { channels, kernel } = stage;
      const first = planConvolution(padding, before, { channels, kernel, stride });
      add(`${name}.conv1`, entering, first, null);
      if (stage.shortcuts === false) continue;
      const second = planConvolution(padding, first.output, { channels, kernel, stride: [1, 1] });
      const sameShape = before.channels === channels && stride[0] === 1 && stride[1] === 1;
      add(`${name}.conv2`, entering + 1, second, planShortcut(sameShape, entering, first, second));
    }
  }
  if (padding === 'valid') checkColumns(frames, layers);
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

/**
 * Frames from one result to the next of a network without padding, which its strides decide. Null for a network that
 * classifies clips, which may be run at any frame.
 */
export function ownHop({ spec, layers }: NetworkPlan): number | null {
  return spec.padding === 'valid' ? columnsOf(layers).hop : null;
}

/**
 * Where the positions of each layer lie in time, [layer]: the frame of the features under the middle of what position 0
 * depends on, which may be between two frames, and the frames from one position to the next.
 */
export function placesInTime({ layers }: NetworkPlan): { readonly first: number; readonly step: number }[] {
  const places: { first: number; step: number }[] = [];
  for (const { source, convolution } of layers) {
    const { first, step } = source < 0 ? { first: 0, step: 1 } : places[source];
    const { kernel, stride, padding } = convolution;
    places.push({ first: first + step * ((kernel[0] - 1) / 2 - padding[0]), step: step * stride[0] });
  }
  return places;
}
