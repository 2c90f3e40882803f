import { Layer } from '../generated';
import { classify } from './classifier';
import * as sparse from './convolution';
import * as dense from './dense-convolution';
import { spikeWords } from './format';
import * as model from './load';
import { features, operationCounts, spikeCounts, trainBytes, trains } from './memory-map';
import { fireConstantly, takeNeurons } from './neuron';
import { firstEntering, layerAt, layers } from './records';
import { frameBytes, ringAt } from './rings';
import { stemCurrents, stemOperations, takeStem } from './stem';
import { channelsAtOnce, takeBytes, takeChannels } from './window';

/** The layer that `step` computes next; the number of layers means the classifier. */
let next: u32 = 0;
/** The recognised class; −1 before there is one. */
export let winner: i32 = -1;

/** Returns the spike train that layer `index` writes. */
export function trainOf(index: u32): usize {
  return trains + (index % 3) * trainBytes;
}

/** Clears `frames` positions that a layer is about to write at `target`; returns the bytes of each of their cells. */
function clearPositions(layer: Layer, frames: u32, target: usize): u32 {
  const cellBytes = model.timesteps * spikeWords(layer.channels) * 4;
  memory.fill(target, 0, frames * layer.bands * cellBytes);
  return cellBytes;
}

/** The first `frames` frames of the stem, whose current is the same at every timestep, from those at `input`. */
export function computeStem(input: usize, frames: i32, target: usize): void {
  const layer = isDefined(WeightsApart) ? takeChannels(layerAt(0), 0, layerAt(0).channels, 0, 4) : layerAt(0);
  takeNeurons(isDefined(WeightsApart) ? 0 : model.model, layer);
  takeStem(isDefined(WeightsApart) ? 0 : model.model, layer, input);
  const cellBytes = clearPositions(layer, frames, target);
  let spikes: u32 = 0;
  let operations: u32 = 0;
  const bands = <i32>layer.bands;
  for (let frame = 0; frame < frames; frame++) {
    for (let band = 0; band < bands; band++) {
      stemCurrents(frame, band);
      operations += stemOperations();
      spikes += fireConstantly(target, model.timesteps);
      target += cellBytes;
    }
  }
  store<u32>(spikeCounts, spikes);
  store<u32>(operationCounts, operations);
}

/**
 * The first `frames` frames of a layer that reads spikes: one output position through all timesteps before the next.
 * `source` is the first frame that its convolution reads, `entering` that of its shortcut.
 */
export function computeLayer(index: u32, frames: i32, source: usize, entering: usize, target: usize): void {
  const layer = layerAt(index);
  // without a shortcut it is not used
  const enteringLayer = layerAt(index >= 2 ? index - 2 : 0);
  const bands = <i32>layer.bands;
  const cellBytes = clearPositions(layer, frames, target);
  if (isDefined(WeightsApart)) {
    computeBlocks(index, frames, source, entering, target, cellBytes);
    return;
  }
  const prepared: usize = model.hop == 0 ? 0 : ringAt(index).pairs;
  if (isDefined(DenseBuild)) dense.takeLayer(model.model, layer, source, entering, enteringLayer, model.timesteps);
  else sparse.takeLayer(model.model, layer, source, entering, enteringLayer, model.timesteps, prepared);
  for (let frame = 0; frame < frames; frame++) {
    for (let band = 0; band < bands; band++) {
      if (isDefined(DenseBuild)) dense.computePosition(frame, band, target);
      else sparse.computePosition(frame, band, target);
      target += cellBytes;
    }
  }
  store<u32>(spikeCounts + index * 4, isDefined(DenseBuild) ? dense.spikes : sparse.spikes);
  store<u32>(operationCounts + index * 4, isDefined(DenseBuild) ? dense.operations() : sparse.operations());
}

/** Does the same for as many channels at a time as have room for their weights. */
function computeBlocks(index: u32, frames: i32, source: usize, entering: usize, target: usize, cellBytes: u32): void {
  const layer = layerAt(index);
  const enteringLayer = layerAt(index >= 2 ? index - 2 : 0);
  const width = channelsAtOnce(layer, enteringLayer.channels);
  const positions = <u32>frames * layer.bands;
  const bands = <u32>layer.bands;
  let spikes: u32 = 0;
  let operations: u32 = 0;
  for (let first: u32 = 0; first < <u32>layer.channels; first += width) {
    const block = takeChannels(layer, first, width, enteringLayer.channels, 2);
    sparse.takeLayer(0, block, source, entering, enteringLayer, model.timesteps, 0);
    sparse.takeBlock(first, spikeWords(layer.channels));
    let cell = target + (first >>> 3);
    for (let position: u32 = 0; position < positions; position++, cell += cellBytes) {
      sparse.computePosition(position / bands, position % bands, cell);
    }
    spikes += sparse.spikes;
    operations += sparse.operations();
  }
  store<u32>(spikeCounts + index * 4, spikes);
  store<u32>(operationCounts + index * 4, operations);
}

/** Scores from the window of the last layer at `train`; returns the class. */
export function computeScores(train: usize): i32 {
  const last = layerAt(layers - 1);
  let weights = model.classifierWeights;
  let bias = model.classifierBias;
  if (isDefined(WeightsApart)) {
    const bytes = model.classes * last.channels;
    weights = takeBytes(0, <u32>(weights - model.model), bytes);
    bias = takeBytes((bytes + 3) & ~3, <u32>(bias - model.model), model.classes * 4);
  }
  winner = classify(last, train, model.timesteps, weights, bias, model.classes);
  return winner;
}

/** Where the block's input that enters layer `index` begins, in the whole train of two layers before. */
function enteringTrain(index: u32): usize {
  if (index < 2) return 0;
  const entering = layerAt(index - 2);
  return trainOf(index - 2) + firstEntering(index) * frameBytes(entering, model.timesteps);
}

/** Begins an inference of the features that stand in memory. */
export function begin(): void {
  next = 0;
  winner = -1;
}

/** Computes the next layer, or the classifier; returns how many steps are left, and −1 without a model. */
export function step(): i32 {
  if (!model.loaded) return -1;
  if (next > layers) return 0;
  if (next == layers) computeScores(trainOf(next - 1));
  else if (next == 0) computeStem(features, layerAt(0).frames, trainOf(0));
  else computeLayer(next, layerAt(next).frames, trainOf(next - 1), enteringTrain(next), trainOf(next));
  next++;
  return layers + 1 - next;
}

/** Where the fresh positions of layer `index` of a stream are. */
export function freshPositions(index: u32): usize {
  const ring = ringAt(index);
  return ring.address + ring.contextBytes;
}

/** Computes the next layer of a hop of a stream, or the classifier; returns how many steps are left. */
export function stepFresh(): i32 {
  if (next == layers) {
    computeScores(ringAt(layers - 1).address);
  } else {
    const ring = ringAt(next);
    memory.copy(ring.address, ring.address + ring.freshBytes, ring.contextBytes);
    if (next == 0) computeStem(ring.source, ring.fresh, freshPositions(0));
    else computeLayer(next, ring.fresh, ring.source, ring.entering, freshPositions(next));
  }
  next++;
  return layers + 1 - next;
}

/** Does a whole inference; returns the class, or −1 without a model. */
export function infer(): i32 {
  begin();
  while (step() > 0) {}
  return winner;
}
