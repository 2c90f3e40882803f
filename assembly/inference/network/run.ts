import { classify, leadOf } from './classifier';
import * as sparse from './convolution';
import * as dense from './dense-convolution';
import { paddedChannels, spikeWords } from './format';
import * as model from './load';
import { features, operationCounts, spikeCounts, trainBytes, trains } from './memory-map';
import { fireConstantly, takeNeurons } from './neuron';
import { firstEntering, layerAt, layers } from './records';
import { frameBytes, ringAt } from './rings';
import { stemCurrents, stemOperations, takeStem } from './stem';
import { channelsAtOnce, takeBytes, takeChannels } from './window';

/** The layer that `step` computes next; the number of layers means the classifier. */
let next: u32 = 0;
/** The timesteps from `first` to before `end` are computed at once: up to the next decision, or all. */
let first: u32 = 0;
export let end: u32 = 0;
/** The recognised class; −1 before there is one. */
export let winner: i32 = -1;

/** Returns the spike train that layer `index` writes. */
export function trainOf(index: u32): usize {
  return trainBytes != 0 ? trains + (index % 3) * trainBytes : ringAt(index).address;
}

/** Adds to the counts of layer `index`. */
function count(index: u32, spikes: u32, operations: u32): void {
  const ofSpikes = spikeCounts + index * 4;
  const ofOperations = operationCounts + index * 4;
  store<u32>(ofSpikes, load<u32>(ofSpikes) + spikes);
  store<u32>(ofOperations, load<u32>(ofOperations) + operations);
}

/** From now on computes the timesteps from `from` to where the network may decide next, or the last. */
function goOn(from: u32): void {
  const decisions = model.decisions();
  first = from;
  end = model.timesteps;
  if (decisions == 0) return;
  for (end = first + 1; end < model.timesteps; end++) {
    if (load<u32>(decisions + (end - 1) * 4) != 0) break;
  }
}

/** The first `frames` frames of the stem, whose current is the same at every timestep, from those at `input`. */
export function computeStem(input: usize, frames: i32, target: usize): void {
  const layer = isDefined(WeightsApart) ? takeChannels(layerAt(0), 0, layerAt(0).channels, 0, 4) : layerAt(0);
  takeNeurons(isDefined(WeightsApart) ? 0 : model.model, layer);
  takeStem(isDefined(WeightsApart) ? 0 : model.model, layer, input);
  const cellBytes = model.timesteps * spikeWords(layer.channels) * 4;
  memory.fill(target, 0, frames * layer.bands * cellBytes);
  // an inference and a hop begin here
  goOn(0);
  memory.fill(spikeCounts, 0, operationCounts - spikeCounts + layers * 4);
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
  count(0, spikes, operations);
}

/**
 * The first `frames` frames of a layer that reads spikes, at the timesteps from `first` to before `end`: one output
 * position through all of them before the next. `source` is the first frame that its convolution reads, `entering` that
 * of its shortcut.
 */
function computeLayer(index: u32, frames: i32, source: usize, entering: usize, target: usize): void {
  const layer = layerAt(index);
  // without a shortcut it is not used
  const enteringLayer = layerAt(index >= 2 ? index - 2 : 0);
  const bands = <i32>layer.bands;
  const words = spikeWords(layer.channels);
  const cellBytes = model.timesteps * words * 4;
  if (first == 0) memory.fill(target, 0, frames * bands * cellBytes);
  target += first * words * 4;
  if (isDefined(WeightsApart)) {
    computeBlocks(index, frames, source, entering, target, cellBytes);
    return;
  }
  const prepared: usize = model.hop == 0 ? 0 : ringAt(index).pairs;
  if (isDefined(DenseBuild))
    dense.takeLayer(model.model, layer, source, entering, enteringLayer, model.timesteps, first, end);
  else sparse.takeLayer(model.model, layer, source, entering, enteringLayer, model.timesteps, first, end, prepared);
  const decides = trainBytes == 0;
  let kept: usize = decides ? ringAt(index).membranes : 0;
  const positionBytes = decides ? ringAt(index).membraneBytes : 0;
  for (let frame = 0; frame < frames; frame++) {
    for (let band = 0; band < bands; band++) {
      if (isDefined(DenseBuild)) dense.computePosition(frame, band, target, kept);
      else sparse.computePosition(frame, band, target, kept);
      target += cellBytes;
      kept += positionBytes;
    }
  }
  if (isDefined(DenseBuild)) count(index, dense.spikes, dense.operations());
  else count(index, sparse.spikes, sparse.operations());
}

