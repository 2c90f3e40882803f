import type { ConvolutionPlan, LayerPlan, NetworkPlan } from '../../host/core/network/index.js';
import { type BatchNorm, batchNorm, batchNormBackward, normalize } from './batch-norm.js';
import { classify, classifyBackward, crossEntropy } from './classifier.js';
import { convolve, convolveBackward } from './convolution.js';
import { type Neurons, neurons, neuronsBackward } from './neuron.js';

/** Tensors by canonical name (`parameterShapes`), float64. */
export type ReferenceParameters = ReadonlyMap<string, Float64Array>;

export interface ReferenceSettings {
  readonly labelSmoothing: number;
  /**
   * λ of the penalty λ · mean over layers of the layer's spikes per neuron, (spikes over clips and T) / (clips ·
   * neurons), which is added to the loss. Nothing for `relu`.
   */
  readonly spikePenalty: number;
}

export interface ReferenceForward {
  /** [clip][class] */
  readonly logits: Float64Array;
  /** Per layer: spikes over the batch and all timesteps; zeros for `relu`. */
  readonly spikes: number[];
  /** What every layer computed, in the order of the plan. */
  readonly layers: readonly LayerForward[];
  /** Mean output per clip and channel over timesteps and positions, [clip][channel]: what the classifier reads. */
  readonly pooled: Float64Array;
}

export interface ReferenceStep extends ReferenceForward {
  /** Cross-entropy and penalty. */
  readonly loss: number;
  /** By canonical name; none for statistics and for the fixed thresholds of `if`. */
  readonly gradients: Map<string, Float64Array>;
}

interface NormalizedConvolution {
  readonly input: Float64Array;
  readonly norm: BatchNorm;
}

interface LayerForward {
  readonly main: NormalizedConvolution;
  readonly projection: NormalizedConvolution | null;
  /** Arrays [timestep][clip][channel][frame][band]. */
  readonly neurons: Neurons;
}

/** `batch`: batch norm uses the statistics of this batch (training). `running`: those among the parameters. */
export type Statistics = 'batch' | 'running';

/** The network's answer for `input` [clip][channel][frame][band] (a 1-D network: [clip][coefficient][frame][1]). */
export function forward(
  plan: NetworkPlan,
  parameters: ReferenceParameters,
  input: Float64Array,
  clips: number,
  statistics: Statistics,
): ReferenceForward {
  const { timesteps } = plan;
  const layers: LayerForward[] = [];
  for (const layer of plan.layers) {
    const convolution = (
      name: string,
      shape: ConvolutionPlan,
      from: Float64Array,
      images: number,
    ): NormalizedConvolution => {
      const current = convolve(shape, from, tensor(parameters, `${name}.weight`), images);
      const gamma = tensor(parameters, `${name}.bn.gamma`);
      const beta = tensor(parameters, `${name}.bn.beta`);
      const positions = positionsOf(shape);
      if (statistics === 'batch') return { input: from, norm: batchNorm(current, gamma, beta, images, positions) };
      const mean = tensor(parameters, `${name}.bn.mean`);
      const variance = tensor(parameters, `${name}.bn.variance`);
      return { input: from, norm: normalize(current, gamma, beta, { mean, variance }, images, positions) };
    };
    const isStem = layer.source < 0;
    const from = isStem ? input : layers[layer.source].neurons.output;
    const main = convolution(layer.name, layer.convolution, from, isStem ? clips : timesteps * clips);
    let current = isStem ? injectedAtEveryTimestep(main.norm.output, timesteps) : main.norm.output;
    let projection: NormalizedConvolution | null = null;
    if (layer.shortcut !== null) {
      let added = layers[layer.shortcut.source].neurons.output;
      if (layer.shortcut.kind === 'projection') {
        projection = convolution(`${layer.name}.shortcut`, layer.shortcut.convolution, added, timesteps * clips);
        added = projection.norm.output;
      } else added = cropped(added, layer.shortcut, plan.layers[layer.shortcut.source], layer);
      current = current.map((value, at) => value + added[at]);
    }
    layers.push({
      main,
      projection,
      neurons: neurons(plan.spec.neuron, current, thresholdsOf(plan, parameters, layer), timesteps),
    });
  }
  const pooled = pool(plan, layers[layers.length - 1].neurons.output, clips);
  const logits = classify(pooled, tensor(parameters, 'classifier.weight'), tensor(parameters, 'classifier.bias'));
  const spikes = layers.map((layer) => layer.neurons.spikes.reduce((sum, spike) => sum + spike, 0));
  return { logits, spikes, layers, pooled };
}

