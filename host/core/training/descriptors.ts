import type { Arena } from './arena.js';

// The fields of the descriptors in assembly/training/descriptors.ts, in their order. Every field has four bytes.

export const CONVOLUTION_FIELDS = [
  'planes',
  'inputChannels',
  'inputHeight',
  'inputWidth',
  'outputHeight',
  'outputWidth',
  'kernelHeight',
  'kernelWidth',
  'strideY',
  'strideX',
  'paddingY',
  'paddingX',
  'vectors',
  'valued',
  'weights',
  'transposed',
  'amplitude',
  'output',
  'gamma',
  'beta',
  'runningMean',
  'runningVariance',
  'norm',
  'moments',
  'sums',
  'backward',
  'gammaGradient',
  'betaGradient',
  'weightGradient',
  'shardGradients',
  'shardBytes',
  'shardRows',
  'pad',
  'padTop',
  'padLeft',
  'padHeight',
  'padWidth',
  'classes',
  'classCount',
  'tiles',
  'tileCount',
  'listBytes',
] as const;

export const LAYER_FIELDS = [
  'kind',
  'timesteps',
  'height',
  'width',
  'vectors',
  'slope',
  'convolution',
  'shortcut',
  'projection',
  'shortcutSource',
  'source',
  'consumer',
  'projectionConsumer',
  'next',
  'thresholds',
  'amplitude',
  'spikes',
  'activations',
  'currentGradient',
  'shortcutGradient',
  'thresholdSums',
  'thresholdValues',
  'thresholdCount',
  'thresholdGradient',
  'spikeCounts',
  'penalty',
  'compact',
  'cellBytes',
  'channelBytes',
] as const;

export const STRIDE_CLASS_FIELDS = ['y', 'x', 'jobs', 'jobCount'] as const;

export const JOB_FIELDS = ['channel', 'delta', 'target', 'vectors'] as const;

export const SCRATCH_FIELDS = [
  'lists',
  'starts',
  'channelLists',
  'channelEnds',
  'pads',
  'inputGradient',
  'membranes',
  'heads',
  'ranges',
] as const;

export const CLASSIFIER_FIELDS = [
  'vectors',
  'classes',
  'samples',
  'weights',
  'bias',
  'weightGradient',
  'biasGradient',
  'pooled',
  'logits',
  'logitGradients',
  'pooledGradients',
  'losses',
  'predictions',
] as const;

export const BATCH_FIELDS = [
  'images',
  'imagesPerShard',
  'labels',
  'labelSmoothing',
  'first',
  'last',
  'classifier',
] as const;

export const UPDATE_RANGE_FIELDS = [
  'values',
  'gradients',
  'first',
  'second',
  'count',
  'decay',
  'transposed',
  'inputs',
  'outputs',
] as const;

export const OPTIMIZER_FIELDS = [
  'adamw',
  'learningRate',
  'momentum',
  'beta1',
  'beta2',
  'epsilon',
  'correction1',
  'correction2',
  'gradientClip',
  'clipFactor',
  'gradients',
  'gradientCount',
] as const;

const FLOAT_FIELDS: ReadonlySet<string> = new Set([
  'beta1',
  'beta2',
  'clipFactor',
  'correction1',
  'correction2',
  'decay',
  'epsilon',
  'gradientClip',
  'labelSmoothing',
  'learningRate',
  'momentum',
  'slope',
]);

/** A descriptor in the shared memory. */
export class Descriptor<Field extends string> {
  readonly address: number;

  constructor(
    private readonly arena: Arena,
    private readonly fields: readonly Field[],
    values: Readonly<Partial<Record<Field, number>>>,
  ) {
    this.address = arena.reserve(fields.length * 4);
    this.set(values);
  }

  set(values: Readonly<Partial<Record<Field, number>>>): void {
    for (const [field, value] of Object.entries(values) as [Field, number][]) {
      const at = this.address + this.fields.indexOf(field) * 4;
      if (FLOAT_FIELDS.has(field)) this.arena.floats(at, 1)[0] = value;
      else this.arena.integers(at, 1)[0] = value;
    }
  }

  get(field: Field): number {
    const at = this.address + this.fields.indexOf(field) * 4;
    return FLOAT_FIELDS.has(field) ? this.arena.floats(at, 1)[0] : this.arena.integers(at, 1)[0];
  }
}
