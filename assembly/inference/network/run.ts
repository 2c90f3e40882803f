import { Layer } from '../generated';
import { classify } from './classifier';
import * as sparse from './convolution';
import * as dense from './dense-convolution';
import { spikeWords } from './format';
import * as model from './load';
import { operationCounts, spikeCounts, trainBytes, trains } from './memory-map';
import { fireConstantly, takeNeurons } from './neuron';
import { stemCurrents, stemOperations, takeStem } from './stem';

/** The layer that `step` computes next; the number of layers means the classifier. */
let next: u32 = 0;
/** The recognised class; −1 before there is one. */
export let winner: i32 = -1;

/** Returns the spike train that layer `index` writes. */
export function trainOf(index: u32): usize {
  return trains + (index % 3) * trainBytes;
}

/** Clears the spike train that a layer is about to write; returns the bytes of one position. */
function clearTrain(layer: Layer, train: usize): u32 {
  const positionBytes = model.timesteps * spikeWords(layer.channels) * 4;
  memory.fill(train, 0, <u32>layer.frames * layer.bands * positionBytes);
  return positionBytes;
}

/** Computes the stem, whose current is the same at every timestep. */
function computeStem(layer: Layer, target: usize): void {
  takeNeurons(model.model, layer);
  takeStem(model.model, layer);
  const positionBytes = clearTrain(layer, target);
  let spikes: u32 = 0;
  let operations: u32 = 0;
  const frames = <i32>layer.frames;
  const bands = <i32>layer.bands;
  for (let frame = 0; frame < frames; frame++) {
    for (let band = 0; band < bands; band++) {
      stemCurrents(frame, band);
      operations += stemOperations();
      spikes += fireConstantly(target, model.timesteps);
      target += positionBytes;
    }
  }
  store<u32>(spikeCounts, spikes);
  store<u32>(operationCounts, operations);
}

/** Computes a layer that reads spikes: all timesteps of one output position, then the next position. */
function computeLayer(index: u32, target: usize): void {
  const layer = model.layerAt(index);
  const source = trainOf(index - 1);
  // not used without a shortcut
  const entering = index >= 2 ? trainOf(index - 2) : source;
  const enteringLayer = model.layerAt(index >= 2 ? index - 2 : 0);
  const frames = <i32>layer.frames;
  const bands = <i32>layer.bands;
  const positionBytes = clearTrain(layer, target);
  if (isDefined(DenseBuild)) dense.takeLayer(model.model, layer, source, entering, enteringLayer, model.timesteps);
  else sparse.takeLayer(model.model, layer, source, entering, enteringLayer, model.timesteps);
  for (let frame = 0; frame < frames; frame++) {
    for (let band = 0; band < bands; band++) {
      if (isDefined(DenseBuild)) dense.computePosition(frame, band, target);
      else sparse.computePosition(frame, band, target);
      target += positionBytes;
    }
  }
  store<u32>(spikeCounts + index * 4, isDefined(DenseBuild) ? dense.spikes : sparse.spikes);
  store<u32>(operationCounts + index * 4, isDefined(DenseBuild) ? dense.operations() : sparse.operations());
}

/** Begins an inference of the features in memory. */
export function begin(): void {
  next = 0;
  winner = -1;
}

/** Computes the next layer, or the classifier; returns how many steps are left, and −1 without a model. */
export function step(): i32 {
  if (!model.loaded) return -1;
  if (next > model.layers) return 0;
  if (next == model.layers) {
    const last = next - 1;
    winner = classify(
      model.layerAt(last),
      trainOf(last),
      model.timesteps,
      model.classifierWeights,
      model.classifierBias,
      model.classes,
    );
  } else if (next == 0) computeStem(model.layerAt(0), trainOf(0));
  else computeLayer(next, trainOf(next));
  next++;
  return model.layers + 1 - next;
}

/** Does a whole inference; returns the class, or −1 without a model. */
export function infer(): i32 {
  begin();
  while (step() > 0) {}
  return winner;
}