/** One training step without the optimiser: forward with the batch's statistics, loss, and every gradient. */
export function trainingStep(
  plan: NetworkPlan,
  parameters: ReferenceParameters,
  input: Float64Array,
  labels: Int32Array,
  settings: ReferenceSettings,
): ReferenceStep {
  const clips = labels.length;
  const { timesteps, classifier } = plan;
  const { neuron, surrogateSlope } = plan.spec;
  const result = forward(plan, parameters, input, clips, 'batch');
  const penalty = neuron === 'relu' ? 0 : settings.spikePenalty;
  const entropy = crossEntropy(result.logits, labels, classifier.classes, settings.labelSmoothing);
  let loss = entropy.loss;
  for (const [k, layer] of plan.layers.entries()) {
    loss += (penalty * result.spikes[k]) / (plan.layers.length * clips * layer.neurons);
  }

  const gradients = new Map<string, Float64Array>();
  const fc = classifyBackward(
    result.pooled,
    tensor(parameters, 'classifier.weight'),
    entropy.gradient,
    classifier.classes,
  );
  gradients.set('classifier.weight', fc.weight);
  gradients.set('classifier.bias', fc.bias);

  // The gradient of each layer's output, gathered from all that read it; filled from the last layer to the first.
  const upstream: Float64Array[] = result.layers.map((layer) => new Float64Array(layer.neurons.output.length));
  upstream[upstream.length - 1] = poolBackward(plan, fc.features, clips);

  for (let k = plan.layers.length - 1; k >= 0; k--) {
    const layer = plan.layers[k];
    const kept = result.layers[k];
    const isStem = layer.source < 0;
    const spikeCost = penalty / (plan.layers.length * clips * layer.neurons);
    const thresholds = thresholdsOf(plan, parameters, layer);
    const current = neuronsBackward(
      neuron,
      kept.neurons,
      thresholds,
      timesteps,
      surrogateSlope,
      upstream[k],
      spikeCost,
    );
    if (current.thresholds.length > 0) gradients.set(`${layer.name}.thresholds`, current.thresholds);

    const convolutionBackward = (
      name: string,
      shape: ConvolutionPlan,
      at: NormalizedConvolution,
      above: Float64Array,
      images: number,
    ): Float64Array => {
      const norm = batchNormBackward(
        at.norm,
        tensor(parameters, `${name}.bn.gamma`),
        above,
        images,
        positionsOf(shape),
      );
      const weight = tensor(parameters, `${name}.weight`);
      const gradient = convolveBackward(shape, at.input, weight, norm.input, images);
      gradients.set(`${name}.weight`, gradient.weight);
      gradients.set(`${name}.bn.gamma`, norm.gamma);
      gradients.set(`${name}.bn.beta`, norm.beta);
      return gradient.input;
    };
    if (isStem) {
      const above = sumOverTimesteps(current.input, timesteps);
      convolutionBackward(layer.name, layer.convolution, kept.main, above, clips);
      continue;
    }
    const images = timesteps * clips;
    add(upstream[layer.source], convolutionBackward(layer.name, layer.convolution, kept.main, current.input, images));
    if (layer.shortcut?.kind === 'identity') {
      const { source } = layer.shortcut;
      addCropped(upstream[source], current.input, layer.shortcut, plan.layers[source], layer);
    }
    if (layer.shortcut?.kind === 'projection' && kept.projection !== null) {
      const { source, convolution } = layer.shortcut;
      const name = `${layer.name}.shortcut`;
      add(upstream[source], convolutionBackward(name, convolution, kept.projection, current.input, images));
    }
  }
  return { ...result, loss, gradients };
}

