import { ModelError, NetworkError } from '../error.js';
import { checkSpec, convolutionWeights, type LayerPlan, ownHop, planNetwork } from '../network/index.js';
import {
  earlyDecisionFault,
  keptMembranesFault,
  operatingPointFault,
  proveBounds,
  proveClassifier,
  type QuantizedLayer,
  type QuantizedNetwork,
} from '../quantization/index.js';
import { NEURON_CODES } from './generated.js';

type Fail = (fault: string) => never;

function checkLength(fail: Fail, what: string, found: number, expected: number): void {
  if (found !== expected) fail(`${what} has ${found} values, expected ${expected}`);
}

/** Labels and provenance are shown in terminals, and a zero byte ends a label in the file. */
function checkText(fail: Fail, what: string, text: string): void {
  if (/\p{Cc}/u.test(text)) fail(`${what} ${JSON.stringify(text)} contains a control character`);
}

function checkLayer(fail: Fail, layer: QuantizedLayer, plan: LayerPlan, timesteps: number): void {
  const { output } = plan.convolution;
  if (layer.name !== plan.name) fail(`found layer ${layer.name} where ${plan.name} was expected`);
  checkLength(fail, `${plan.name}: weights`, layer.weights.length, convolutionWeights(plan.convolution));
  checkLength(fail, `${plan.name}: bias`, layer.bias.length, output.channels);
  checkLength(fail, `${plan.name}: thresholds`, layer.thresholds.length, timesteps * output.channels);
  checkLength(fail, `${plan.name}: scales`, layer.scales.length, output.channels);
  const kind = plan.shortcut?.kind ?? 'none';
  const found = layer.shortcut?.kind ?? 'none';
  if (found !== kind) fail(`${plan.name}: shortcut is ${found}, expected ${kind}`);
  if (layer.shortcut !== null && plan.shortcut !== null) {
    const { shortcut } = plan;
    const weights = shortcut.kind === 'identity' ? output.channels : convolutionWeights(shortcut.convolution);
    checkLength(fail, `${plan.name}: shortcut`, layer.shortcut.weights.length, weights);
  }
  const low = layer.thresholds.findIndex((threshold) => threshold <= 0);
  if (low >= 0)
    fail(`${plan.name}, channel ${low % output.channels}: threshold ${layer.thresholds[low]} is not positive`);
  const scale = layer.scales.findIndex((value) => !(value > 0 && value < Infinity));
  if (scale >= 0) fail(`${plan.name}, channel ${scale}: scale ${layer.scales[scale]} is not positive`);
  // the kernel counts the operations of a layer in 32 bits; an identity adds one per neuron
  if (timesteps * (plan.macs + plan.neurons) > 0xffffffff) fail(`${plan.name}: more operations than 32 bits can count`);
}

/**
 * Checks that a quantised network is complete, that its parts fit its description, and that its bounds are those that
 * its integers prove. Throws `ModelError` naming `file` and the fault.
 */
export function checkNetwork(network: QuantizedNetwork, file: string): void {
  const fail = (fault: string): never => {
    throw new ModelError(`${file}: ${fault}`);
  };
  try {
    const spec = checkSpec(network.spec);
    if (!(NEURON_CODES as readonly string[]).includes(spec.neuron)) {
      fail(`neuron ${spec.neuron} does not spike; the kernel runs ${NEURON_CODES.join(', ')}`);
    }
    const plan = planNetwork(spec);
    const { features, labels, classifier } = network;
    if (features.frames !== spec.input.frames)
      fail(`features of ${features.frames} frames, expected ${spec.input.frames}`);
    checkLength(fail, 'feature means', features.mean.length, spec.input.coefficients);
    checkLength(fail, 'feature multipliers', features.multiplier.length, spec.input.coefficients);
    for (const multiplier of features.multiplier) {
      if (!(multiplier > 0 && multiplier < 2 ** 24))
        fail(`feature multiplier ${multiplier} is not in 1…${2 ** 24 - 1}`);
    }
    checkLength(fail, 'labels', labels.length, spec.classes);
    for (const label of labels) checkText(fail, 'label', label);
    const { spikeword, task, dataset } = network.provenance;
    for (const text of [spikeword, task, dataset]) checkText(fail, 'provenance', text);
    if (network.detection !== undefined) {
      const fault = operatingPointFault(network.detection, spec.classes, ownHop(plan));
      if (fault !== null) fail(`detection: ${fault}`);
    }
    if (network.early !== undefined) {
      const fault = earlyDecisionFault(network.early, plan, spec.padding) ?? keptMembranesFault(network.layers);
      if (fault !== null) fail(`early decision: ${fault}`);
      if (network.detection !== undefined) {
        fail('early decision and detection: a network that listens computes all timesteps');
      }
    }
    checkLength(fail, 'layers', network.layers.length, plan.layers.length);
    network.layers.forEach((layer, k) => {
      checkLayer(fail, layer, plan.layers[k], plan.timesteps);
      const proven = proveBounds(plan, k, layer);
      for (const bound of ['currentMin', 'currentMax', 'membraneMin', 'membraneMax'] as const) {
        if (layer.bounds[bound] !== proven[bound]) {
          fail(`${layer.name}: ${bound} is ${layer.bounds[bound]}, but the weights give ${proven[bound]}`);
        }
      }
    });
    checkLength(
      fail,
      'classifier weights',
      classifier.weights.length,
      plan.classifier.classes * plan.classifier.channels,
    );
    checkLength(fail, 'classifier bias', classifier.bias.length, spec.classes);
    if (!(classifier.scale > 0 && classifier.scale < Infinity))
      fail(`classifier scale ${classifier.scale} is not positive`);
    for (const bias of [classifier.bias, ...(network.early?.biases ?? [])]) {
      proveClassifier(plan, classifier.weights, bias);
    }
  } catch (error) {
    if (error instanceof NetworkError) {
      throw new ModelError(`${file}: ${error.message}`, { cause: error });
    }
    throw error;
  }
}
