/** Added to the variance, as in PyTorch. */
export const BATCH_NORM_EPSILON = 1e-5;

/** What batch norm computes over one batch. */
export interface BatchNorm {
  /** gamma · normalized + beta, [image][channel][position]. */
  readonly output: Float64Array;
  readonly normalized: Float64Array;
  /** Of the batch, per channel, over images and positions; the variance divides by n, not n − 1. */
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

/** Batch norm in training mode: statistics of this batch. `input` is [image][channel][position]. */
export function batchNorm(
  input: Float64Array,
  gamma: Float64Array,
  beta: Float64Array,
  images: number,
  positions: number,
): BatchNorm {
  const channels = gamma.length;
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  const count = images * positions;
  forEachValue(images, channels, positions, (at, channel) => {
    mean[channel] += input[at] / count;
  });
  forEachValue(images, channels, positions, (at, channel) => {
    variance[channel] += (input[at] - mean[channel]) ** 2 / count;
  });
  return normalize(input, gamma, beta, { mean, variance }, images, positions);
}

/** Batch norm with given statistics, as a trained network applies it. */
export function normalize(
  input: Float64Array,
  gamma: Float64Array,
  beta: Float64Array,
  statistics: { readonly mean: Float64Array; readonly variance: Float64Array },
  images: number,
  positions: number,
): BatchNorm {
  const { mean, variance } = statistics;
  const output = new Float64Array(input.length);
  const normalized = new Float64Array(input.length);
  forEachValue(images, gamma.length, positions, (at, channel) => {
    normalized[at] = (input[at] - mean[channel]) / Math.sqrt(variance[channel] + BATCH_NORM_EPSILON);
    output[at] = gamma[channel] * normalized[at] + beta[channel];
  });
  return { output, normalized, mean, variance };
}

/**
 * Gradients of Σ upstream · batchNorm(input, gamma, beta), the statistics depending on the input
 * (Ioffe and Szegedy 2015, section 3).
 */
export function batchNormBackward(
  forward: BatchNorm,
  gamma: Float64Array,
  upstream: Float64Array,
  images: number,
  positions: number,
): { input: Float64Array; gamma: Float64Array; beta: Float64Array } {
  const channels = gamma.length;
  const count = images * positions;
  const gradient = {
    input: new Float64Array(upstream.length),
    gamma: new Float64Array(channels),
    beta: new Float64Array(channels),
  };
  forEachValue(images, channels, positions, (at, channel) => {
    gradient.beta[channel] += upstream[at];
    gradient.gamma[channel] += upstream[at] * forward.normalized[at];
  });
  forEachValue(images, channels, positions, (at, channel) => {
    const meanOfUpstream = gradient.beta[channel] / count;
    const alongNormalized = (forward.normalized[at] * gradient.gamma[channel]) / count;
    const inverseDeviation = 1 / Math.sqrt(forward.variance[channel] + BATCH_NORM_EPSILON);
    gradient.input[at] = gamma[channel] * inverseDeviation * (upstream[at] - meanOfUpstream - alongNormalized);
  });
  return gradient;
}

function forEachValue(
  images: number,
  channels: number,
  positions: number,
  visit: (at: number, channel: number) => void,
): void {
  for (let image = 0; image < images; image++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let position = 0; position < positions; position++) {
        visit((image * channels + channel) * positions + position, channel);
      }
    }
  }
}