/** Calls `visit` with the index of each value of an identity's output, and that of its source's value. */
function eachCropped(
  { first }: { first: number },
  { convolution: { output: from } }: LayerPlan,
  { convolution: { output: to } }: LayerPlan,
  length: number,
  visit: (at: number, sourceAt: number) => void,
): void {
  for (let at = 0; at < length; at++) {
    const band = at % to.bands;
    const frame = Math.floor(at / to.bands) % to.frames;
    const plane = Math.floor(at / to.bands / to.frames);
    visit(at, (plane * from.frames + frame + first) * from.bands + band);
  }
}

/** What an identity adds to the current of `layer`: the frames of its source from `first` on. */
function cropped(added: Float64Array, shortcut: { first: number }, source: LayerPlan, layer: LayerPlan): Float64Array {
  const planes = added.length / (source.convolution.output.frames * source.convolution.output.bands);
  const { frames, bands } = layer.convolution.output;
  const output = new Float64Array(planes * frames * bands);
  eachCropped(shortcut, source, layer, output.length, (at, sourceAt) => {
    output[at] = added[sourceAt];
  });
  return output;
}

/** Adds the gradient of an identity's output to that of its source. */
function addCropped(
  to: Float64Array,
  gradient: Float64Array,
  shortcut: { first: number },
  source: LayerPlan,
  layer: LayerPlan,
): void {
  eachCropped(shortcut, source, layer, gradient.length, (at, sourceAt) => {
    to[sourceAt] += gradient[at];
  });
}

function tensor(parameters: ReferenceParameters, name: string): Float64Array {
  const found = parameters.get(name);
  if (found === undefined) throw new RangeError(`no tensor ${name}`);
  return found;
}

function thresholdsOf(plan: NetworkPlan, parameters: ReferenceParameters, layer: LayerPlan): Float64Array {
  return plan.spec.neuron === 'relu' ? new Float64Array(0) : tensor(parameters, `${layer.name}.thresholds`);
}

function positionsOf(convolution: ConvolutionPlan): number {
  return convolution.output.frames * convolution.output.bands;
}

/** The stem's current, computed once, stands at every timestep. */
function injectedAtEveryTimestep(current: Float64Array, timesteps: number): Float64Array {
  const repeated = new Float64Array(timesteps * current.length);
  for (let t = 0; t < timesteps; t++) repeated.set(current, t * current.length);
  return repeated;
}

function sumOverTimesteps(gradient: Float64Array, timesteps: number): Float64Array {
  const count = gradient.length / timesteps;
  const sum = new Float64Array(count);
  for (let at = 0; at < gradient.length; at++) sum[at % count] += gradient[at];
  return sum;
}

/** [timestep][clip][channel][position] → mean over timesteps and positions, [clip][channel]. */
function pool(plan: NetworkPlan, output: Float64Array, clips: number): Float64Array {
  const { channels, positions } = plan.classifier;
  const pooled = new Float64Array(clips * channels);
  for (let at = 0; at < output.length; at++) {
    pooled[Math.floor(at / positions) % (clips * channels)] += output[at] / (plan.timesteps * positions);
  }
  return pooled;
}

function poolBackward(plan: NetworkPlan, pooled: Float64Array, clips: number): Float64Array {
  const { channels, positions } = plan.classifier;
  const gradient = new Float64Array(plan.timesteps * clips * channels * positions);
  for (let at = 0; at < gradient.length; at++) {
    gradient[at] = pooled[Math.floor(at / positions) % (clips * channels)] / (plan.timesteps * positions);
  }
  return gradient;
}

function add(target: Float64Array, addend: Float64Array): void {
  for (let at = 0; at < target.length; at++) target[at] += addend[at];
}
