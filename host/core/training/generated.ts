// Generated from contracts/ by npm run generate; change it there.

/** Positions in a tile of the input's gradient. */
export const TILE_POSITIONS = 4;

/** What a layer sends to the next. */
export const LAYER_KIND = {
  features: 0,
  spiking: 1,
  rectified: 2,
} as const;

/** What is added to a layer's current. */
export const SHORTCUT = {
  none: 0,
  identity: 1,
  projection: 2,
} as const;

/** A convolution, the batch norm after it, and what their gradients need. */
export const CONVOLUTION_FIELDS = {
  planes: 'i32',
  inputChannels: 'i32',
  inputHeight: 'i32',
  inputWidth: 'i32',
  outputHeight: 'i32',
  outputWidth: 'i32',
  kernelHeight: 'i32',
  kernelWidth: 'i32',
  strideY: 'i32',
  strideX: 'i32',
  paddingY: 'i32',
  paddingX: 'i32',
  vectors: 'i32',
  valued: 'i32',
  weights: 'i32',
  packed: 'i32',
  amplitude: 'i32',
  output: 'i32',
  gamma: 'i32',
  beta: 'i32',
  runningMean: 'i32',
  runningVariance: 'i32',
  norm: 'i32',
  moments: 'i32',
  sums: 'i32',
  backward: 'i32',
  gammaGradient: 'i32',
  betaGradient: 'i32',
  weightGradient: 'i32',
  shardGradients: 'i32',
  shardBytes: 'i32',
  shardRows: 'i32',
  pad: 'i32',
  padTop: 'i32',
  padLeft: 'i32',
  padHeight: 'i32',
  padWidth: 'i32',
  classes: 'i32',
  classCount: 'i32',
  tiles: 'i32',
  tileCount: 'i32',
  listBytes: 'i32',
} as const;

/** The neurons after a convolution, or the features before the first one. */
export const LAYER_FIELDS = {
  kind: 'i32',
  timesteps: 'i32',
  height: 'i32',
  width: 'i32',
  vectors: 'i32',
  slope: 'f32',
  convolution: 'i32',
  shortcut: 'i32',
  projection: 'i32',
  shortcutSource: 'i32',
  source: 'i32',
  consumer: 'i32',
  projectionConsumer: 'i32',
  next: 'i32',
  thresholds: 'i32',
  amplitude: 'i32',
  spikes: 'i32',
  activations: 'i32',
  currentGradient: 'i32',
  shortcutGradient: 'i32',
  shortcutFirst: 'i32',
  shortcutPositions: 'i32',
  thresholdSums: 'i32',
  thresholdValues: 'i32',
  thresholdCount: 'i32',
  thresholdGradient: 'i32',
  spikeCounts: 'i32',
  penalty: 'i32',
  compact: 'i32',
  cellBytes: 'i32',
  channelBytes: 'i32',
} as const;

/** Positions whose coordinates have the same remainders modulo the stride, and the taps that reach them. */
export const STRIDE_CLASS_FIELDS = {
  y: 'i32',
  x: 'i32',
  jobs: 'i32',
  jobCount: 'i32',
} as const;

/** The weight gradients of one row of taps for one input channel. */
export const JOB_FIELDS = {
  channel: 'i32',
  delta: 'i32',
  target: 'i32',
  vectors: 'i32',
} as const;

/** The memory of one thread. */
export const SCRATCH_FIELDS = {
  lists: 'i32',
  starts: 'i32',
  channelLists: 'i32',
  channelEnds: 'i32',
  pads: 'i32',
  inputGradient: 'i32',
  membranes: 'i32',
  zeros: 'i32',
  heads: 'i32',
  ranges: 'i32',
} as const;

/** The linear layer that reads the mean of the last spikes. */
export const CLASSIFIER_FIELDS = {
  vectors: 'i32',
  classes: 'i32',
  samples: 'i32',
  weights: 'i32',
  bias: 'i32',
  weightGradient: 'i32',
  biasGradient: 'i32',
  pooled: 'i32',
  logits: 'i32',
  logitGradients: 'i32',
  pooledGradients: 'i32',
  losses: 'i32',
  predictions: 'i32',
} as const;

/** What changes from step to step. */
export const BATCH_FIELDS = {
  images: 'i32',
  imagesPerShard: 'i32',
  labels: 'i32',
  labelSmoothing: 'f32',
  teacherLogits: 'i32',
  teacherWeight: 'f32',
  temperature: 'f32',
  first: 'i32',
  last: 'i32',
  classifier: 'i32',
} as const;

/** A range of parameters that are updated in the same way. */
export const UPDATE_RANGE_FIELDS = {
  values: 'i32',
  gradients: 'i32',
  first: 'i32',
  second: 'i32',
  count: 'i32',
  decay: 'f32',
  packed: 'i32',
  place: 'i32',
  taps: 'i32',
  inputs: 'i32',
  outputs: 'i32',
} as const;

/** How parameters are updated. */
export const OPTIMIZER_FIELDS = {
  adamw: 'i32',
  learningRate: 'f32',
  momentum: 'f32',
  beta1: 'f32',
  beta2: 'f32',
  epsilon: 'f32',
  correction1: 'f32',
  correction2: 'f32',
  gradientClip: 'f32',
  clipFactor: 'f32',
  gradients: 'i32',
  gradientCount: 'i32',
} as const;