/** Does the same for as many channels at a time as have room for their weights. */
function computeBlocks(index: u32, frames: i32, source: usize, entering: usize, target: usize, cellBytes: u32): void {
  const layer = layerAt(index);
  const enteringLayer = layerAt(index >= 2 ? index - 2 : 0);
  const width = channelsAtOnce(layer, enteringLayer.channels);
  const positions = <u32>frames * layer.bands;
  const bands = <u32>layer.bands;
  const decides = trainBytes == 0;
  const positionBytes = decides ? ringAt(index).membraneBytes : 0;
  const channelBytes = positionBytes / paddedChannels(layer.channels);
  let spikes: u32 = 0;
  let operations: u32 = 0;
  for (let channel: u32 = 0; channel < <u32>layer.channels; channel += width) {
    const block = takeChannels(layer, channel, width, enteringLayer.channels, 2);
    sparse.takeLayer(0, block, source, entering, enteringLayer, model.timesteps, first, end, 0);
    sparse.takeBlock(channel, spikeWords(layer.channels));
    let cell = target + (channel >>> 3);
    let kept: usize = decides ? ringAt(index).membranes + channel * channelBytes : 0;
    for (let position: u32 = 0; position < positions; position++, cell += cellBytes) {
      sparse.computePosition(position / bands, position % bands, cell, kept);
      kept += positionBytes;
    }
    spikes += sparse.spikes;
    operations += sparse.operations();
  }
  count(index, spikes, operations);
}

/** Scores from the window of the last layer at `train`, with the biases of `decision` unless it is 0. */
function computeScores(train: usize, decision: usize): void {
  const last = layerAt(layers - 1);
  let weights = model.classifierWeights;
  let bias = model.classifierBias;
  if (isDefined(WeightsApart)) {
    const bytes = model.classes * last.channels;
    weights = takeBytes(0, <u32>(weights - model.model), bytes);
    bias = takeBytes((bytes + 3) & ~3, <u32>(bias - model.model), model.classes * 4);
  }
  if (decision != 0) bias = decision;
  winner = classify(last, train, model.timesteps, weights, bias, model.classes);
}

/** Where the block's input that enters layer `index` begins, in the whole train of two layers before. */
function enteringTrain(index: u32): usize {
  if (index < 2) return 0;
  const entering = layerAt(index - 2);
  return trainOf(index - 2) + firstEntering(index) * frameBytes(entering, model.timesteps);
}

/**
 * Computes the scores, and returns whether they are those of all timesteps or the lead of the winner reaches the margin
 * of the decision. If not, the layers behind the stem must go on to the next one.
 */
function decide(): bool {
  let biases: usize = 0;
  let margin: u32 = 0;
  if (end < model.timesteps) {
    const decisions = model.decisions();
    margin = load<u32>(decisions + (end - 1) * 4);
    biases = decisions + (model.timesteps - 1 + (end - 1) * model.classes) * 4;
  }
  computeScores(trainOf(layers - 1), biases);
  if (biases == 0 || leadOf(winner, model.classes) >= margin) return true;
  goOn(end);
  return false;
}

/** Begins an inference of the features that stand in memory. */
export function begin(): void {
  next = 0;
  winner = -1;
}

/**
 * Computes the next layer, up to the first decision, or in the last step the scores and whatever timesteps they need;
 * returns how many steps are left, and −1 without a model.
 */
export function step(): i32 {
  if (!model.loaded) return -1;
  if (next > layers) return 0;
  let index = next++;
  do {
    if (index == 0) computeStem(features, layerAt(0).frames, trainOf(0));
    else if (index < layers) {
      computeLayer(index, layerAt(index).frames, trainOf(index - 1), enteringTrain(index), trainOf(index));
    } else if (decide()) break;
    else index = 0;
    index++;
  } while (next > layers);
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
    computeScores(ringAt(layers - 1).address, 0);
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
