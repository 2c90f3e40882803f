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

/** The first `frames` frames of the stem, whose current is the same at every timestep, from those at `input`. */
export function computeStem(input: usize, frames: i32, target: usize): void {
  const layer = isDefined(WeightsApart) ? takeChannels(layerAt(0), 0, layerAt(0).channels, 0, 4) : layerAt(0);
  takeNeurons(isDefined(WeightsApart) ? 0 : model.model, layer);
  takeStem(isDefined(WeightsApart) ? 0 : model.model, layer, input);
  const cellBytes = model.timesteps * spikeWords(layer.channels) * 4;
  memory.fill(target, 0, frames * layer.bands * cellBytes);
  // of all layers: an inference and a hop begin here
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
export function computeLayer(
  index: u32,
  frames: i32,
  source: usize,
  entering: usize,
  target: usize,
  first: u32,
  end: u32,
): void {
  const layer = layerAt(index);
  // without a shortcut it is not used
  const enteringLayer = layerAt(index >= 2 ? index - 2 : 0);
  const bands = <i32>layer.bands;
  const words = spikeWords(layer.channels);
  const cellBytes = model.timesteps * words * 4;
  if (first == 0) memory.fill(target, 0, frames * bands * cellBytes);
  target += first * words * 4;
  if (isDefined(WeightsApart)) {
    computeBlocks(index, frames, source, entering, target, cellBytes, first, end);
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
      else sparse.computePosition(frame, band, target, kept, first);
      target += cellBytes;
      kept += positionBytes;
    }
  }
  if (isDefined(DenseBuild)) count(index, dense.spikes, dense.operations());
  else count(index, sparse.spikes, sparse.operations());
}

/** Does the same for as many channels at a time as have room for their weights. */
function computeBlocks(
  index: u32,
  frames: i32,
  source: usize,
  entering: usize,
  target: usize,
  cellBytes: u32,
  first: u32,
  end: u32,
): void {
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
      sparse.computePosition(position / bands, position % bands, cell, kept, first);
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

/** Timesteps after which the network may decide next, more than `first`; all if it does not decide before. */
function nextDecision(first: u32): u32 {
  const decisions = model.decisions();
  let end = model.timesteps;
  if (decisions == 0) return end;
  for (end = first + 1; end < model.timesteps; end++) {
    if (load<u32>(decisions + (end - 1) * 4) != 0) break;
  }
  return end;
}

/** Computes a layer of a whole window, except the stem, at the timesteps from `first` to before `end`. */
function computeWhole(index: u32, first: u32, end: u32): void {
  computeLayer(index, layerAt(index).frames, trainOf(index - 1), enteringTrain(index), trainOf(index), first, end);
}

/**
 * The scores, and whatever timesteps they need: as long as the lead of the winner is below the margin of the decision,
 * all layers but the stem go on to the next one.
 */
function decide(): void {
  const train = trainOf(layers - 1);
  const decisions = model.decisions();
  const biases = decisions + (model.timesteps - 1) * 4;
  let end = nextDecision(0);
  for (;;) {
    const early = end < model.timesteps;
    const decision = end - 1;
    computeScores(train, early ? biases + decision * model.classes * 4 : 0);
    if (!early || leadOf(winner, model.classes) >= load<u32>(decisions + decision * 4)) break;
    const first = end;
    end = nextDecision(first);
    for (let index: u32 = 1; index < layers; index++) computeWhole(index, first, end);
  }
  if (decisions != 0) ringAt(0).fresh = end;
}

/** Returns how many timesteps the last inference computed. */
export function timestepsComputed(): u32 {
  return trainBytes != 0 ? model.timesteps : ringAt(0).fresh;
}

/** Begins an inference of the features that stand in memory. */
export function begin(): void {
  next = 0;
  winner = -1;
}

/**
 * Computes the next layer, up to the first decision, or in the last step the rest; returns how many steps are left, and
 * −1 without a model.
 */
export function step(): i32 {
  if (!model.loaded) return -1;
  if (next > layers) return 0;
  if (next == layers) decide();
  else if (next == 0) computeStem(features, layerAt(0).frames, trainOf(0));
  else computeWhole(next, 0, nextDecision(0));
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
    computeScores(ringAt(layers - 1).address, 0);
  } else {
    const ring = ringAt(next);
    memory.copy(ring.address, ring.address + ring.freshBytes, ring.contextBytes);
    if (next == 0) computeStem(ring.source, ring.fresh, freshPositions(0));
    else {
      computeLayer(next, ring.fresh, ring.source, ring.entering, freshPositions(next), 0, model.timesteps);
    }
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
