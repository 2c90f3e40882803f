import { classify } from './classifier';
import { convolve } from './convolution';
import { convolveDensely } from './dense-convolution';
import { Layer, paddedChannels, spikeWords } from './format';
import * as model from './load';
import { currents, membranes, operationCounts, spikeCounts, trainBytes, trains } from './memory-map';
import { fire, firePacked } from './neuron';
import { stemCurrents, stemOperations } from './stem';

/** The layer that `step` computes next; the number of layers stands for the classifier. */
let next: u32 = 0;
/** The class that was found, −1 before. */
export let winner: i32 = -1;

/** The spike train that layer `index` writes. */
export function trainOf(index: u32): usize {
  return trains + (index % 3) * trainBytes;
}

/** The stem: its current is the same at every timestep. */
function computeStem(layer: Layer, target: usize): void {
  const padded = paddedChannels(layer.channels);
  const thresholds: usize = model.model + layer.thresholdOffset;
  const thresholdStep = layer.thresholdRows == 1 ? 0 : padded * 4;
  const spikeStep = spikeWords(layer.channels) * 4;
  let spikes: u32 = 0;
  let operations: u32 = 0;
  for (let frame = 0; frame < <i32>layer.frames; frame++) {
    for (let band = 0; band < <i32>layer.bands; band++) {
      memory.fill(membranes, 0, padded * 4);
      stemCurrents(model.model, layer, frame, band);
      operations += stemOperations(layer, frame, band);
      for (let t: u32 = 0; t < model.timesteps; t++) {
        spikes += fire(currents, membranes, thresholds + t * thresholdStep, layer.channels, target);
        target += spikeStep;
      }
    }
  }
  store<u32>(spikeCounts, spikes);
  store<u32>(operationCounts, operations);
}

/** A layer that reads spikes: one output position through all timesteps before the next. */
function computeLayer(index: u32): void {
  const layer = model.layerAt(index);
  const source = trainOf(index - 1);
  // without a shortcut these two are not used
  const entering = index >= 2 ? trainOf(index - 2) : source;
  const enteringLayer = model.layerAt(index >= 2 ? index - 2 : 0);
  const padded = paddedChannels(layer.channels);
  const thresholds: usize = model.model + layer.thresholdOffset;
  const thresholdStep = layer.thresholdRows == 1 ? 0 : padded * 4;
  const spikeStep = spikeWords(layer.channels) * 4;
  const timesteps = model.timesteps;
  let target = trainOf(index);
  let spikes: u32 = 0;
  let operations: u32 = 0;
  for (let frame = 0; frame < <i32>layer.frames; frame++) {
    for (let band = 0; band < <i32>layer.bands; band++) {
      memory.fill(membranes, 0, padded * 4);
      for (let t: u32 = 0; t < timesteps; t++) {
        const row = thresholds + t * thresholdStep;
        const channels = <u32>enteringLayer.channels;
        const bands = <u32>enteringLayer.bands;
        if (isDefined(DenseBuild)) {
          operations += convolveDensely(
            model.model,
            layer,
            source,
            entering,
            channels,
            bands,
            timesteps,
            frame,
            band,
            t,
          );
          spikes += fire(currents, membranes, row, layer.channels, target);
        } else {
          operations += convolve(model.model, layer, source, entering, channels, bands, timesteps, frame, band, t);
          spikes += firePacked(currents, membranes, row, layer.channels, target);
        }
        target += spikeStep;
      }
    }
  }
  store<u32>(spikeCounts + index * 4, spikes);
  store<u32>(operationCounts + index * 4, operations);
}

/** Begins an inference of the features that stand in memory. */
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
  else computeLayer(next);
  next++;
  return model.layers + 1 - next;
}

/** A whole inference; returns the class, or −1 without a model. */
export function infer(): i32 {
  begin();
  while (step() > 0) {}
  return winner;
}
