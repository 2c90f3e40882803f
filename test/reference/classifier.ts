/** logits = weight · features + bias; features [clip][channel], weight [class][channel]; returns [clip][class]. */
export function classify(features: Float64Array, weight: Float64Array, bias: Float64Array): Float64Array {
  const classes = bias.length;
  const channels = weight.length / classes;
  const clips = features.length / channels;
  const logits = new Float64Array(clips * classes);
  for (let clip = 0; clip < clips; clip++) {
    for (let k = 0; k < classes; k++) {
      let sum = bias[k];
      for (let channel = 0; channel < channels; channel++) {
        sum += weight[k * channels + channel] * features[clip * channels + channel];
      }
      logits[clip * classes + k] = sum;
    }
  }
  return logits;
}

/** Gradients of Σ upstream · classify(features, weight, bias); upstream [clip][class]. */
export function classifyBackward(
  features: Float64Array,
  weight: Float64Array,
  upstream: Float64Array,
  classes: number,
): { features: Float64Array; weight: Float64Array; bias: Float64Array } {
  const channels = weight.length / classes;
  const clips = features.length / channels;
  const gradient = {
    features: new Float64Array(features.length),
    weight: new Float64Array(weight.length),
    bias: new Float64Array(classes),
  };
  for (let clip = 0; clip < clips; clip++) {
    for (let k = 0; k < classes; k++) {
      const above = upstream[clip * classes + k];
      gradient.bias[k] += above;
      for (let channel = 0; channel < channels; channel++) {
        gradient.weight[k * channels + channel] += above * features[clip * channels + channel];
        gradient.features[clip * channels + channel] += above * weight[k * channels + channel];
      }
    }
  }
  return gradient;
}

/**
 * Mean cross-entropy over the clips, in nats, and its gradient by the logits. With label smoothing ε the target is
 * (1 − ε) on the label plus ε / classes everywhere, as in PyTorch.
 */
export function crossEntropy(
  logits: Float64Array,
  labels: Int32Array,
  classes: number,
  labelSmoothing: number,
): { loss: number; gradient: Float64Array } {
  const clips = labels.length;
  const gradient = new Float64Array(logits.length);
  let loss = 0;
  for (let clip = 0; clip < clips; clip++) {
    const row = logits.subarray(clip * classes, (clip + 1) * classes);
    const largest = Math.max(...row);
    let sum = 0;
    for (const logit of row) sum += Math.exp(logit - largest);
    for (let k = 0; k < classes; k++) {
      const target = (labels[clip] === k ? 1 - labelSmoothing : 0) + labelSmoothing / classes;
      const logProbability = row[k] - largest - Math.log(sum);
      loss -= (target * logProbability) / clips;
      gradient[clip * classes + k] = (Math.exp(logProbability) - target) / clips;
    }
  }
  return { loss, gradient };
}
