// Generated from contracts/ by npm run generate; change it there.

/** Added to the variance in every batch norm, as in every framework; part of the meaning of a trained network. */
export const BATCH_NORM_EPSILON: f64 = 0.00001;
/** Weight of the newest batch in the running statistics. */
export const BATCH_NORM_MOMENTUM: f64 = 0.1;
/** Positions in a tile of the input's gradient. */
export const TILE_POSITIONS: i32 = 4;

/** What a layer sends to the next. */
export const enum LayerKind {
  Features = 0,
  Spiking = 1,
  Rectified = 2,
}

/** What is added to a layer's current. */
export const enum Shortcut {
  None = 0,
  Identity = 1,
  Projection = 2,
}

/** A convolution, the batch norm after it, and what their gradients need. */
@unmanaged
export class Convolution {
  /** Planes of an image in `output`: the timesteps, or 1 for the stem, whose input does not change. */
  planes: i32;
  /** Channels in a cell of the input: a multiple of 4, except for the features. */
  inputChannels: i32;
  inputHeight: i32;
  inputWidth: i32;
  outputHeight: i32;
  outputWidth: i32;
  kernelHeight: i32;
  kernelWidth: i32;
  strideY: i32;
  strideX: i32;
  paddingY: i32;
  paddingX: i32;
  /** Output channels / 4, rounded up. */
  vectors: i32;
  /** 1 if the input is a list of (row, value), not of rows: features and rectified activations. */
  valued: i32;
  /** [tap][in][out] */
  weights: usize;
  /**
   * The weights as the gradient of the input reads them, [in / 8][place of the tap][out][8]; the last four channels may
   * be alone.
   */
  packed: usize;
  /** The value of an incoming spike. */
  amplitude: usize;
  /** Before batch norm, [image][plane][position][channel]. */
  output: usize;
  gamma: usize;
  beta: usize;
  runningMean: usize;
  runningVariance: usize;
  /** [4][channel]: mean, 1 / deviation, and the scale and shift that batch norm amounts to. */
  norm: usize;
  /** [image][2][channel]: mean and sum of squared distances from it. */
  moments: usize;
  /** [image][2][channel]: sum of the current's gradient, and of its product with the normalised output. */
  sums: usize;
  /** [3][channel]: the gradient of `output` is a · gradient + b · (output − mean) + c. */
  backward: usize;
  gammaGradient: usize;
  betaGradient: usize;
  weightGradient: usize;
  /** [shard][row], in the order in which the rows are computed. */
  shardGradients: usize;
  shardBytes: i32;
  /** The offset in a shard of each row [tap][in] of `weights`. */
  shardRows: usize;
  /** Offset in a thread's pads: the gradient of `output` with a border of zeros, [plane][y][x][channel]. */
  pad: usize;
  padTop: i32;
  padLeft: i32;
  padHeight: i32;
  padWidth: i32;
  /** Array of `StrideClass`. */
  classes: usize;
  classCount: i32;
  /** Array of `Tile`, for the gradient of the input. */
  tiles: usize;
  tileCount: i32;
  /** Most bytes of one channel's list of positions. */
  listBytes: i32;
}

/** The neurons after a convolution, or the features before the first one. */
@unmanaged
export class Layer {
  /** A `LayerKind`. */
  kind: i32;
  timesteps: i32;
  height: i32;
  width: i32;
  /** Channels / 4, rounded up; for the features the number of channels itself. */
  vectors: i32;
  /** α of the surrogate gradient. */
  slope: f32;
  convolution: Convolution;
  /** A `Shortcut`. */
  shortcut: i32;
  /** The convolution of a projection. */
  projection: Convolution;
  /** The layer whose spikes enter the block. */
  shortcutSource: Layer;
  source: Layer;
  /** The convolutions that read this layer's spikes, or null. */
  consumer: Convolution;
  projectionConsumer: Convolution;
  next: Layer;
  /** [timestep] */
  thresholds: usize;
  amplitude: usize;
  /** Spikes of four channels in a byte, [image][timestep][position][channel / 4]. */
  spikes: usize;
  /** For rectified neurons and the features, [image][position][channel]. */
  activations: usize;
  /** Gradient of the current, [image][timestep][position][channel]; for the stem summed over the timesteps. */
  currentGradient: usize;
  /** What the shortcut that starts here adds to the gradient of this layer's output, or 0. */
  shortcutGradient: usize;
  /** The first position of this layer for which there is such a gradient. */
  shortcutFirst: i32;
  /** How many positions have one. */
  shortcutPositions: i32;
  /** float64, [image][timestep + 1][2 lanes]: gradients of the thresholds, and of the amplitude. */
  thresholdSums: usize;
  /** The parameters: one threshold, or one per timestep. */
  thresholdValues: usize;
  thresholdCount: i32;
  /** 0 if the thresholds are fixed. */
  thresholdGradient: usize;
  /** [image] */
  spikeCounts: usize;
  /** [channel]: what every spike adds to the loss. */
  penalty: usize;
  /** The weight rows of the set spikes, for each combination of four spikes: 16 × 4 offsets. */
  compact: usize;
  /** Bytes of the weight rows of one cell, and of one channel. */
  cellBytes: i32;
  channelBytes: i32;
}

