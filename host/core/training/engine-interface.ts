import type { Parameters } from '../network/index.js';

export interface OptimizerSettings {
  readonly kind: 'adamw' | 'sgd';
  /** On the weights of convolutions and classifier only. */
  readonly weightDecay: number;
  readonly momentum: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Largest norm of all gradients together; 0: no limit. */
  readonly gradientClip: number;
}

export interface StepSettings {
  readonly learningRate: number;
  readonly labelSmoothing: number;
  /** Loss per spike per neuron, averaged over the layers. */
  readonly spikePenalty: number;
  /**
   * Mixup: every clip keeps this share of itself, and the rest is of the next clip of its batch (of the first for the
   * last), in the features and in the loss. Absent in every step, or given in every step.
   */
  readonly ownShare?: number;
}

/** A network that another one learns from (Hinton et al. 2015, https://arxiv.org/abs/1503.02531). */
export interface Distillation {
  /**
   * The teacher's share of the loss, α, above 0 and at most 1: the loss is (1 − α) · cross-entropy + α · T² ·
   * KL(teacher ‖ student), plus the spike penalty.
   */
  readonly weight: number;
  /** T: both networks are compared by softmax(logits / T). */
  readonly temperature: number;
}

export interface StepResult {
  /** Mean cross-entropy (with a teacher mixed with the divergence from it) plus the spike penalty. */
  readonly loss: number;
  /** Clips that were recognised correctly, before the update. */
  readonly correct: number;
  /** Per layer, over the batch and all timesteps; with `relu` the activations that are not zero. */
  readonly spikes: Float64Array;
}

export interface InferenceResult {
  readonly predictions: Int32Array;
  /** [clip][class] */
  readonly logits: Float32Array;
  /** Mean cross-entropy, NaN without labels. */
  readonly loss: number;
  readonly correct: number;
  /** Per layer, over all clips and timesteps. */
  readonly spikes: Float64Array;
}

/** The state of an optimiser: the tensors `first.NAME` and, for AdamW, `second.NAME`. */
export interface OptimizerState {
  readonly step: number;
  readonly tensors: Map<string, Float32Array>;
}

/** Steps on whole batches of clips. */
export interface Steps {
  /** int8, [clip][frame][coefficient] */
  readonly features: Int8Array;
  /** [clip] */
  readonly labels: Int32Array;
  /** The clips of all steps, [step][clip of the batch]. */
  readonly order: Int32Array;
  /** [step]; only the learning rate and the own share may differ between steps. */
  readonly settings: readonly StepSettings[];
  /** The network to learn from, which recognises each batch as the steps see it. */
  readonly teacher?: Teacher;
}

/** A trained network with the same input and classes, and how much is learned from it. */
export interface Teacher extends Distillation {
  readonly engine: Pick<Engine, 'infer'>;
}

type Awaitable<T> = T | Promise<T>;

/**
 * What trains a network, wherever it computes. Every engine computes the same network, loss and update: they differ by
 * rounding alone. Calls come one after the other, each after the one before it is done.
 */
export interface Engine {
  /** Sets the parameters; the state of the optimiser stays. Throws `NetworkError` if one is missing. */
  setParameters(parameters: Parameters): Awaitable<void>;
  /** Copies of the parameters, canonical layout of `parameterShapes(plan)`. */
  parameters(): Awaitable<Map<string, Float32Array>>;
  optimizerState(): Awaitable<OptimizerState>;
  setOptimizerState(state: OptimizerState): Awaitable<void>;
  /**
   * Takes steps, and calls `onStep` with the result of each. Returns the seconds that the device worked on them, or
   * null if it is this process's own. Throws `TrainingError` for mixed clips or a teacher if the engine cannot do that.
   */
  takeSteps(steps: Steps, onStep: (result: StepResult, step: number) => Promise<void>): Promise<number | null>;
  /** Recognises any number of clips, int8 [clip][frame][coefficient]; batch norm uses its running statistics. */
  infer(features: Int8Array, labels?: Int32Array): Awaitable<InferenceResult>;
  close(): Promise<void>;
}
