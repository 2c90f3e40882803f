import { Batch, Classifier, Layer, LayerKind } from './generated';
import { spikeMask } from './spike-masks';

/** Computes the mean of the last layer's output over timesteps and positions, per channel. */
function pool(c: Classifier, l: Layer, image: i32): void {
  const positions = c.samples;
  const vectors = c.vectors;
  const pooled = c.pooled + ((image * vectors) << 4);
  for (let v = 0; v < vectors; v++) {
    let sum = f32x4.splat(0);
    if (l.kind == LayerKind.Rectified) {
      let at = l.activations + ((image * positions * vectors + v) << 4);
      for (let p = 0; p < positions; p++) {
        sum = f32x4.add(sum, v128.load(at));
        at += vectors << 4;
      }
    } else {
      let at = l.spikes + image * positions * vectors + v;
      let count = i32x4.splat(0);
      for (let p = 0; p < positions; p++) {
        count = i32x4.sub(count, spikeMask(at));
        at += vectors;
      }
      sum = f32x4.mul(f32x4.convert_i32x4_s(count), v128.load_splat<f32>(l.amplitude));
    }
    v128.store(pooled + (v << 4), f32x4.div(sum, f32x4.splat(<f32>positions)));
  }
}

/** Computes the logits and the predicted class of one image; the lowest class wins a tie. */
export function classify(c: Classifier, l: Layer, image: i32): void {
  pool(c, l, image);
  const channels = c.vectors << 2;
  const pooled = c.pooled + ((image * channels) << 2);
  const logits = c.logits + ((image * ((c.classes + 3) & ~3)) << 2);
  let best = 0;
  for (let k = 0; k < c.classes; k++) {
    let sum = <f64>load<f32>(c.bias + (k << 2));
    for (let channel = 0; channel < channels; channel++) {
      const weight = load<f32>(c.weights + ((k * channels + channel) << 2));
      sum += <f64>weight * <f64>load<f32>(pooled + (channel << 2));
    }
    store<f32>(logits + (k << 2), <f32>sum);
    if (load<f32>(logits + (k << 2)) > load<f32>(logits + (best << 2))) best = k;
  }
  store<i32>(c.predictions + (image << 2), best);
}

/** Returns log Σ exp(logit / T) of `classes` logits. */
function logSum(logits: usize, classes: i32, temperature: f64): f64 {
  let highest = -Infinity;
  for (let k = 0; k < classes; k++) highest = max<f64>(highest, <f64>load<f32>(logits + (k << 2)) / temperature);
  let sum: f64 = 0;
  for (let k = 0; k < classes; k++) sum += Math.exp(<f64>load<f32>(logits + (k << 2)) / temperature - highest);
  return highest + Math.log(sum);
}

/**
 * Mixes the loss of one image and the gradients of its logits with those of distillation: (1 − α) · cross-entropy + α ·
 * T² · KL(teacher ‖ student), where both distributions are softmax(logits / T) (Hinton et al. 2015, section 2).
 */
function distill(c: Classifier, batch: Batch, image: i32, logits: usize, gradients: usize): void {
  const classes = c.classes;
  const teacher = batch.teacherLogits + ((image * classes) << 2);
  const weight = <f64>batch.teacherWeight;
  const temperature = <f64>batch.temperature;
  const logSumStudent = logSum(logits, classes, temperature);
  const logSumTeacher = logSum(teacher, classes, temperature);
  let divergence: f64 = 0;
  for (let k = 0; k < classes; k++) {
    const at = k << 2;
    const logStudent = <f64>load<f32>(logits + at) / temperature - logSumStudent;
    const logTeacher = <f64>load<f32>(teacher + at) / temperature - logSumTeacher;
    const target = Math.exp(logTeacher);
    divergence += target * (logTeacher - logStudent);
    // T² of the loss and 1 / T of the chain rule
    const softened = (temperature * (Math.exp(logStudent) - target)) / <f64>batch.images;
    store<f32>(gradients + at, <f32>((1 - weight) * <f64>load<f32>(gradients + at) + weight * softened));
  }
  const losses = c.losses + (image << 3);
  store<f64>(losses, (1 - weight) * load<f64>(losses) + weight * temperature * temperature * divergence);
}

/**
 * Computes the cross-entropy of one image with its smoothed label: 1 − ε + ε / classes on the label and ε / classes
 * elsewhere, mixed with distillation if the batch has a teacher. Writes the loss and, for the mean over the batch, the
 * gradients of the logits and of the pooled channels.
 */
export function crossEntropy(c: Classifier, batch: Batch, image: i32): void {
  const classes = c.classes;
  const channels = c.vectors << 2;
  const padded = (classes + 3) & ~3;
  const logits = c.logits + ((image * padded) << 2);
  const gradients = c.logitGradients + ((image * padded) << 2);
  const label = load<i32>(batch.labels + (image << 2));
  const smoothing = <f64>batch.labelSmoothing;
  const normalizer = logSum(logits, classes, 1);
  let loss: f64 = 0;
  for (let k = 0; k < classes; k++) {
    const logProbability = <f64>load<f32>(logits + (k << 2)) - normalizer;
    const target = smoothing / <f64>classes + (k == label ? 1 - smoothing : 0);
    loss -= target * logProbability;
    store<f32>(gradients + (k << 2), <f32>((Math.exp(logProbability) - target) / <f64>batch.images));
  }
  store<f64>(c.losses + (image << 3), loss);
  if (batch.teacherLogits != 0) distill(c, batch, image, logits, gradients);
  const pooled = c.pooledGradients + ((image * channels) << 2);
  for (let channel = 0; channel < channels; channel++) {
    let gradient: f64 = 0;
    for (let k = 0; k < classes; k++) {
      const weight = load<f32>(c.weights + ((k * channels + channel) << 2));
      gradient += <f64>weight * <f64>load<f32>(gradients + (k << 2));
    }
    store<f32>(pooled + (channel << 2), <f32>(gradient / <f64>c.samples));
  }
}

/** Computes the gradients of the classifier's weights and bias; adds up the images in their order. */
export function classifierGradients(c: Classifier, batch: Batch): void {
  const padded = (c.classes + 3) & ~3;
  for (let k = 0; k < c.classes; k++) {
    const first = c.logitGradients + (k << 2);
    let bias: f64 = 0;
    for (let image = 0; image < batch.images; image++) bias += <f64>load<f32>(first + ((image * padded) << 2));
    store<f32>(c.biasGradient + (k << 2), <f32>bias);
    for (let v = 0; v < c.vectors; v++) {
      let sum = f32x4.splat(0);
      for (let image = 0; image < batch.images; image++) {
        const gradient = v128.load_splat<f32>(first + ((image * padded) << 2));
        sum = f32x4.add(sum, f32x4.mul(gradient, v128.load(c.pooled + ((image * c.vectors + v) << 4))));
      }
      v128.store(c.weightGradient + ((k * c.vectors + v) << 4), sum);
    }
  }
}
