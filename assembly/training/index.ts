// The trainer's kernels: the work of a thread on one piece of a phase. host/training/engine/program.ts has the order.
import { imageMoments, mergeMoments, mergeSums, normGradient, useRunningStatistics } from './batch-norm';
import { classifierGradients, classify, crossEntropy } from './classifier';
import { convolve } from './convolution';
import { Batch, Convolution, Layer, Optimizer, Scratch, Shortcut, UpdateRange } from './generated';
import { inputGradient } from './input-gradient';
import { neuronGradient } from './neuron-backward';
import { emit } from './neuron-forward';
import { clipGradients, packTap, spreadThresholds, thresholdGradients, updateRange } from './optimizer';
import { sumShards, weightGradient } from './weight-gradient';

function convolveNext(l: Layer, image: i32, scratch: Scratch): void {
  convolve(l.consumer, image, scratch);
  if (changetype<usize>(l.projectionConsumer) != 0) convolve(l.projectionConsumer, image, scratch);
}

/** Computes the neurons of a layer and the convolutions that read them, for one image. */
export function forward(l: Layer, image: i32, scratch: Scratch): void {
  emit(l, image, scratch);
  convolveNext(l, image, scratch);
  imageMoments(l.consumer, image);
  if (changetype<usize>(l.projectionConsumer) != 0) imageMoments(l.projectionConsumer, image);
}

/** After all images: computes the batch statistics of the convolutions after a layer. */
export function finishForward(l: Layer, batch: Batch): void {
  mergeMoments(l.consumer, batch);
  if (changetype<usize>(l.projectionConsumer) != 0) mergeMoments(l.projectionConsumer, batch);
}

/** Computes the last layer's neurons, the loss, and the gradient of the last layer's current, for one image. */
export function turn(batch: Batch, image: i32, scratch: Scratch): void {
  const l = batch.last;
  const c = batch.classifier;
  emit(l, image, scratch);
  classify(c, l, image);
  crossEntropy(c, batch, image);
  neuronGradient(l, image, c.pooledGradients + ((image * c.vectors) << 4), 0, 0, scratch);
}

export function finishTurn(batch: Batch): void {
  classifierGradients(batch.classifier, batch);
  finishNeurons(batch.last, batch);
}

function finishNeurons(l: Layer, batch: Batch): void {
  mergeSums(l.convolution, batch);
  if (l.shortcut == Shortcut.Projection) mergeSums(l.projection, batch);
  thresholdGradients(l, batch.images);
}

/**
 * Computes the weight gradients of a layer for one shard, and the gradient of the current of the layer that it reads.
 */
export function backward(l: Layer, shard: i32, scratch: Scratch, batch: Batch): void {
  const c = l.convolution;
  const source = l.source;
  memory.fill(c.shardGradients + shard * c.shardBytes, 0, c.shardBytes);
  const projects = l.shortcut == Shortcut.Projection;
  const p = l.projection;
  if (projects) memory.fill(p.shardGradients + shard * p.shardBytes, 0, p.shardBytes);
  const first = shard * batch.imagesPerShard;
  const last = min(first + batch.imagesPerShard, batch.images);
  for (let image = first; image < last; image++) {
    if (projects) {
      const entering = l.shortcutSource;
      normGradient(p, image, l.currentGradient, scratch.pads);
      weightGradient(p, entering, image, shard, scratch);
      const imageBytes = (entering.timesteps * entering.height * entering.width * entering.vectors) << 4;
      inputGradient(p, entering.shortcutGradient + image * imageBytes, scratch);
    }
    normGradient(c, image, l.currentGradient, scratch.pads);
    weightGradient(c, source, image, shard, scratch);
    if (c.tileCount == 0) continue;
    inputGradient(c, scratch.inputGradient, scratch);
    const stride = source.vectors << 4;
    neuronGradient(source, image, scratch.inputGradient, source.height * source.width * stride, stride, scratch);
  }
}

/** After all shards: computes the gradients of the source's batch norm and thresholds. */
export function finishBackward(l: Layer, batch: Batch): void {
  finishNeurons(l.source, batch);
}

export function reduceGradients(c: Convolution, first: i32, last: i32, batch: Batch): void {
  sumShards(c, first, last, batch);
}

export function finishGradients(optimizer: Optimizer): void {
  clipGradients(optimizer);
}

export function update(r: UpdateRange, optimizer: Optimizer): void {
  updateRange(optimizer, r);
}

/** Called after an update, or after the host has written parameters. */
export function setThresholds(l: Layer, minimum: f32): void {
  spreadThresholds(l, minimum);
}

/** Called after the host has written weights. */
export function refresh(r: UpdateRange): void {
  packTap(r);
}

/** Called before inference: makes batch norm use the running statistics. */
export function useStatistics(c: Convolution): void {
  useRunningStatistics(c);
}

/** Runs the whole network on one image. */
export function infer(batch: Batch, image: i32, scratch: Scratch): void {
  let l = batch.first;
  while (changetype<usize>(l) != changetype<usize>(batch.last)) {
    emit(l, image, scratch);
    convolveNext(l, image, scratch);
    l = l.next;
  }
  emit(l, image, scratch);
  classify(batch.classifier, l, image);
  if (batch.labels != 0) crossEntropy(batch.classifier, batch, image);
}

// For bench/train.ts, which measures them one by one.
export { convolve, emit, imageMoments, inputGradient, neuronGradient, normGradient, weightGradient };