/** Positions whose coordinates have the same remainders modulo the stride, and the taps that reach them. */
@unmanaged
export class StrideClass {
  y: i32;
  x: i32;
  /** Array of `Job`. */
  jobs: usize;
  jobCount: i32;
}

/** The weight gradients of one row of taps for one input channel. */
@unmanaged
export class Job {
  channel: i32;
  /** Offset from a position in the pad to the first gradient row that its spike adds. */
  delta: i32;
  /** Offset in a shard. */
  target: i32;
  vectors: i32;
}

/** The memory of one thread. */
@unmanaged
export class Scratch {
  /** Lists of the spikes of one image, [timestep][position · channel]. */
  lists: usize;
  /** Where the list of a position starts, [timestep][position + 1]. */
  starts: usize;
  /** [channel]: lists of the positions where the channel spikes. */
  channelLists: usize;
  /** [channel] */
  channelEnds: usize;
  pads: usize;
  /** Gradient of an image's spikes, [timestep][position][channel]. */
  inputGradient: usize;
  /** For one position, [2 · timesteps + 1][channel]. */
  membranes: usize;
  /** [channel] */
  zeros: usize;
  /** List pointers of the timesteps. */
  heads: usize;
  /** Array of begin, end, base: what `gatherRows` adds up. */
  ranges: usize;
}

/** The linear layer that reads the mean of the last spikes. */
@unmanaged
export class Classifier {
  vectors: i32;
  classes: i32;
  /** Positions · timesteps. */
  samples: i32;
  weights: usize;
  bias: usize;
  weightGradient: usize;
  biasGradient: usize;
  /** [image][channel] */
  pooled: usize;
  /** [image][class], classes rounded up to 4 */
  logits: usize;
  logitGradients: usize;
  /** [image][channel] */
  pooledGradients: usize;
  /** float64, [image] */
  losses: usize;
  /** [image] */
  predictions: usize;
}

/** What changes from step to step. */
@unmanaged
export class Batch {
  images: i32;
  imagesPerShard: i32;
  /** int32, [image], or 0. */
  labels: usize;
  labelSmoothing: f32;
  /** float32, [image][class]: logits of the teacher, or 0. */
  teacherLogits: usize;
  /** The teacher's share of the loss, α. */
  teacherWeight: f32;
  /** What logits are divided by before they are compared with those of the teacher, T. */
  temperature: f32;
  first: Layer;
  last: Layer;
  classifier: Classifier;
}

/** A range of parameters that are updated in the same way. */
@unmanaged
export class UpdateRange {
  values: usize;
  gradients: usize;
  first: usize;
  second: usize;
  count: i32;
  decay: f32;
  /** Where the packed weights of the convolution go, or 0. */
  packed: usize;
  /** The place of the tap among them. */
  place: i32;
  taps: i32;
  inputs: i32;
  outputs: i32;
}

/** How parameters are updated. */
@unmanaged
export class Optimizer {
  /** 1 for AdamW, 0 for SGD with momentum. */
  adamw: i32;
  learningRate: f32;
  momentum: f32;
  beta1: f32;
  beta2: f32;
  epsilon: f32;
  /** 1 / (1 − β₁ᵗ) */
  correction1: f32;
  /** 1 / (1 − β₂ᵗ) */
  correction2: f32;
  gradientClip: f32;
  /** Set from the norm of all gradients. */
  clipFactor: f32;
  gradients: usize;
  gradientCount: i32;
}
